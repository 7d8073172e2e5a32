// What the stub tests share: parsing that must succeed, memory that ends at an unreadable page, and
// which bytes of a value count. Test code only; one thread.

#ifndef SPRINGBOARD_FFI_JIT_TESTING_H_
#define SPRINGBOARD_FFI_JIT_TESTING_H_

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "abi/convention.h"
#include "abi/layout.h"
#include "abi/signature.h"

namespace springboard::jit::testing {

inline abi::Signature Sig(std::string_view text) {
  StatusOr<abi::Signature> parsed = abi::Signature::Parse(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << (parsed.ok() ? "" : parsed.status().message());
  return parsed.ok() ? *parsed : abi::Signature();
}

inline abi::Layout LayoutOf(const abi::Type* type) {
  if (type->is_void()) return {};
  const StatusOr<abi::Layout> layout = abi::LayoutOf(type, abi::HostConvention());
  EXPECT_TRUE(layout.ok()) << type->text();
  return *layout;
}

// The function at `entry`, of C++ type F.
template <typename F>
F* Function(const void* entry) {
  return std::bit_cast<F*>(entry);
}

// `size` bytes of which the last is followed by a page that cannot be touched, and the first is
// preceded by 64 bytes of a pattern.
class GuardedBytes {
 public:
  explicit GuardedBytes(size_t size) : size_(size) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    body_ = (size + kFrontBytes + page - 1) / page * page;
    mapped_ = body_ + page;
    base_ = static_cast<uint8_t*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(base_, MAP_FAILED);
    EXPECT_EQ(mprotect(base_ + body_, page, PROT_NONE), 0);
    std::memset(base_, kPattern, body_);
  }
  ~GuardedBytes() { munmap(base_, mapped_); }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;

  uint8_t* data() { return base_ + body_ - size_; }

  bool FrontIsIntact() {
    for (uint8_t* byte = data() - kFrontBytes; byte < data(); ++byte) {
      if (*byte != kPattern) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kFrontBytes = 64;
  static constexpr uint8_t kPattern = 0xA5;

  size_t size_;
  size_t body_;
  size_t mapped_;
  uint8_t* base_;
};

// Which bytes of a value are its members' and not padding. Long double has 10 of 16.
inline std::vector<bool> SignificantBytes(const abi::Type* type) {
  std::vector<bool> significant(LayoutOf(type).size);
  const StatusOr<std::vector<abi::Leaf>> leaves = abi::Flatten(type, abi::HostConvention());
  EXPECT_TRUE(leaves.ok());
  for (const abi::Leaf& leaf : *leaves) {
    const bool is_x87 = leaf.type->kind() == abi::TypeKind::kLongDouble;
    const uint64_t size = is_x87 ? 10 : LayoutOf(leaf.type).size;
    for (uint64_t byte = 0; byte < size; ++byte) significant[leaf.offset + byte] = true;
  }
  return significant;
}

// Random bytes that are a valid value of `type`: any, but 0 or 1 for bool.
inline std::vector<uint8_t> RandomValue(const abi::Type* type, std::mt19937& random) {
  std::vector<uint8_t> bytes(LayoutOf(type).size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  if (type->kind() == abi::TypeKind::kBool) bytes[0] &= 1;
  return bytes;
}

// Empty if the significant bytes agree, otherwise says where they differ.
inline std::string Difference(const abi::Type* type, const uint8_t* expected,
                              const uint8_t* actual) {
  const std::vector<bool> significant = SignificantBytes(type);
  for (size_t byte = 0; byte < significant.size(); ++byte) {
    if (significant[byte] && expected[byte] != actual[byte]) {
      return type->text() + " differs at byte " + std::to_string(byte);
    }
  }
  return "";
}

// A scalar integer's bytes, extended to 8 by its signedness.
inline uint64_t Extended(const abi::Type* type, const uint8_t* bytes) {
  uint64_t value = 0;
  const uint64_t size = LayoutOf(type).size;
  std::memcpy(&value, bytes, size);
  if (type->is_signed() && size < 8 && (bytes[size - 1] & 0x80) != 0)
    value |= ~uint64_t{0} << (size * 8);
  return value;
}

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_TESTING_H_
