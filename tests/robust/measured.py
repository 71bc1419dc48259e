#!/usr/bin/env python3
"""Runs a command: `measured.py SECONDS COMMAND…`; prints {"code", "signal", "seconds", "rss_kib", "hung"} as the last line of stderr.

The command's own output goes where ours does. It is killed when the seconds are over.
"""

import json
import os
import subprocess
import sys
import time


def measured(seconds, command, **more):
    begun, hung = time.monotonic(), False
    process = subprocess.Popen(command, **more)
    try:
        # wait4 gives the highest memory of this child alone.
        deadline = begun + seconds
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                hung = True
                process.kill()
                _, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.001)
    finally:
        process.returncode = 0
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
    return {"code": code, "signal": signal, "seconds": round(time.monotonic() - begun, 3), "rss_kib": usage.ru_maxrss, "hung": hung}


if __name__ == "__main__":
    print(json.dumps(measured(float(sys.argv[1]), sys.argv[2:])), file=sys.stderr)
