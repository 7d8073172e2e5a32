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
(
  flock 9
  [[ -e $state/created ]] || { wine wineboot --init 9>&- && touch "$state/created"; }
) 9>"$state/lock" >/dev/null 2>&1
# Through files: the first program also starts wine's services, which live on, and would keep open a
# pipe that somebody reads to its end.
output=$(mktemp -d)
trap 'rm -r "$output"' EXIT
code=0
wine "$@" </dev/null >"$output/out" 2>"$output/err" || code=$?
cat "$output/out"
cat "$output/err" >&2
exit "$code"
