// See scenarios.h.

#include "benchmarks/scenarios.h"

#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace springboard::benchmarks {
namespace {

using benchmark::DoNotOptimize;

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

template <typename F>
F* As(AnyFunction function) {
  return std::bit_cast<F*>(function);
}

void CallNop(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_nop)>(function);
  for (auto _ : state) f();
}
void CallTwoI32(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_two_i32)>(function);
  int i = 0;
  for (auto _ : state) DoNotOptimize(f(++i, 2));
}
void CallTwoF64(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_two_f64)>(function);
  double x = 1;
  for (auto _ : state) {
    DoNotOptimize(x);
    DoNotOptimize(f(x, 2.5));
  }
}
void CallSixMixed(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_six_mixed)>(function);
  int i = 0;
  for (auto _ : state) DoNotOptimize(f(++i, 2.5, 3, 1.5f, &state, 6));
}
void CallTwelveI32(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_twelve_i32)>(function);
  int i = 0;
  for (auto _ : state) DoNotOptimize(f(++i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}
void CallTwoPairs(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_two_pairs)>(function);
  Pair a = {1, 2};
  for (auto _ : state) {
    DoNotOptimize(a);
    Pair r = f(a, {3, 4});
    DoNotOptimize(r);
  }
}
void CallBig(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_big)>(function);
  Big a = {{1, 2, 3, 4, 5, 6, 7, 8}};
  for (auto _ : state) {
    DoNotOptimize(a);
    Big r = f(a);
    DoNotOptimize(r);
  }
}
void CallVariadic(benchmark::State& state, AnyFunction function) {
  auto* f = As<decltype(bench_variadic)>(function);
  double x = 1.5;
  for (auto _ : state) {
    DoNotOptimize(x);
    DoNotOptimize(f(2, x, 2.5));
  }
}

// What closures do, for a callee of any type: take the arguments apart, call it, store the result.
template <auto kCallee>
struct Handlers;

template <typename R, typename... A, R (*kCallee)(A...)>
struct Handlers<kCallee> {
  // Aggregates are behind their slots.
  template <typename T>
  static T FromSlot(const uint64_t& slot) {
    T value;
    const void* from = std::is_class_v<T> ? std::bit_cast<const void*>(slot) : &slot;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }

  template <size_t... kIndex>
  static void Stub(const uint64_t* slots, void* result, std::index_sequence<kIndex...>) {
    if constexpr (std::is_void_v<R>) {
      kCallee(FromSlot<A>(slots[kIndex])...);
    } else {
      const R value = kCallee(FromSlot<A>(slots[kIndex])...);
      std::memcpy(result, &value, sizeof(value));
    }
  }
  static void OnStub(void*, const uint64_t* slots, void* result) {
    Stub(slots, result, std::index_sequence_for<A...>());
  }

  template <size_t... kIndex>
  static void Libffi(void** arguments, void* result, std::index_sequence<kIndex...>) {
    if constexpr (std::is_void_v<R>) {
      kCallee(*static_cast<A*>(arguments[kIndex])...);
    } else if constexpr (std::is_integral_v<R>) {
      *static_cast<ffi_sarg*>(result) = kCallee(*static_cast<A*>(arguments[kIndex])...);
    } else {
      *static_cast<R*>(result) = kCallee(*static_cast<A*>(arguments[kIndex])...);
    }
  }
  static void OnLibffi(ffi_cif*, void* result, void** arguments, void*) {
    Libffi(arguments, result, std::index_sequence_for<A...>());
  }
};

// A row for a function that is not variadic.
template <auto kCallee>
Scenario Row(const char* name, const char* signature, ffi_type* result,
             std::vector<ffi_type*> parameters,
             void (*call)(benchmark::State& state, AnyFunction function)) {
  const auto count = static_cast<unsigned>(parameters.size());
  return {name,
          signature,
          std::bit_cast<AnyFunction>(kCallee),
          result,
          std::move(parameters),
          count,
          call,
          Handlers<kCallee>::OnStub,
          Handlers<kCallee>::OnLibffi};
}

}  // namespace

const std::vector<Scenario>& Scenarios() {
  static ffi_type* const i32 = &ffi_type_sint32;
  static ffi_type* const f64 = &ffi_type_double;
  static const std::vector<Scenario> scenarios = {
      Row<bench_nop>("nop", "()void", &ffi_type_void, {}, CallNop),
      Row<bench_two_i32>("two_i32", "(i32,i32)i32", i32, {i32, i32}, CallTwoI32),
      Row<bench_two_f64>("two_f64", "(f64,f64)f64", f64, {f64, f64}, CallTwoF64),
      Row<bench_six_mixed>(
          "six_mixed", "(i32,f64,i64,f32,pointer,i16)f64", f64,
          {i32, f64, &ffi_type_sint64, &ffi_type_float, &ffi_type_pointer, &ffi_type_sint16},
          CallSixMixed),
      Row<bench_twelve_i32>("twelve_i32", "(i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32)i32",
                            i32, std::vector<ffi_type*>(12, i32), CallTwelveI32),
      Row<bench_two_pairs>("two_pairs", "({f64,f64},{f64,f64}){f64,f64}", PairType(),
                           {PairType(), PairType()}, CallTwoPairs),
      Row<bench_big>("big", "({[i64*8]}){[i64*8]}", BigType(), {BigType()}, CallBig),
      {"variadic",
       "(i32,...,f64,f64)f64",
       std::bit_cast<AnyFunction>(&bench_variadic),
       f64,
       {i32, f64, f64},
       1,
       CallVariadic,
       nullptr,
       nullptr},
  };
  return scenarios;
}

bool Scenario::varies() const {
  return !parameters.empty() && parameters[0] == &ffi_type_sint32 && fixed == parameters.size();
}

ffi_cif Scenario::Describe() const {
  ffi_cif cif;
  auto* types = const_cast<ffi_type**>(parameters.data());
  const auto count = static_cast<unsigned>(parameters.size());
  const ffi_status status =
      fixed == count ? ffi_prep_cif(&cif, FFI_DEFAULT_ABI, count, result, types)
                     : ffi_prep_cif_var(&cif, FFI_DEFAULT_ABI, fixed, count, result, types);
  if (status != FFI_OK) {
    std::fprintf(stderr, "benchmark: libffi refuses %s\n", name);
    std::exit(1);
  }
  return cif;
}

Arguments::Arguments(const Scenario& scenario) {
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

}  // namespace springboard::benchmarks
