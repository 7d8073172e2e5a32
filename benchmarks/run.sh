#!/bin/bash
# Builds what the benchmarks measure into build/benchmarks, then runs them: see bench.py.
#
#   benchmarks/run.sh [--smoke] [--publish] [--last]
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

bazel build //benchmarks/... >&2
results=$(bazel info bazel-bin 2>/dev/null)/benchmarks
mkdir -p build/benchmarks
install -m 755 "$results"/{call,make}_benchmark "$results"/native/lib{calls,many}.so \
  "$results"/js/floor-linux-x64-*.node build/benchmarks

# Debian's Python is the one that has Debian's packages.
exec /usr/bin/python3 benchmarks/bench.py "$@"
