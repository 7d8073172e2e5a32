// The floor of scalars: integers, floating point, pointers, and many of them.

#include <bit>
#include <cstring>

#include "benchmarks/js/floor.h"

namespace springboard::floor {
namespace {

using Twelve = int32_t(int32_t, int32_t, int32_t, int32_t, int32_t, int32_t, int32_t, int32_t,
                       int32_t, int32_t, int32_t, int32_t);
using Nineteen = double(int32_t, double, int32_t, double, int32_t, double, int32_t, double, int32_t,
                        double, int32_t, double, int32_t, double, int32_t, double, int32_t, double,
                        int32_t);
using SixMixed = double(int32_t, double, uint32_t, float, int32_t, double);

AnyFunction variadic = nullptr;

double Variadic(Receiver, int32_t a, int32_t b, double c) {
  return std::bit_cast<double (*)(int32_t, ...)>(variadic)(a, b, c);
}
void VariadicIntoBlock(Receiver receiver, int32_t a, int32_t b, double c) {
  const double result = Variadic(receiver, a, b, c);
  std::memcpy(&result_block, &result, sizeof(result));
}
void SlowVariadic(const v8::FunctionCallbackInfo<v8::Value>& info) {
  ToJs(info,
       Variadic({}, FromJs<int32_t>(info[0]), FromJs<int32_t>(info[1]), FromJs<double>(info[2])));
}
void SlowVariadicIntoBlock(const v8::FunctionCallbackInfo<v8::Value>& info) {
  VariadicIntoBlock({}, FromJs<int32_t>(info[0]), FromJs<int32_t>(info[1]),
                    FromJs<double>(info[2]));
}

}  // namespace

void DefineScalars(const Exports& exports) {
  Define<"bench_nop", void()>(exports, "nop");
  Define<"bench_next", void*(void*)>(exports, "pointer");
  DefineBoth<"bench_not", bool(bool)>(exports, "bool", "bool_void");
  DefineBoth<"bench_add_i32", int32_t(int32_t, int32_t)>(exports, "add_i32", "add_i32_void");
  DefineBoth<"bench_add_f64", double(double, double)>(exports, "add_f64", "add_f64_void");
  DefineBoth<"bench_add_u64", uint64_t(uint64_t, uint64_t)>(exports, "add_u64", "add_u64_void");
  DefineBoth<"bench_length", uint32_t(Integer, uint32_t), uint32_t(size_t, uint32_t)>(
      exports, "usize_number", "usize_number_void");
  // 64-bit integers as Numbers always: optimised code passes doubles.
  DefineBoth<"bench_add_i64", double(double, double), int64_t(int64_t, int64_t)>(exports, "i53",
                                                                                 "i53_void");
  DefineBoth<"bench_six_mixed", SixMixed>(exports, "six_mixed", "six_mixed_void");
  DefineBoth<"bench_twelve_i32", Twelve>(exports, "twelve_i32", "twelve_i32_void");
  DefineBoth<"bench_nineteen_mixed", Nineteen>(exports, "nineteen_mixed", "nineteen_mixed_void");
  WantSymbol("bench_variadic", &variadic);
  DefineFunction(exports, "variadic", SlowVariadic, Describe(Variadic));
  DefineFunction(exports, "variadic_void", SlowVariadicIntoBlock, Describe(VariadicIntoBlock));
}

}  // namespace springboard::floor
