// OneParameter: two fast stubs that take one parameter by a handle, or as a number, for tests of
// what they make of it. Test code only; one thread.

#ifndef SPRINGBOARD_FFI_JIT_ONE_PARAMETER_H_
#define SPRINGBOARD_FFI_JIT_ONE_PARAMETER_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/fake_objects.h"
#include "ffi_jit/testing.h"

namespace springboard::jit::testing {

// How often a stub's callee ran.
inline int calls = 0;

// Two stubs for one parameter of type `native`, in a register and on the stack. Both return it.
class OneParameter {
 public:
  OneParameter(FastUse use, const std::string& native, const ObjectLayout& layout,
               bool movable = false)
      : is_float_(use == FastUse::kSafeInteger) {
    const std::string entered = is_float_ ? "f64" : "pointer";
    FastShape shape;
    shape.layout = layout;
    shape.movable_bytes = movable;
    shape.entered = Sig("(pointer," + entered + ")u64");
    shape.native = Sig("(" + native + ")u64");
    shape.uses = {use};
    in_register_ = Stamp(shape, Address(Return));
    std::string values;
    for (int i = 0; i < 12; ++i) values += i % 2 == 0 ? "u64," : "f64,";
    // Eight numbers more, so that no vector register is left either.
    for (int i = 0; i < 4; ++i) values += "f64,";
    shape.entered = Sig("(pointer," + values + entered + ",i32)u64");
    shape.native = Sig("(" + values + native + ",i32)u64");
    shape.uses.assign(18, FastUse::kValue);
    shape.uses[16] = use;
    on_stack_ = Stamp(shape, Address(ReturnLast));
  }

  // The native parameter, which both stubs agree on.
  uint64_t operator()(Handle handle) { return Enter<Handle>(handle); }
  uint64_t operator()(double number) { return Enter<double>(number); }

  template <typename T>
  bool Declines(T value) {
    const int before = calls;
    return Enter<T>(value) == 0 && calls == before && declined_;
  }

 private:
  static uint64_t Return(uint64_t value) {
    ++calls;
    return value;
  }
  static uint64_t ReturnLast(uint64_t a, double b, uint64_t c, double d, uint64_t e, double f,
                             uint64_t g, double h, uint64_t i, double j, uint64_t k, double l,
                             double m, double n, double o, double p, uint64_t value, int32_t q) {
    ++calls;
    const double sum = static_cast<double>(a + c + e + g + i + k) + b + d + f + h + j + l + m + n +
                       o + p + static_cast<double>(q);
    EXPECT_EQ(sum, 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 18);
    return value;
  }

  StubCode Stamp(const FastShape& shape, const void* target) {
    StatusOr<StubCode> stub = StampOne(shape, abi::HostFastConvention(), target, &block_);
    EXPECT_TRUE(stub.ok()) << (stub.ok() ? "" : stub.status().message());
    return stub.ok() ? *std::move(stub) : StubCode();
  }

  template <typename T>
  uint64_t Enter(T value) {
    block_ = {};
    const uint64_t first = Function<uint64_t(void*, T)>(in_register_.entry())(nullptr, value);
    const FastStatus status = block_.status;
    block_ = {};
    const uint64_t second = Function<uint64_t(
        void*, uint64_t, double, uint64_t, double, uint64_t, double, uint64_t, double, uint64_t,
        double, uint64_t, double, double, double, double, double, T, int32_t)>(on_stack_.entry())(
        nullptr, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, value, 18);
    EXPECT_EQ(block_.status, status);
    EXPECT_EQ(second, first);
    EXPECT_EQ(block_.result, 0u);
    declined_ = status == FastStatus::kDeclined;
    EXPECT_TRUE(declined_ || status == FastStatus::kDone);
    return first;
  }

  bool is_float_;
  bool declined_ = false;
  FastBlock block_ = {};
  StubCode in_register_, on_stack_;
};

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_ONE_PARAMETER_H_
