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
# One program at a time, and a server that outlives it: wine sometimes hangs when one begins while
# another's services start or stop.
exec 9>"$state/lock"
flock 9
if [[ ! -e $state/created ]]; then
  wine wineboot --init 9>&- >/dev/null 2>&1 && touch "$state/created"
fi
wineserver -p60 9>&- >/dev/null 2>&1 || true
# Through files: the first program also starts wine's services, which live on, and would keep open a
# pipe that somebody reads to its end.
output=$(mktemp -d)
trap 'rm -r "$output"' EXIT
# Now and then wine hangs where a program starts or ends. Bazel's tests take less than a second: one
# that takes much longer is begun again, with a new server.
limit=${TEST_TMPDIR:+15}
for _ in 1 2 3; do
  code=0
  timeout -k 2 "${limit:-0}" wine "$@" 9>&- </dev/null >"$output/out" 2>"$output/err" || code=$?
  [[ $code -eq 124 || $code -eq 137 ]] || break
  wineserver -k 9>&- >/dev/null 2>&1 || true
done
cat "$output/out"
cat "$output/err" >&2
exit "$code"
