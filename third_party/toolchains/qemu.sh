#!/usr/bin/env bash
# qemu.sh PROGRAM [ARGUMENTS]: runs a program for Linux arm64 with qemu.
#
# qemu_code.c, which it preloads, is compiled once into a folder beside the temporary folders of
# Bazel's tests, otherwise into build/qemu of the checkout.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
if [[ -n ${TEST_TMPDIR-} ]]; then
  state=$(dirname "$TEST_TMPDIR")/qemu
else
  state=$here/../../build/qemu
fi
library=$state/libqemu_code.so
if [[ ! $library -nt $here/qemu_code.c ]]; then
  mkdir -p "$state"
  aarch64-linux-gnu-gcc -std=gnu17 -O2 -Wall -Wextra -Werror -fno-builtin -fPIC -shared \
    "$here/qemu_code.c" -o "$library.$$"
  mv "$library.$$" "$library"
fi
exec qemu-aarch64-static -L /usr/aarch64-linux-gnu -E LD_PRELOAD="$library" "$@"
