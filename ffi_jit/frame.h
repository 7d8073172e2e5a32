// Frame: the stack room of one stub, before any instruction exists.
//
//     higher    stack arguments that the stub was entered with        kIncoming
//               return address
//               saved frame pointer                          <- frame pointer
//               locals, the last one topmost                          kLocal
//               padding
//               over-aligned copies                                   kOutgoing
//     lower     stack arguments that the stub prepares                kOutgoing
//                                                            <- stack pointer at the call
//
// A stub that needs neither locals nor outgoing arguments nor work after its call has no frame and
// leaves by a jump. Values; any thread.

#ifndef SPRINGBOARD_FFI_JIT_FRAME_H_
#define SPRINGBOARD_FFI_JIT_FRAME_H_

#include <cstdint>

#include "abi/status.h"
#include "ffi_jit/move_plan.h"

namespace springboard::jit {

// The most stack that one stub may take: a thread's stack is commonly 8 MiB, and V8 keeps about 1
// MiB of it for itself, so a larger frame would overflow before its callee begins.
inline constexpr uint32_t kMaxFrameBytes = 1 << 20;

class Frame {
 public:
  // Reserves local memory aligned to 16 bytes, `bytes` rounded up to 16.
  Location AddLocal(uint32_t bytes);

  // Sets the outgoing area. `alignment` is what the stack pointer must have at the call, a power of
  // two of at least 16 (more for over-aligned aggregates on the stack).
  void SetOutgoing(uint32_t bytes, uint32_t alignment);

  // Memory for one value of that alignment, by whichever of AddLocal() and AddAligned() serves.
  Location AddMemory(uint32_t bytes, uint32_t alignment);

  // Reserves memory above the outgoing arguments for a value that is aligned more strictly than
  // locals are: only the stack pointer is known to be a multiple of more than 16. `alignment` is a
  // power of two. REQUIRES: SetOutgoing() was called.
  Location AddAligned(uint32_t bytes, uint32_t alignment);

  // Asks for a frame even when there is nothing to keep in it.
  void Require() { required_ = true; }

  bool present() const { return required_ || local_bytes_ != 0 || outgoing_bytes_ != 0; }
  uint32_t local_bytes() const { return local_bytes_; }
  uint32_t alignment() const { return alignment_; }
  // From the frame pointer down to the stack pointer at the call, a multiple of 16; the padding of
  // an over-aligned stack comes on top.
  uint32_t total_bytes() const;

  // A Status if the frame passes kMaxFrameBytes.
  Status Check() const;

 private:
  bool required_ = false;
  uint32_t local_bytes_ = 0;  // a multiple of 16
  uint32_t outgoing_bytes_ = 0;
  uint32_t alignment_ = 16;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_FRAME_H_
