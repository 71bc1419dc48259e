#!/usr/bin/env bash
# Installs what tests and lints ask besides Rust and a C compiler: Debian packages by apt-get (as root or through sudo), Python
# packages by pip into .venv. What is there already is left alone. What cannot be installed is an error that names the command.
#   tools/install.sh          everything
#   tools/install.sh python   .venv alone
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Installs the Debian packages given; says how, where it may not.
install() {
    local as=()
    if [ "$(id -u)" != 0 ]; then as=(sudo -n); fi
    if command -v apt-get >/dev/null && { [ ${#as[@]} = 0 ] || sudo -n true 2>/dev/null; }; then
        echo "tools: installing $*"
        "${as[@]}" apt-get update -qq
        "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
    else
        fail "The tests need these Debian packages: $*" \
            "Install them:  sudo apt-get update && sudo apt-get install --no-install-recommends $*"
    fi
}

# There if it is a command or a file.
present() { command -v "$1" >/dev/null || [ -e "$1" ]; }

# Command or file, and the Debian package that brings it.
wanted='
pdfsig                                      poppler-utils
/usr/share/doc/postgresql                    postgresql
qpdf                                        qpdf
mutool                                      mupdf-tools
openssl                                     openssl
chromium                                    chromium
strace                                      strace
go                                          golang-go
/usr/share/gocode/src/golang.org/x/mod      golang-golang-x-mod-dev
javac                                       default-jdk-headless
/usr/share/java/preflight.jar               libpdfbox2-java
/usr/share/java/bcpkix.jar                  libbcpkix-java
/usr/share/java/javax.activation.jar        libactivation-java
/usr/share/java/jaxb-api.jar                libjaxb-api-java
/usr/share/fonts/truetype/hanazono          fonts-hanazono
certutil                                    libnss3-tools
/usr/lib/llvm-16/lib/clang/16/lib/linux     libclang-rt-16-dev
'

debian() {
    local missing=() thing package
    while read -r thing package; do
        [ -z "$thing" ] || present "$thing" || missing+=("$package")
    done <<<"$wanted"
    [ ${#missing[@]} = 0 ] || install "${missing[@]}"
    while read -r thing package; do
        [ -z "$thing" ] || present "$thing" || fail "$package is installed, yet $thing is not there"
    done <<<"$wanted"
}

# A Python that can make an environment of its own (Debian's cannot without python3-venv).
able() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python() {
    local stamp
    stamp=$(cat tools/requirements.txt tools/witness.txt | sha256sum)
    if [ "$(cat .venv/installed 2>/dev/null)" = "$stamp" ] && .venv/bin/python -c '' 2>/dev/null; then return; fi
    local interpreter=python3
    able "$interpreter" || interpreter=/usr/bin/python3
    able "$interpreter" || install python3 python3-venv
    able "$interpreter" || fail "Python 3.11 or later with venv is needed; python3 here is $(python3 --version 2>&1)"
    echo "tools: making .venv"
    rm -rf .venv
    "$interpreter" -m venv .venv
    local pip=(.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes)
    "${pip[@]}" -r tools/requirements.txt
    # It says that it wants a later Python than Debian's, and runs on it.
    "${pip[@]}" --no-deps --ignore-requires-python -r tools/witness.txt
    echo "$stamp" >.venv/installed
}

case "${1:-all}" in
all) debian && python ;;
python) python ;;
*) fail "usage: tools/install.sh [python]" ;;
esac
