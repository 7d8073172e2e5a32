// stack_room: what is left of the stack of an isolate's thread.
//
// V8 looks at its own limit before it runs JavaScript, but native code takes stack that V8 knows
// nothing of, and V8 14 aborts the process when it is asked to throw, or V8 13 to collect garbage,
// more than 40 KiB below that limit. So a callback asks here before it enters V8, and a call before
// it copies large structs to the stack. One per isolate; isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_STACK_ROOM_H_
#define SPRINGBOARD_V8_GLUE_STACK_ROOM_H_

#include <v8.h>

#include <cstddef>
#include <cstdint>

namespace springboard::glue {

class StackRoom {
 public:
  // What is left to a native function, or to V8, where a stack ends: a third of what Node.js keeps
  // free below V8's limit in a worker, so that a call with one struct of 64 KiB still fits there.
  static constexpr size_t kReserve = 64 << 10;

  // The most that a call copies to the stack without asking: stacks have many times as much below
  // V8's limit. Fast stubs never ask.
  static constexpr size_t kUnasked = 16 << 10;

  // REQUIRES: the isolate's thread, which stays the same.
  explicit StackRoom(v8::Isolate* isolate);

  // Whether V8 would run JavaScript here, and has room to say so if not.
  bool ForJavaScript() const {
    const uintptr_t here = Here();
    return here > *v8_limit_ && here > end_ + kReserve;
  }

  // Whether a call that copies `bytes` to the stack leaves the reserve.
  bool ForCall(size_t bytes) const { return bytes <= kUnasked || Here() > end_ + bytes + kReserve; }

 private:
  static uintptr_t Here() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)); }

  const uintptr_t end_;              // the lowest address of the stack; 0 if it is not known
  const uintptr_t* const v8_limit_;  // V8's own variable, or a zero if it is not where we expect it
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_STACK_ROOM_H_
