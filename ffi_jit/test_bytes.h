// What the tests of stubs' machine code share: plans in, assembly and bytes compared. Test code
// only; any thread.

#ifndef SPRINGBOARD_FFI_JIT_TEST_BYTES_H_
#define SPRINGBOARD_FFI_JIT_TEST_BYTES_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ffi_jit/emitter.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/testing.h"

namespace springboard::jit::testing {

inline std::string Hex(const std::vector<uint8_t>& bytes) {
  std::string text;
  for (const uint8_t byte : bytes) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

inline FastShape Shape(std::string_view entered, std::string_view native, bool to_block = false) {
  FastShape shape;
  shape.entered = Sig(entered);
  shape.native = Sig(native);
  shape.result = to_block ? FastResult::kBlock : FastResult::kReturn;
  return shape;
}

// The stub of `plan` has this assembly and these bytes.
inline void ExpectBytes(const StatusOr<StubPlan>& plan, const std::string& assembly,
                        const std::string& hex) {
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  std::string listing;
  const StatusOr<StubTemplate> stub = Emit(*plan, &listing);
  ASSERT_TRUE(stub.ok()) << stub.status().message();
  EXPECT_EQ(listing, assembly) << plan->Text();
  EXPECT_EQ(Hex(stub->bytes), hex);
}

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_TEST_BYTES_H_
