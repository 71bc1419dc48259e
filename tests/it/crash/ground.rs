//! The ground the tests stand on: a demonstration hall set up once by the real program and copied for each test, and the
//! program itself, which is always killed in the end.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

/// Longer than anything takes on a loaded machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);

/// The program, nothing armed.
pub(super) fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_yinxin"));
    program.env_remove("YINXIN_STOP_AT").env_remove("YINXIN_TRUST").env("YINXIN_LOG", "warn").stdin(Stdio::null());
    program
}

/// A data directory that goes with its test.
pub(super) struct Ground {
    _folder: tempfile::TempDir,
    pub(super) data: PathBuf,
}

impl Ground {
    /// A hall with nothing sealed: its first case is submitted and waits for the chief representative.
    pub(super) fn new() -> Self {
        static FIRST: OnceLock<PathBuf> = OnceLock::new();
        Self::copy_of(FIRST.get_or_init(|| {
            let data = empty("first").join("data");
            let mut demo = program();
            demo.args(["demo", "--once", "--data"]).arg(&data).env("YINXIN_STOP_AT", "1");
            Running::start(demo, &data).stop_at("1");
            data
        }))
    }

    /// A copy of a data directory on which nothing runs.
    pub(super) fn copy_of(data: &Path) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let here = folder.path().join("data");
        copy(data, &here);
        Self { _folder: folder, data: here }
    }

    pub(super) fn config(&self) -> PathBuf {
        self.data.join("yinxin.toml")
    }

    /// Carries the first case through; stops at the point, if one is given, and is killed there.
    pub(super) fn demo(&self, stop_at: Option<&str>) {
        let mut demo = program();
        demo.args(["demo", "--once", "--data"]).arg(&self.data);
        match stop_at {
            Some(point) => {
                demo.env("YINXIN_STOP_AT", point);
                Running::start(demo, &self.data).stop_at(point);
            }
            None => {
                let output = Running::start(demo, &self.data).finish();
                assert!(output.starts_with("sealed "), "{output}");
            }
        }
    }
}

/// An empty folder below the target directory that stays for all tests of this run.
pub(super) fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap(); // permissions go with it
        }
    }
}

/// A running program. Dropping it is SIGKILL: no destructor runs, nothing is flushed.
pub(super) struct Running {
    child: Child,
    complaints: PathBuf,
}

impl Running {
    /// Starts it; what it says on standard error goes to a file beside the data.
    pub(super) fn start(mut command: Command, data: &Path) -> Self {
        let complaints = data.with_extension("stderr");
        let stderr = File::create(&complaints).unwrap();
        let child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        Self { child, complaints }
    }

    pub(super) fn complaints(&self) -> String {
        fs::read_to_string(&self.complaints).unwrap()
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it stands still at the point, then kills it.
    pub(super) fn stop_at(mut self, point: &str) {
        let name = point.split(':').next().unwrap();
        let begun = Instant::now();
        while !self.complaints().contains(&format!("stopped at {name}\n")) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "ended before {point}: {ended:?}\n{}", self.complaints());
            assert!(begun.elapsed() < PATIENCE, "never came to {point}\n{}", self.complaints());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its end and gives what it printed and [`Running::line`] did not read.
    pub(super) fn finish(mut self) -> String {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "never ended\n{}", self.complaints());
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut output = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_string(&mut output).unwrap();
        }
        assert!(status.success(), "{status}: {output}\n{}", self.complaints());
        output
    }

    /// Waits for a line that begins so, and gives the rest of it.
    pub(super) fn line(&mut self, beginning: &'static str) -> String {
        let output = BufReader::new(self.child.stdout.take().unwrap());
        let (send, line) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(rest) = line.strip_prefix(beginning) {
                    let _ = send.send(rest.to_owned());
                }
            }
        });
        line.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no line `{beginning}`\n{}", self.complaints()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
