# Sourced by the stock blueprints: stages, clear failures, launch arguments, a Python environment in ./env.
# The working folder is the instance's own. Nothing here writes outside it.

: "${WEBUI_HOST:=127.0.0.1}"
: "${INSTANCE_NAME:=instance}"
: "${INSTANCE_CONF_DIR:=$PWD}"
: "${INSTANCE_OUTPUT_DIR:=$PWD/output}"
: "${BLUEPRINT_ID:=$(basename "$0" .sh)}"

wh_lib_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -z "${TORCH_VERSION:-}" ] && [ -f "$wh_lib_folder/../../versions.env" ]; then
  set -a
  . "$wh_lib_folder/../../versions.env"
  set +a
fi

# Usage: wh_stage ID N M TITLE. Shown as progress, kept out of the log view's noise.
wh_stage() {
  printf '::wh stage %s %s/%s %s\n' "$1" "$2" "$3" "$4"
}

# Ends the script with one sentence that says what to do.
wh_fail() {
  printf '\n%s: %s\n' "$BLUEPRINT_ID" "$1" >&2
  exit "${2:-1}"
}

wh_need_port() {
  [ -n "${WEBUI_PORT:-}" ] || wh_fail 'WEBUI_PORT is not set: no port was given to this instance.'
}

wh_is_loopback() {
  case "$WEBUI_HOST" in 127.* | ::1 | localhost) return 0 ;; *) return 1 ;; esac
}

# The name under which the app's own proxy shows this instance, such as my-lab.localhost; localhost where there is none.
wh_proxy_host() {
  local slug=${SUBFOLDER:-}
  slug=${slug#/instance/}
  slug=${slug%/}
  [ -n "$slug" ] && printf '%s.localhost' "$slug" || printf 'localhost'
}

# Finds the Python that was asked for, else any from 3.10 on, and leaves it in wh_python.
wh_find_python() {
  local candidate
  wh_python=
  for candidate in ${PYTHON_VERSION:+"python$PYTHON_VERSION"} python3 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      wh_python=$candidate
      return 0
    fi
  done
  return 1
}

wh_need_python() {
  wh_find_python || wh_fail 'Python 3.10 or newer is missing. Install it (Debian: apt-get install python3 python3-venv) and start again.' 127
}

# Makes ./env once. One that an interrupted start left half made is made anew: it holds nothing of the user's.
wh_ensure_env() {
  if env/bin/python -m pip --version >/dev/null 2>&1; then return 0; fi
  wh_make_env ./env || wh_fail 'The Python environment could not be made. Install the venv module (Debian: apt-get install python3-venv) or uv, see that the disk has room, and start again.'
}

wh_make_env() {
  if wh_find_python && "$wh_python" -c 'import venv, ensurepip' 2>/dev/null; then
    "$wh_python" -m venv --clear "$1"
  elif command -v uv >/dev/null 2>&1; then
    uv venv --seed --clear ${PYTHON_VERSION:+--python "$PYTHON_VERSION"} "$1"
  else
    return 1
  fi
}

wh_pip_install() {
  local constraints=()
  [ -f constraints.txt ] && constraints=(--constraint constraints.txt)
  env/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off ${constraints[@]+"${constraints[@]}"} "$@"
}

# Usage: wh_install_packages PACKAGE... Order: local wheels, then what the blueprint needs, then the user's own list.
wh_install_packages() {
  local wheels=()
  shopt -s nullglob
  wheels=(wheels/*.whl)
  shopt -u nullglob
  wh_stage wheels 2 4 'Local wheels'
  if [ ${#wheels[@]} -gt 0 ]; then
    wh_pip_install "${wheels[@]}" || wh_fail 'A wheel in the folder wheels could not be installed: it may be built for another Python.'
  fi
  wh_stage packages 3 4 "Packages: $*"
  wh_pip_install "$@" || wh_fail "The packages could not be installed ($*). The lines above say why; without a network, check the connection or pip's index setting."
  wh_stage extras 4 4 'Your requirements.txt'
  if [ -s requirements.txt ]; then
    wh_pip_install -r requirements.txt || wh_fail 'Your requirements.txt could not be installed; the app itself is complete.'
  fi
}

# Reads launch_args.txt (quotes and # comments as in a shell, nothing is evaluated) into the array wh_args.
wh_read_launch_args() {
  wh_args=()
  [ -s launch_args.txt ] || return 0
  local part
  local reader='
import shlex, sys
text = open("launch_args.txt", encoding="utf-8-sig").read()
sys.stdout.write("".join(word + "\0" for word in shlex.split(text, comments=True)))'
  "$1" -c "$reader" >/dev/null || wh_fail 'launch_args.txt cannot be read: a quote may be missing its end.'
  while IFS= read -r -d '' part; do wh_args+=("$part"); done < <("$1" -c "$reader")
}

wh_need_installed() {
  [ -x "env/bin/$1" ] || wh_fail "The environment has no $1: run the step install first." 127
}

# Usage: wh_main "$@" after defining install and run. Without a verb both are done, as for a script without verbs.
wh_main() {
  mkdir -p -- "$INSTANCE_OUTPUT_DIR" || wh_fail "The output folder cannot be made: $INSTANCE_OUTPUT_DIR"
  case "${1:-}" in
    install) install ;;
    run) run ;;
    '') install && run ;;
    *) wh_fail "Unknown step: $1. Known are install and run." 64 ;;
  esac
}
