// Classification of a type by the System V x86-64 psABI: the class of each of its eightbytes.
//
// Internal to abi/: place_sysv.cc turns classes into registers and stack slots. Pure functions.

#ifndef SPRINGBOARD_ABI_CLASSIFY_SYSV_H_
#define SPRINGBOARD_ABI_CLASSIFY_SYSV_H_

#include <array>
#include <cstdint>

#include "abi/convention.h"
#include "abi/layout.h"
#include "abi/type.h"

namespace springboard::abi {

// psABI 3.2.3, "Classification".
enum class SysvClass : uint8_t {
  kNone,     // padding, or beyond the end of the type
  kInteger,  // a general register
  kSse,      // a vector register
  kSseUp,    // the upper half of the vector register before it
  kX87,      // the mantissa of an x87 register
  kX87Up,    // the rest of the x87 register before it
  kComplexX87,
  kMemory,
  kDisputed,  // compilers disagree: see ClassifyAt()
};

// The classes of the first and second eightbyte. If the value is in memory or disputed as a whole,
// both are; a complex long double is kComplexX87, kNone. All larger types are in memory.
using SysvClasses = std::array<SysvClass, 2>;

inline constexpr uint32_t kEightbyte = 8;

// `layout` is that of `type`.
SysvClasses ClassifySysv(const Type* type, const Layout& layout, const Convention& convention);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_CLASSIFY_SYSV_H_
