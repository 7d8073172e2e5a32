// The fast stubs whose machine code the tests hold: the signatures that the benchmarks measure, and
// one of each kind of handle. Test code only; any thread.

#ifndef SPRINGBOARD_FFI_JIT_TEST_SHAPES_H_
#define SPRINGBOARD_FFI_JIT_TEST_SHAPES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ffi_jit/stub.h"
#include "ffi_jit/test_bytes.h"

namespace springboard::jit::testing {

// Where a 64-bit engine could keep its fields.
inline ObjectLayout ExampleLayout() {
  return {.null_value = 0x123456789ABCDEF1,
          .map_type = 12,
          .typed_array = 2101,
          .data_view = 2102,
          .array_buffer = 2099,
          .number = 130,
          .big_int = 129,
          .view_buffer = 24,
          .view_bits = 48,
          .view_variable = 3,
          .view_length = 32,
          .view_external = 56,
          .view_base = 64,
          .data_view_data = 56,
          .buffer_length = 32,
          .buffer_store = 40,
          .number_value = 8,
          .big_int_bits = 8,
          .big_int_digit = 16};
}

inline FastShape WithUses(FastShape shape, std::vector<FastUse> uses) {
  shape.uses = std::move(uses);
  shape.layout = ExampleLayout();
  return shape;
}

inline FastShape NopShape() { return Shape("(pointer)void", "()void"); }
inline FastShape TwoIntegersShape() { return Shape("(pointer,i32,i32)i32", "(i32,i32)i32"); }
inline FastShape TwoDoublesShape() { return Shape("(pointer,f64,f64)f64", "(f64,f64)f64"); }
inline FastShape SixMixedShape() {
  return Shape("(pointer,i32,f64,pointer,f32,u32,i64)f64", "(i32,f64,pointer,f32,u8,i64)f64");
}
inline FastShape TwelveIntegersShape() {
  const std::string types = "i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32)i32";
  return Shape("(pointer," + types, "(" + types);
}
// Two structs of 16 bytes in, one out.
inline FastShape TwoStructsShape() {
  FastShape shape =
      WithUses(Shape("(pointer,pointer,pointer,pointer)void", "({f64,f64},{f64,f64}){f64,f64}"),
               {FastUse::kAggregate, FastUse::kAggregate});
  shape.result = FastResult::kBytes;
  return shape;
}
inline FastShape LargeStructShape() {
  return WithUses(Shape("(pointer,pointer)i32", "({[i64*8]})i32"), {FastUse::kAggregate});
}
inline FastShape BufferShape() {
  return WithUses(Shape("(pointer,pointer,f64)i32", "(pointer,f64)i32"),
                  {FastUse::kBytes, FastUse::kValue});
}
inline FastShape ListedBufferShape() {
  FastShape shape = BufferShape();
  shape.lists_bytes = true;
  return shape;
}
inline FastShape TextShape() {
  FastShape shape = Shape("(pointer,pointer,i32)void", "(pointer,i32)pointer");
  shape.result = FastResult::kText;
  return shape;
}
inline FastShape IntegerShape() {
  return WithUses(Shape("(pointer,pointer)i32", "(u64)i32"), {FastUse::kInteger});
}
inline FastShape SafeIntegersShape() {
  FastShape shape = WithUses(Shape("(pointer,f64,f64)f64", "(i64,u64)i64"),
                             {FastUse::kSafeInteger, FastUse::kSafeInteger});
  shape.safe_result = true;
  return shape;
}

// Of variadic signatures there are only call stubs.
inline std::string_view VariadicSignature() { return "(pointer,...,i32,f64)i32"; }

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_TEST_SHAPES_H_
