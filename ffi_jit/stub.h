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
#include <optional>
#include <vector>

#include "abi/signature.h"
#include "ffi_jit/object_layout.h"

namespace springboard::jit {

// Calls `target` with the arguments in `slots`. Upper bits of narrow integers in slots are ignored;
// the stub extends as the convention says. By-reference aggregates are copied, so the callee may
// scribble. `result` may be null only for a void result. Code is shared by signature and lives as
// long as the process.
using CallStub = void (*)(const void* target, const uint64_t* slots, void* result);

// Receives the calls of a closure stub. `slots` (anything if there are no parameters) and what they
// point to live until the handler returns. Integers in slots are extended to 8 bytes by their
// signedness, bool is 0 or 1. `result` is zeroed memory of the size stated above, null for a void
// result; what the handler leaves there is returned to the native caller. What slots point to, and
// the result, is aligned to 16 bytes at most, or as the native caller aligned it: over-aligned
// values are to be copied byte by byte.
using ClosureHandler = void (*)(void* context, const uint64_t* slots, void* result);

// How a fast stub is given a native parameter.
enum class FastUse : uint8_t {
  // As a scalar: i32, u32, i64, u64, f32, f64, bool or pointer.
  kValue,
  // The following are given a handle (object_layout.h), which is entered as a pointer.
  // The address of the bytes of a typed array, data view or array buffer, or null; the native
  // parameter is a pointer.
  kBytes,
  // The bytes themselves, at least as many as the native parameter has, which is an aggregate. They
  // are read before the call, wherever they are.
  kAggregate,
  // A number (truncated toward zero) or a big integer (modulo 2^64); the native parameter is an
  // integer of 64 bits.
  kInteger,
  // The same, but an integral number or a big integer within the range of the native parameter.
  kExactInteger,
  // Entered as f64: an integer within +-(2^53 - 1), and not negative if the native parameter is
  // unsigned, which is an integer of 64 bits.
  kSafeInteger,
  // The address of the characters of a string and a zero byte after them, in the stub's frame, or
  // null; the native parameter is a pointer. The string is in one piece, or stands for one that is,
  // of at most kMaxStackCharacters that are all ASCII, or kMaxStackLatin1 of one byte each, which
  // UTF-8 has as one or two; none is zero.
  kString,
};

// More would cost stack that most calls do not use; of that many the copy takes as long as the
// ordinary function's beginning.
inline constexpr uint32_t kMaxStackCharacters = 255;

// Two bytes of each, the zero, and 8 bytes for the stub itself have room in the same memory.
inline constexpr uint32_t kMaxStackLatin1 = 123;
static_assert(2 * kMaxStackLatin1 + 1 + 8 <= kMaxStackCharacters + 1);

// What becomes of a fast stub's native result.
enum class FastResult : uint8_t {
  kReturn,  // returned, or nothing where the native function returns nothing
  kBlock,   // stored in FastBlock::result, as result memory is filled; entered.result is void
  // The same, of a pointer. What it points to in the stub's frame, which is where kString's
  // characters are, is in FastBlock::text after the call, and the pointer stored points there.
  kText,
  // An aggregate, stored in the bytes of one parameter more, which is entered last as a handle of
  // what FastUse::kAggregate takes; entered.result is void.
  kBytes,
};

// Why a fast stub's call is not over when it returns.
enum class FastStatus : uint32_t {
  kDone = 0,
  kDeclined = 1,  // an argument is none that the stub takes: nothing was called
  kUnsafe = 2,    // the native result is beyond +-(2^53 - 1); it is in FastBlock::result
  kLost = 3,      // the bytes that were to take the result were detached meanwhile; nothing stored
  kPending = 4,   // never set by a stub: for the embedder's own use
};

// The bytes that a running native function was given. While it runs, JavaScript that it calls may
// transfer them away: whoever enters JavaScript finds here what must be kept alive. It lies in the
// frame of the fast stub that called the function.
struct FastRecord {
  FastRecord* outer;           // of the stub that was running before, or null
  const uintptr_t* handles[];  // each the address of a tagged value; a null one is the end
};

// What fast stubs share with the code that enters them. Owned by the embedder; read before anything
// else may enter a stub. A stub writes `status` only where it is not kDone, and leaves
// `running` as it was.
struct FastBlock {
  FastStatus status;
  int32_t error;  // errno as the last call of a stub with FastShape::errno_offset left it
  uint64_t result;
  FastRecord* running;  // the innermost record, or null
  // Of kText. What the native function leaves without an end, though it was given one, ends here.
  char text[kMaxStackCharacters + 1 + sizeof(char32_t)];
};

// Does what kText says, called by the stub when the native function has returned `text`. The
// stub's frame is between this function's own and `frame_end`.
void KeepText(FastBlock* block, const char* text, const char* frame_end) noexcept;

// What a fast stub converts between. It is entered as V8's optimised code calls a fast function,
// and leaves by calling the native function; it never allocates, throws or enters V8.
struct FastShape {
  // As V8 enters: parameter 0 is the receiver (a pointer, ignored), parameter i + 1 carries native
  // parameter i as `uses` says. The result is a scalar or void.
  abi::Signature entered;
  abi::Signature native;
  std::vector<FastUse> uses;  // per native parameter; all kValue if empty
  FastResult result = FastResult::kReturn;
  // The native result is an integer of 64 bits that is returned, or stored, as an f64.
  bool safe_result = false;
  // Bytes that the engine may move are passed where they are, because the native function promises
  // not to let it (kBytes). Otherwise the stub declines.
  bool movable_bytes = false;
  // While the native function runs, a record with the handles of all kBytes parameters, in order,
  // is the head of FastBlock::running, if there are any. A stub that declines never puts it there,
  // and every other one takes it off before it returns. What leaves over the stub's head, a C++
  // exception or longjmp, does not.
  bool lists_bytes = false;
  // errno's distance from the thread pointer (errno_place.h). Set: errno is 0 when the native
  // function is entered, and what it is on return is stored in FastBlock::error, before anything
  // else can change it.
  std::optional<int32_t> errno_offset;
  ObjectLayout layout;  // where there are handles
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

 private:
  friend class CodeCache;
  explicit StubCode(const void* entry) : entry_(entry) {}

  const void* entry_ = nullptr;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_STUB_H_
