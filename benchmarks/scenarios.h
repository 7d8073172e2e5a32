// The signatures that the C++ benchmarks call through every route, described once for all: for the
// compiler, for Springboard, and for libffi.
//
// A scenario's arguments are memory that libffi and a call stub both read: a slot's low bytes are
// the value that libffi is pointed at. Plain data; everything lives as long as the process.

#ifndef SPRINGBOARD_BENCHMARKS_SCENARIOS_H_
#define SPRINGBOARD_BENCHMARKS_SCENARIOS_H_

#include <benchmark/benchmark.h>
#include <ffi.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "abi/signature.h"
#include "abi/status.h"
#include "benchmarks/callees.h"
#include "ffi_jit/stub.h"

namespace springboard::benchmarks {

using AnyFunction = void (*)();

struct Scenario {
  const char* name;
  const char* signature;
  AnyFunction callee;
  ffi_type* result;
  std::vector<ffi_type*> parameters;
  unsigned fixed;  // parameters before "..."; all if the function is not variadic

  // Calls any function of this type in a loop, as a compiled caller does.
  void (*call)(benchmark::State& state, AnyFunction function);

  // What a closure of this type does: calls `callee`. Null for the variadic one, which no closure
  // is.
  jit::ClosureHandler stub_handler;
  void (*libffi_handler)(ffi_cif*, void* result, void** arguments, void*);

  // The first argument is a number that may be any. A count of variadic arguments may not.
  bool varies() const;
  ffi_cif Describe() const;
};

const std::vector<Scenario>& Scenarios();

struct Arguments {
  explicit Arguments(const Scenario& scenario);

  Pair pairs[2] = {{1, 2}, {3, 4}};
  Big big = {{1, 2, 3, 4, 5, 6, 7, 8}};
  uint64_t slots[12] = {};
  void* pointers[12] = {};  // as libffi wants them
  alignas(16) unsigned char result[64] = {};
};

template <typename T>
T OrDie(StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "benchmark: %s\n", value.status().message().c_str());
  std::exit(1);
}

inline abi::Signature ParsedSignature(const Scenario& scenario) {
  return OrDie(abi::Signature::Parse(scenario.signature));
}

}  // namespace springboard::benchmarks

#endif  // SPRINGBOARD_BENCHMARKS_SCENARIOS_H_
