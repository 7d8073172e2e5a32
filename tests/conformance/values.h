// What travels: the shape of a signature's values under the convention that is tested, random
// values of that shape, and how they are compared and printed.
//
// Sizes, padding and the format of long double follow the convention, never the host. Values; any
// thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_VALUES_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "abi/convention.h"
#include "abi/signature.h"
#include "abi/status.h"

namespace springboard::conformance {

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from a seed on every platform, and cheap
// to begin, which happens for every signature.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t operator()() {
    uint64_t mixed = state_ += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }

 private:
  uint64_t state_;
};

struct ValueShape {
  const abi::Type* type = nullptr;
  size_t size = 0;
  std::vector<bool> significant;  // per byte; false for padding

  // Whether a slot holds the value itself, and not its address (ffi_jit/stub.h).
  bool FitsSlot() const { return !type->is_aggregate() && size <= 8; }
  // Whether result memory and slots hold it extended to 8 bytes.
  bool IsExtended() const { return type->is_integer() && size <= 8; }
  // What a stub may write when it stores such a result.
  size_t ResultBytes() const { return FitsSlot() && size < 8 ? 8 : size; }
};

struct SignatureShape {
  // A Status if the convention has no layout or placement for the signature, or generated code
  // could not hand over its arguments.
  static StatusOr<SignatureShape> Of(const abi::Signature& signature,
                                     const abi::Convention& convention);

  abi::Signature signature;
  std::vector<ValueShape> parameters;
  std::vector<size_t> offsets;  // of each argument in Exchange::arguments
  size_t arguments_bytes = 0;   // that are used there
  ValueShape result;
};

using Bytes = std::vector<uint8_t>;

// The values of one call.
struct CallValues {
  CallValues(const SignatureShape& shape, const abi::Convention& convention, Random& random);

  std::vector<Bytes> arguments;
  Bytes result;
};

// Empty if the significant bytes agree, otherwise says where they differ, and shows both.
std::string Difference(const ValueShape& shape, const uint8_t* expected, const uint8_t* actual);

// "0x1f".
std::string Hex(uint64_t value);

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_VALUES_H_
