// Native calls from C++: through a function pointer, through a call stub, through libffi; and calls
// into C++: through a closure stub, and through a libffi closure.
//
// Method. Each scenario calls the same function, compiled in another file, with the same arguments
// in three ways; arguments change with the iteration so that nothing is constant, and results are
// consumed. The direct call is the floor: its loop and callee are in every number. report.py prints
// the ratios; they mean something only within one run on one machine.

#include <benchmark/benchmark.h>
#include <ffi.h>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

#include "abi/convention.h"
#include "abi/signature.h"
#include "benchmarks/callees.h"
#include "ffi_jit/code_cache.h"

namespace springboard {
namespace {

using benchmark::DoNotOptimize;

template <typename T>
T OrDie(StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "call_benchmark: %s\n", value.status().message().c_str());
  std::exit(1);
}

abi::Signature Sig(std::string_view text) { return OrDie(abi::Signature::Parse(text)); }

ffi_type* PairType() {
  static ffi_type* elements[] = {&ffi_type_double, &ffi_type_double, nullptr};
  static ffi_type type = {0, 0, FFI_TYPE_STRUCT, elements};
  return &type;
}

ffi_type* BigType() {
  static ffi_type* const s = &ffi_type_sint64;
  static ffi_type* elements[] = {s, s, s, s, s, s, s, s, nullptr};
  static ffi_type type = {0, 0, FFI_TYPE_STRUCT, elements};
  return &type;
}

// A scenario: what is called, described to both sides, and where its arguments are. libffi and the
// stub read the same memory: a slot's low bytes are the value that libffi is pointed at.
struct Scenario {
  const char* name;
  const char* signature;
  void (*callee)();
  ffi_type* result;
  std::vector<ffi_type*> parameters;
  unsigned fixed;  // parameters before "..."; all if the function is not variadic
  void (*direct)(benchmark::State&);
};

struct Arguments {
  Pair pairs[2] = {{1, 2}, {3, 4}};
  Big big = {{1, 2, 3, 4, 5, 6, 7, 8}};
  uint64_t slots[12] = {};
  void* pointers[12] = {};  // as libffi wants them
  alignas(16) unsigned char result[64] = {};

  explicit Arguments(const Scenario& scenario) {
    for (size_t i = 0; i < scenario.parameters.size(); ++i) {
      const ffi_type* type = scenario.parameters[i];
      pointers[i] = &slots[i];
      if (type == PairType()) {
        pointers[i] = &pairs[i];
        slots[i] = std::bit_cast<uint64_t>(&pairs[i]);
      } else if (type == BigType()) {
        pointers[i] = &big;
        slots[i] = std::bit_cast<uint64_t>(&big);
      } else if (type == &ffi_type_double) {
        slots[i] = std::bit_cast<uint64_t>(1.5 + static_cast<double>(i));
      } else if (type == &ffi_type_float) {
        slots[i] = std::bit_cast<uint32_t>(1.5f);
      } else {
        slots[i] = i + 1;
      }
    }
  }
};

// A function pointer that the compiler cannot see through.
template <typename F>
F* Opaque(F* function) {
  F* volatile hidden = function;
  return hidden;
}

void DirectNop(benchmark::State& state) {
  auto* f = Opaque(bench_nop);
  for (auto _ : state) f();
}
void DirectTwoI32(benchmark::State& state) {
  auto* f = Opaque(bench_two_i32);
  int i = 0;
  for (auto _ : state) DoNotOptimize(f(++i, 2));
}
void DirectTwoF64(benchmark::State& state) {
  auto* f = Opaque(bench_two_f64);
  double x = 1;
  for (auto _ : state) {
    DoNotOptimize(x);
    DoNotOptimize(f(x, 2.5));
  }
}
void DirectSixMixed(benchmark::State& state) {
  auto* f = Opaque(bench_six_mixed);
  int i = 0;
  for (auto _ : state) DoNotOptimize(f(++i, 2.5, 3, 1.5f, &state, 6));
}
void DirectTwelveI32(benchmark::State& state) {
  auto* f = Opaque(bench_twelve_i32);
  int i = 0;
  for (auto _ : state) DoNotOptimize(f(++i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}
void DirectTwoPairs(benchmark::State& state) {
  auto* f = Opaque(bench_two_pairs);
  Pair a = {1, 2};
  for (auto _ : state) {
    DoNotOptimize(a);
    Pair r = f(a, {3, 4});
    DoNotOptimize(r);
  }
}
void DirectBig(benchmark::State& state) {
  auto* f = Opaque(bench_big);
  Big a = {{1, 2, 3, 4, 5, 6, 7, 8}};
  for (auto _ : state) {
    DoNotOptimize(a);
    Big r = f(a);
    DoNotOptimize(r);
  }
}
void DirectVariadic(benchmark::State& state) {
  auto* f = Opaque(bench_variadic);
  double x = 1.5;
  for (auto _ : state) {
    DoNotOptimize(x);
    DoNotOptimize(f(2, x, 2.5));
  }
}

template <typename F>
void (*Plain(F* function))() {
  return std::bit_cast<void (*)()>(function);
}

const std::vector<Scenario>& Scenarios() {
  static ffi_type* const i32 = &ffi_type_sint32;
  static ffi_type* const f64 = &ffi_type_double;
  static const std::vector<Scenario> scenarios = {
      {"nop", "()void", Plain(bench_nop), &ffi_type_void, {}, 0, DirectNop},
      {"two_i32", "(i32,i32)i32", Plain(bench_two_i32), i32, {i32, i32}, 2, DirectTwoI32},
      {"two_f64", "(f64,f64)f64", Plain(bench_two_f64), f64, {f64, f64}, 2, DirectTwoF64},
      {"six_mixed",
       "(i32,f64,i64,f32,pointer,i16)f64",
       Plain(bench_six_mixed),
       f64,
       {i32, f64, &ffi_type_sint64, &ffi_type_float, &ffi_type_pointer, &ffi_type_sint16},
       6,
       DirectSixMixed},
      {"twelve_i32", "(i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32)i32",
       Plain(bench_twelve_i32), i32, std::vector<ffi_type*>(12, i32), 12, DirectTwelveI32},
      {"two_pairs",
       "({f64,f64},{f64,f64}){f64,f64}",
       Plain(bench_two_pairs),
       PairType(),
       {PairType(), PairType()},
       2,
       DirectTwoPairs},
      {"big", "({[i64*8]}){[i64*8]}", Plain(bench_big), BigType(), {BigType()}, 1, DirectBig},
      {"variadic",
       "(i32,...,f64,f64)f64",
       Plain(bench_variadic),
       f64,
       {i32, f64, f64},
       1,
       DirectVariadic},
  };
  return scenarios;
}

ffi_cif Describe(const Scenario& scenario) {
  ffi_cif cif;
  auto* types = const_cast<ffi_type**>(scenario.parameters.data());
  const auto count = static_cast<unsigned>(scenario.parameters.size());
  const ffi_status status =
      scenario.fixed == count
          ? ffi_prep_cif(&cif, FFI_DEFAULT_ABI, count, scenario.result, types)
          : ffi_prep_cif_var(&cif, FFI_DEFAULT_ABI, scenario.fixed, count, scenario.result, types);
  if (status != FFI_OK) {
    std::fprintf(stderr, "call_benchmark: libffi refuses %s\n", scenario.name);
    std::exit(1);
  }
  return cif;
}

// Changes the first argument where it is a number that the callee may be given any of. A count of
// variadic arguments is not.
bool Varies(const Scenario& scenario) {
  return !scenario.parameters.empty() && scenario.parameters[0] == &ffi_type_sint32 &&
         scenario.fixed == scenario.parameters.size();
}

void CallStubCall(benchmark::State& state, const Scenario& scenario) {
  Arguments arguments(scenario);
  const jit::CallStub stub =
      OrDie(jit::CodeCache::Process().GetCallStub(Sig(scenario.signature), abi::HostConvention()));
  const auto* target = std::bit_cast<const void*>(scenario.callee);
  const uint64_t step = Varies(scenario) ? 1 : 0;
  uint64_t first = arguments.slots[0];
  for (auto _ : state) {
    arguments.slots[0] = first += step;
    stub(target, arguments.slots, arguments.result);
    benchmark::ClobberMemory();
  }
}

void LibffiCall(benchmark::State& state, const Scenario& scenario) {
  Arguments arguments(scenario);
  ffi_cif cif = Describe(scenario);
  const uint64_t step = Varies(scenario) ? 1 : 0;
  uint64_t first = arguments.slots[0];
  for (auto _ : state) {
    arguments.slots[0] = first += step;
    ffi_call(&cif, scenario.callee, arguments.result, arguments.pointers);
    benchmark::ClobberMemory();
  }
}

// The two directions of a callback that adds two numbers.
template <typename T>
void StubHandler(void*, const uint64_t* slots, void* result) {
  T a, b;
  std::memcpy(&a, &slots[0], sizeof(T));
  std::memcpy(&b, &slots[1], sizeof(T));
  const T sum = a + b;
  std::memcpy(result, &sum, sizeof(T));
}
template <typename T>
void LibffiHandler(ffi_cif*, void* result, void** arguments, void*) {
  const T sum = *static_cast<T*>(arguments[0]) + *static_cast<T*>(arguments[1]);
  if constexpr (sizeof(T) < sizeof(ffi_arg) && std::is_integral_v<T>) {
    *static_cast<ffi_sarg*>(result) = sum;
  } else {
    *static_cast<T*>(result) = sum;
  }
}

template <typename T>
void ClosureCalls(benchmark::State& state, T (*function)(T, T)) {
  auto* f = Opaque(function);
  T x = 1;
  for (auto _ : state) {
    DoNotOptimize(x);
    DoNotOptimize(f(x, 2));
  }
}

template <typename T>
void StubClosure(benchmark::State& state, const char* signature) {
  const jit::StubCode code = OrDie(jit::CodeCache::Process().StampClosure(
      Sig(signature), abi::HostConvention(), StubHandler<T>, nullptr));
  ClosureCalls(state, std::bit_cast<T (*)(T, T)>(code.entry()));
}

template <typename T>
void LibffiClosure(benchmark::State& state, const Scenario& scenario) {
  void* entry = nullptr;
  auto* closure = static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), &entry));
  ffi_cif cif = Describe(scenario);
  if (closure == nullptr ||
      ffi_prep_closure_loc(closure, &cif, LibffiHandler<T>, nullptr, entry) != FFI_OK) {
    state.SkipWithError("libffi makes no closure here");
    return;
  }
  ClosureCalls(state, std::bit_cast<T (*)(T, T)>(entry));
  ffi_closure_free(closure);
}

void RegisterAll() {
  using benchmark::RegisterBenchmark;
  for (const Scenario& scenario : Scenarios()) {
    const std::string name = scenario.name;
    RegisterBenchmark((name + "/direct").c_str(), scenario.direct);
    RegisterBenchmark((name + "/stub").c_str(),
                      [&](benchmark::State& state) { CallStubCall(state, scenario); });
    RegisterBenchmark((name + "/libffi").c_str(),
                      [&](benchmark::State& state) { LibffiCall(state, scenario); });
  }
  RegisterBenchmark("closure_two_i32/direct", DirectTwoI32);
  RegisterBenchmark("closure_two_i32/stub", StubClosure<int>, "(i32,i32)i32");
  RegisterBenchmark("closure_two_i32/libffi", LibffiClosure<int>, Scenarios()[1]);
  RegisterBenchmark("closure_two_f64/direct", DirectTwoF64);
  RegisterBenchmark("closure_two_f64/stub", StubClosure<double>, "(f64,f64)f64");
  RegisterBenchmark("closure_two_f64/libffi", LibffiClosure<double>, Scenarios()[2]);
}

}  // namespace
}  // namespace springboard

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  springboard::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
