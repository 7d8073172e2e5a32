// Unwrap: what a fast stub does with a handle (object_layout.h) before its moves.
//
// An unwrap looks at what a handle refers to and puts what it stands for into the handle's place:
// an address, or an integer. Or it fails, and the stub ends without having called anything. Plain,
// printable data that knows no instruction; any thread.

#ifndef SPRINGBOARD_FFI_JIT_UNWRAP_H_
#define SPRINGBOARD_FFI_JIT_UNWRAP_H_

#include <cstdint>
#include <string>

#include "abi/convention.h"
#include "ffi_jit/move_plan.h"
#include "ffi_jit/stub.h"

namespace springboard::jit {

struct Unwrap {
  FastUse use = FastUse::kBytes;  // any but kValue
  // A general register or 8 bytes of incoming stack with a handle; for kSafeInteger, a vector
  // register or such bytes with an f64.
  Location place;
  // Whether `place` is given what the handle stands for: for kAggregate the address of the first
  // byte. Otherwise it is only checked, as the f64 of kSafeInteger always is.
  bool replaces = true;
  uint32_t size = 0;      // kAggregate: how many bytes there must be
  bool is_signed = true;  // kExactInteger, kSafeInteger: the range
  bool movable = false;   // kBytes: bytes that the engine may move are fine
  Location memory;        // kString: kMaxStackCharacters + 1 bytes of the stub's frame

  bool operator==(const Unwrap&) const = default;
};

// A big integer's bits where it has one digit and no sign, and where it has a sign.
inline constexpr uint32_t kOneDigit = 2;
inline constexpr uint32_t kOneDigitNegative = 3;

// |x| < 2^53 exactly if x is within +-(2^53 - 1).
inline constexpr uint32_t kSafeBits = 53;

// What unwraps of strings work with: a multiple of 8 bytes is written.
static_assert((kMaxStackCharacters + 1) % 8 == 0);

// Registers that unwraps may change.
struct UnwrapRegisters {
  uint8_t object = 0;
  uint8_t map = 0;
  uint8_t data = 0;
  uint8_t other = 0;  // where there are that many; on AArch64 there are
  uint8_t vector = 0;
  uint8_t vector_other = 0;
};

// At the entry of a stub that is entered by `entered`: volatile, and no arguments.
UnwrapRegisters RegistersAtEntry(const abi::Convention& entered);

// After its call of a function of `native`: volatile for both, and neither results nor `taken`.
UnwrapRegisters RegistersAfterCall(const abi::Convention& entered, const abi::Convention& native,
                                   uint8_t taken);

// "unwrap bytes rsi". One line without a newline.
std::string Text(const Unwrap& unwrap, abi::Architecture architecture);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_UNWRAP_H_
