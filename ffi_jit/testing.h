// What the stub tests share: parsing that must succeed, and test_values.h under the host's
// convention. Test code only; one thread. Memory that ends at an unreadable page is in
// guarded_bytes.h.

#ifndef SPRINGBOARD_FFI_JIT_TESTING_H_
#define SPRINGBOARD_FFI_JIT_TESTING_H_

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/convention.h"
#include "abi/layout.h"
#include "abi/signature.h"
#include "ffi_jit/code_cache.h"
#include "ffi_jit/test_values.h"

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

// The address of a function, as stubs take it.
template <typename F>
const void* Address(F* function) {
  return std::bit_cast<const void*>(function);
}

inline std::vector<bool> SignificantBytes(const abi::Type* type) {
  return SignificantBytes(type, abi::HostConvention());
}

inline std::vector<uint8_t> RandomValue(const abi::Type* type, std::mt19937& random) {
  return RandomValue(type, abi::HostConvention(), random);
}

// One fast stub.
inline StatusOr<StubCode> StampOne(const FastShape& shape, const abi::Convention& entered,
                                   const void* target, FastBlock* block) {
  CodeCache& cache = CodeCache::Process();
  const StatusOr<const FastTemplate*> code =
      cache.GetFastTemplate(shape, entered, abi::HostConvention());
  if (!code.ok()) return code.status();
  const void* const targets[] = {target};
  StatusOr<std::vector<StubCode>> stubs = cache.StampFast(**code, targets, block);
  if (!stubs.ok()) return stubs.status();
  return std::move((*stubs)[0]);
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

inline uint64_t Extended(const abi::Type* type, const uint8_t* bytes) {
  return Extended(type, bytes, LayoutOf(type).size);
}

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_TESTING_H_
