#!/bin/bash
# Runs the benchmarks: native calls from C++, then calls from JavaScript.
#
#   benchmarks/run.sh [--smoke]
#
# --smoke runs everything once and briefly, to see that it works; its numbers mean nothing.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

smoke=()
timing=(--benchmark_min_time=0.1 --benchmark_repetitions=7
        --benchmark_enable_random_interleaving=true)
case "${1-}" in
  "") ;;
  --smoke)
    smoke=(--smoke)
    timing=(--benchmark_min_time=0.01)
    ;;
  *)
    echo "benchmarks/run.sh: unknown option '$1'; usage: benchmarks/run.sh [--smoke]" >&2
    exit 2
    ;;
esac

echo "Native calls from C++ (call_benchmark)"
bazel build //benchmarks:call_benchmark //benchmarks:make_benchmark //benchmarks/js:floor
results=$(bazel info bazel-bin 2>/dev/null)
"$results/benchmarks/call_benchmark" \
  --benchmark_format=json "${timing[@]}" | python3 benchmarks/report.py

echo
echo "Before the first call (make_benchmark), limits: 2 us for a placement, 20 us for a cold stub"
"$results/benchmarks/make_benchmark" "${timing[@]}" \
  --benchmark_display_aggregates_only=true 2>/dev/null | grep -vE '_(mean|stddev|cv) '

echo
echo "Calls from JavaScript (js/bench.mjs)"
third_party/node/node_modules/node26/bin/node benchmarks/js/bench.mjs "${smoke[@]}" \
  --floor "$results/benchmarks/js/floor-linux-x64-147.node"
