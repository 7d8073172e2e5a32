// The three kinds of stub, as their callers see them, and StubCode, which owns a stamped one.
//
// Slots. A call's arguments are an array of 8-byte slots, one per parameter. A scalar of up to 8
// bytes is in the low bytes of its slot; a wider scalar (i128, long double, complex, vector) or an
// aggregate is not in the slot: the slot holds its address. Result memory. At least max(8, size)
// bytes for a scalar, exactly the size for an aggregate. A stub that fills it writes an integer of
// up to 64 bits extended to 8 bytes by its signedness, bool as 0 or 1 (only the low byte of what
// the native function returned counts), and never writes past those bytes. A result of which no
// byte travels (an empty struct or class) leaves the memory as it is.

#ifndef SPRINGBOARD_FFI_JIT_STUB_H_
#define SPRINGBOARD_FFI_JIT_STUB_H_

#include <cstddef>
#include <cstdint>

#include "abi/signature.h"

namespace springboard::jit {

// Calls `target` with the arguments in `slots`. Upper bits of narrow integers in slots are ignored;
// the stub extends as the convention says. By-reference aggregates are copied, so the callee may
// scribble. `result` may be null only for a void result. Code is shared by signature and lives as
// long as the process.
using CallStub = void (*)(const void* target, const uint64_t* slots, void* result);

// Receives the calls of a closure stub. `slots` and what they point to live until the handler
// returns. Integers in slots are extended to 8 bytes by their signedness, bool is 0 or 1. `result`
// is zeroed memory of the size stated above, null for a void result; what the handler leaves there
// is returned to the native caller. What slots point to, and the result, is aligned to 16 bytes at
// most, or as the native caller aligned it: over-aligned values are to be copied byte by byte.
using ClosureHandler = void (*)(void* context, const uint64_t* slots, void* result);

// What a fast stub converts between. It is entered as V8's optimised code calls a fast function,
// and leaves by calling the native function; it never allocates, throws or enters V8.
struct FastShape {
  // As V8 enters: parameter 0 is the receiver (a pointer, ignored), parameter i + 1 carries native
  // parameter i as i32, u32, i64, u64, f32, f64, bool or pointer. The result is one of these or
  // void.
  abi::Signature entered;
  abi::Signature native;
  // The void variant: entered.result is void, and the native result is stored, as result memory is
  // filled, at the address given when stamping.
  bool result_to_block = false;
};

// Owns one stamped fast or closure stub. Movable. Destroying it frees the code at once: the owner
// makes sure that nobody runs it or will call it. Any thread.
class StubCode {
 public:
  StubCode() = default;
  StubCode(StubCode&& other) noexcept;
  StubCode& operator=(StubCode&& other) noexcept;
  StubCode(const StubCode&) = delete;
  StubCode& operator=(const StubCode&) = delete;
  ~StubCode();

  // The address to call; null when empty.
  const void* entry() const { return entry_; }
  size_t size() const { return size_; }

 private:
  friend class CodeCache;
  StubCode(const void* entry, size_t size) : entry_(entry), size_(size) {}

  const void* entry_ = nullptr;
  size_t size_ = 0;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_STUB_H_
