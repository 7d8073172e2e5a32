#!/usr/bin/env bash
# Proves, by the linker, that v8_glue and the embedding example need of the process around them V8
# and nothing else: neither Node's functions nor libuv's.
#
# Usage: link_test.sh NODE LIBRARY...
# The libraries are linked, all of each, against the V8 functions that the executable NODE exports
# and C++'s own libraries, with no symbol left over; then again with a call of libuv's and one of
# Node's, which must fail, although NODE has both.
set -euo pipefail

node=$1
shift
work=${TEST_TMPDIR:-$(mktemp -d)}

archives=()
for library in "$@"; do
  case $library in *.a | *.lo) archives+=("$library") ;; esac
done
echo "linking ${archives[*]}"

# A library that has V8's functions by name, and no code.
nm -D --defined-only "$node" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u >"$work/exports"
grep -E '^_ZT?[VIS]?N?K?(2v8|5cppgc)' "$work/exports" >"$work/v8_symbols"
awk '{ print ".globl " $1 "\n.type " $1 ", @function\n" $1 ":" }' "$work/v8_symbols" >"$work/v8.s"
c++ -shared -nostdlib -o "$work/libv8.so" "$work/v8.s"

# link NAME OBJECT...
link() {
  c++ -shared -pthread -Wl,-z,defs -o "$work/$1.so" "${@:2}" \
    -Wl,--whole-archive "${archives[@]}" -Wl,--no-whole-archive "$work/libv8.so" 2>"$work/$1.log"
}

# refused NAME SYMBOL SOURCE: the linker does not take what SOURCE needs.
refused() {
  grep -qx "$2" "$work/exports" || { echo "Node.js has no $2" && exit 1; }
  echo "$3" | c++ -fPIC -c -x c++ -o "$work/$1.o" -
  if link "$1" "$work/$1.o"; then
    echo "FAILED: a call of $2 was linked"
    exit 1
  fi
  grep -q 'undefined reference' "$work/$1.log" || { cat "$work/$1.log" && exit 1; }
  echo "as it must, the link fails with a call of $2"
}

link whole || { cat "$work/whole.log" && exit 1; }
echo "linked with V8's functions alone"
refused libuv uv_hrtime 'extern "C" unsigned long long uv_hrtime(); auto f = uv_hrtime();'
refused node _ZN4node19GetCurrentEventLoopEPN2v87IsolateE \
  'namespace v8 { class Isolate; }
   namespace node { void* GetCurrentEventLoop(v8::Isolate*); }
   void* loop = node::GetCurrentEventLoop(nullptr);'
