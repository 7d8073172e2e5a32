#!/usr/bin/env bash
# Runs the examples through the command, as a user would, and checks what each one prints and its
# exit code. Ends with `N passed, N failed`.
#
# Usage: examples/run.sh
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
examples=$root/examples
work=$root/build/examples
passed=0
failed=0

# run NAME EXPECTED SCRIPT: runs SCRIPT in $work with every library allowed.
run() {
  expect "$1" "$2" "$root/dev" run --allow-ffi "$3"
}

# expect NAME EXPECTED COMMAND...: runs COMMAND in $work. EXPECTED is the whole output, or, when it
# starts with "...", its end.
expect() {
  local name=$1 expected=$2 output status
  printf '\n== %s\n' "$name"
  output=$(cd "$work" && "${@:3}" 2>&1)
  status=$?
  printf '%s\n' "$output"
  if [[ $status -ne 0 ]]; then
    failure "$name" "exit code $status"
  elif [[ $output == "$expected" ]] ||
    [[ $expected == ...* && $output == *"${expected#...}" ]]; then
    passed=$((passed + 1))
  else
    failure "$name" "expected: $expected"
  fi
}

failure() {
  printf 'FAILED: %s: %s\n' "$1" "$2"
  failed=$((failed + 1))
}

# compile SOURCE LIBRARY
compile() {
  cc -shared -fPIC -O2 -o "$work/$2" "$examples/guide/$1" || failure "$1" "does not compile"
}

# The guide's Rust library; the same function in C where Rust is missing or does not work.
compile_fibonacci() {
  local reason="no rustc on this machine" log
  if command -v rustc > /dev/null; then
    log=$(rustc --crate-type cdylib -o "$work/liblib.so" "$examples/guide/lib.rs" 2>&1) && {
      echo "compiled lib.rs with $(rustc --version)"
      return
    }
    reason="rustc failed: ${log%%$'\n'*}"
  fi
  echo "$reason; compiling the same function in C instead"
  compile fibonacci.c liblib.so
}

# Builds what has changed, so that the examples' own output is all that follows.
"$root/dev" run --help > /dev/null || exit 1
mkdir -p "$work"
compile example.c libexample.so
compile point.c libpoint.so
compile callbacks.c libcallbacks.so
compile_fibonacci

# "libexample.so" has no slash: the loader looks for it where it looks for every library.
export LD_LIBRARY_PATH=$work${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
run "guide: add" "8" "$examples/guide/add.ts"
run "guide: structs" $'distance = 5\nmidpoint = { x: 2.5, y: 4 }' "$examples/guide/point.ts"
run "guide: callbacks" "Callback received: 42" "$examples/guide/around_callbacks.ts"
run "guide: Rust fibonacci" "Fibonacci(10) = 55" "$examples/guide/fibonacci.ts"
unset LD_LIBRARY_PATH
for program in zlib libc sqlite/main curl/main; do
  run "Debian's ${program%/main}" "...all results agree" "$examples/$program.ts"
done

# The program without Node, in each Node.js whose V8 it may have.
(cd "$root" && bazel build //examples/embedding:all >&2) || failure "embedding" "does not compile"
embedding=$root/examples/embedding
results=$(cd "$root" && bazel info bazel-bin 2> /dev/null)/examples/embedding
for node in node24 node26; do
  expect "embedding in the V8 of $node" "$(< "$embedding/expected.txt")" \
    "$root/third_party/node/node_modules/$node/bin/node" "$embedding/run.js" \
    "$results/embedding_$node.so" "$embedding/script.js"
done

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
