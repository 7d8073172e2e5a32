// Values for tests, under any convention: which bytes of a value count, random values, what an
// extended integer looks like.
//
// Test code only, without a test library: GoogleTest's helpers are in testing.h. Pure functions;
// any thread. REQUIRES everywhere: the type has a layout under the convention.

#ifndef SPRINGBOARD_FFI_JIT_TEST_VALUES_H_
#define SPRINGBOARD_FFI_JIT_TEST_VALUES_H_

#include <cassert>
#include <cstdint>
#include <cstring>
#include <vector>

#include "abi/convention.h"
#include "abi/layout.h"
#include "abi/type.h"

namespace springboard::jit::testing {

inline uint64_t SizeOf(const abi::Type* type, const abi::Convention& convention) {
  if (type->is_void()) return 0;
  const StatusOr<abi::Layout> layout = abi::LayoutOf(type, convention);
  assert(layout.ok());
  return layout->size;
}

inline std::vector<abi::Leaf> LeavesOf(const abi::Type* type, const abi::Convention& convention) {
  if (type->is_void()) return {};
  StatusOr<std::vector<abi::Leaf>> leaves = abi::Flatten(type, convention);
  assert(leaves.ok());
  return *std::move(leaves);
}

// The x87 format has 10 bytes, whatever room it takes.
inline bool IsX87(const abi::Type* type, const abi::Convention& convention) {
  return type->kind() == abi::TypeKind::kLongDouble && convention.long_double_is_x87;
}

// Which bytes of a value are its members' and not padding.
inline std::vector<bool> SignificantBytes(const abi::Type* type,
                                          const abi::Convention& convention) {
  std::vector<bool> significant(SizeOf(type, convention));
  for (const abi::Leaf& leaf : LeavesOf(type, convention)) {
    const uint64_t size = IsX87(leaf.type, convention) ? 10 : SizeOf(leaf.type, convention);
    for (uint64_t byte = 0; byte < size; ++byte) significant[leaf.offset + byte] = true;
  }
  return significant;
}

// Random bytes that are a valid value of `type`: any, but 0 or 1 for bool, and the integer bit set
// in x87 numbers, as everything that computes with them leaves it.
template <typename Random>
std::vector<uint8_t> RandomValue(const abi::Type* type, const abi::Convention& convention,
                                 Random& random) {
  std::vector<uint8_t> bytes(SizeOf(type, convention));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  for (const abi::Leaf& leaf : LeavesOf(type, convention)) {
    if (leaf.type->kind() == abi::TypeKind::kBool) bytes[leaf.offset] &= 1;
    if (IsX87(leaf.type, convention)) bytes[leaf.offset + 7] |= 0x80;
  }
  return bytes;
}

// A scalar integer's `size` bytes, at most 8, extended to 8 by its signedness.
inline uint64_t Extended(const abi::Type* type, const uint8_t* bytes, uint64_t size) {
  uint64_t value = 0;
  std::memcpy(&value, bytes, size);
  if (type->is_signed() && size < 8 && (bytes[size - 1] & 0x80) != 0) {
    value |= ~uint64_t{0} << (size * 8);
  }
  return value;
}

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_TEST_VALUES_H_
