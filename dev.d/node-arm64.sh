#!/usr/bin/env bash
# node-arm64.sh [ARGUMENTS]: Node.js 26 for Linux arm64, under qemu, in place of `node`.
#
# Programs start further processes of their own kind from process.execPath, which under qemu names
# the arm64 binary, and this machine's kernel cannot start that: a module preloaded into every
# process makes execPath this script. One thread does what V8 otherwise does in the background,
# which under qemu makes the optimiser's timing repeatable.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
export SPRINGBOARD_NODE=$here/node-arm64.sh
export NODE_OPTIONS="--require=$here/exec-path.cjs"
exec "$here/../third_party/toolchains/qemu.sh" \
  "$here/../third_party/node/node_modules/node26-arm64/bin/node" --single-threaded "$@"
