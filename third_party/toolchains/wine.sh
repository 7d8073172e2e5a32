#!/usr/bin/env bash
# wine.sh PROGRAM [ARGUMENTS]: runs a Windows program with wine, without a display or messages.
#
# The state that wine keeps is a folder of its own, shared by what runs at the same time: beside the
# temporary folders of Bazel's tests, otherwise build/wine of the checkout. Creating it takes some
# seconds, once.
set -euo pipefail
if [[ -n ${TEST_TMPDIR-} ]]; then
  state=$(dirname "$TEST_TMPDIR")/wine
else
  state=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)/build/wine
fi
# No .NET, no HTML, and no debugger that would hold a crashed program.
export WINEPREFIX=$state WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe="
export HOME=${HOME-$state}
unset DISPLAY
# GoogleTest takes for relative what does not begin with a drive; wine's Z: is the whole system.
[[ -z ${XML_OUTPUT_FILE-} ]] || export XML_OUTPUT_FILE="Z:${XML_OUTPUT_FILE//\//\\}"
mkdir -p "$state"
# One program at a time, from wine's server to its services to their end: Bazel kills whatever a
# test leaves running, and a program that begins while the services of another are killed hangs.
exec 9>"$state/lock"
flock 9
finish() {
  wineserver -k 9>&- >/dev/null 2>&1 || true
  wineserver -w 9>&- >/dev/null 2>&1 || true
}
finish
# Through files: wine's services would keep open a pipe that somebody reads to its end.
output=$(mktemp -d)
trap 'finish; rm -r "$output"' EXIT
if [[ ! -e $state/created ]]; then
  wine wineboot --init 9>&- </dev/null >/dev/null 2>&1
  touch "$state/created"
fi
code=0
wine "$@" 9>&- </dev/null >"$output/out" 2>"$output/err" || code=$?
cat "$output/out"
cat "$output/err" >&2
exit "$code"
