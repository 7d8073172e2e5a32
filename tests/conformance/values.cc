// Shapes and values. See values.h.

#include "tests/conformance/values.h"

#include <cstdio>

#include "abi/layout.h"
#include "abi/placement.h"
#include "ffi_jit/test_values.h"
#include "tests/conformance/exchange.h"

namespace springboard::conformance {
namespace {

// More of a value does not help to see what went wrong with it.
constexpr size_t kShownBytes = 320;

ValueShape ShapeOf(const abi::Type* type, const abi::Convention& convention) {
  return {.type = type,
          .size = jit::testing::SizeOf(type, convention),
          .significant = jit::testing::SignificantBytes(type, convention)};
}

size_t RoundUp(size_t bytes) {
  return (bytes + kArgumentStride - 1) / kArgumentStride * kArgumentStride;
}

std::string Shown(const uint8_t* bytes, size_t size) {
  std::string text;
  for (size_t byte = 0; byte < size && byte < kShownBytes; ++byte) {
    char hex[4];
    std::snprintf(hex, sizeof(hex), "%02x ", bytes[byte]);
    text += hex;
  }
  return text + (size > kShownBytes ? "..." : "");
}

}  // namespace

StatusOr<SignatureShape> SignatureShape::Of(const abi::Signature& signature,
                                            const abi::Convention& convention) {
  // What can be placed has layouts.
  const StatusOr<abi::Placement> placed = abi::Place(signature, convention);
  if (!placed.ok()) return placed.status();
  SignatureShape shape;
  shape.signature = signature;
  shape.result = ShapeOf(signature.result, convention);
  for (const abi::Type* type : signature.parameters) {
    shape.parameters.push_back(ShapeOf(type, convention));
    shape.offsets.push_back(shape.arguments_bytes);
    shape.arguments_bytes += RoundUp(shape.parameters.back().size);
  }
  if (shape.arguments_bytes > kArgumentsBytes) {
    return Status::Error("the arguments take " + std::to_string(shape.arguments_bytes) +
                         " bytes; the exchange has " + std::to_string(kArgumentsBytes));
  }
  return shape;
}

CallValues::CallValues(const SignatureShape& shape, const abi::Convention& convention,
                       Random& random) {
  for (const ValueShape& parameter : shape.parameters) {
    arguments.push_back(jit::testing::RandomValue(parameter.type, convention, random));
  }
  result = jit::testing::RandomValue(shape.result.type, convention, random);
}

std::string Difference(const ValueShape& shape, const uint8_t* expected, const uint8_t* actual) {
  for (size_t byte = 0; byte < shape.size; ++byte) {
    if (!shape.significant[byte] || expected[byte] == actual[byte]) continue;
    return shape.type->text() + " differs at byte " + std::to_string(byte) + " of " +
           std::to_string(shape.size) + "\n      expected " + Shown(expected, shape.size) +
           "\n      got      " + Shown(actual, shape.size);
  }
  return "";
}

std::string Hex(uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace springboard::conformance
