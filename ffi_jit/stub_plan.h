// StubPlan: everything a stub does, in order, before any instruction exists.
//
// Built from placements by PlanCall, PlanFast and PlanClosure, consumed by an emitter. What a stub
// does is: unwrap handles, make its frame, perform `before`, set errno to 0 if it is to be kept,
// call or jump to `target`, store errno, perform `unlink`, look whether the result can go where it
// is to go, perform `after` and `restores`, return. A stub that keeps handles makes its frame and
// performs `keep` before it unwraps them. Where an unwrap or a look fails, the stub sets the
// block's status (stub.h) and ends early, with the restores. Plain, printable data; any thread.

#ifndef SPRINGBOARD_FFI_JIT_STUB_PLAN_H_
#define SPRINGBOARD_FFI_JIT_STUB_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "abi/convention.h"
#include "abi/placement.h"
#include "abi/signature.h"
#include "abi/status.h"
#include "ffi_jit/frame.h"
#include "ffi_jit/move_plan.h"
#include "ffi_jit/stub.h"
#include "ffi_jit/unwind.h"
#include "ffi_jit/unwrap.h"

namespace springboard::jit {

// That a native result is within +-(2^53 - 1); otherwise it goes to the block as it is.
struct SafeCheck {
  Location value;  // a general register
  bool is_signed = true;
};

// Where the bytes are that take the result: meanwhile they may have moved, or be gone.
struct Reread {
  Move load;  // the handle, into the unwrap's place
  Unwrap unwrap;
};

struct StubPlan {
  abi::Architecture architecture = abi::Architecture::kX64;
  Scratch scratch = {};
  ObjectLayout layout;          // where there are unwraps
  std::vector<Move> keep;       // of handles that are needed as they are, in the frame
  std::vector<Unwrap> unwraps;  // performed one after the other
  UnwrapRegisters entry_registers;
  Frame frame;
  std::vector<Move> before;  // performed one after the other
  Location target;           // a register or a patch
  // errno's distance from the thread pointer: zeroed before the call, stored right after it.
  std::optional<int32_t> errno_offset;
  std::vector<Move> unlink;  // right after the call
  // Bound on the vector registers used by a variadic call (SysV: al).
  std::optional<uint8_t> vector_count;
  std::optional<Reread> reread;
  std::optional<SafeCheck> safe_check;
  UnwrapRegisters return_registers;
  std::vector<Move> after;  // performed one after the other
  // After them, to the parameters of KeepText() (stub.h), which is called then. Empty: it is not.
  std::vector<Move> keep_text;
  std::vector<Move> restores;  // of registers that the stub preserves, likewise
  // The register that the stub returns in, which is 0 when it ends early. Absent: none.
  std::optional<Location> returned;
  // Whether the topmost locals are registers that the stub preserves (saved_registers.h).
  bool saves_registers = false;

  // Whether the stub leaves by a jump.
  bool is_tail() const { return !frame.present(); }
  // Whether unwraps happen in the frame, or before there is one.
  bool unwraps_in_frame() const;
  // What an unwinder finds in the stub's frame.
  UnwindShape shape() const {
    if (is_tail()) return UnwindShape::kTail;
    return saves_registers ? UnwindShape::kFramedSaved : UnwindShape::kFramed;
  }
  std::string Text() const;
};

// A Status says why the signature cannot be placed, or which limit it passes. `own` is the
// convention of Springboard's C++ functions where the plan will run (a call stub's caller, a
// closure stub's handler): HostConvention(), or another of the same architecture for tests and
// tools.
StatusOr<StubPlan> PlanCall(const abi::Signature& signature, const abi::Convention& convention,
                            const abi::Convention& own);
StatusOr<StubPlan> PlanFast(const FastShape& shape, const abi::Convention& entered,
                            const abi::Convention& native);
StatusOr<StubPlan> PlanClosure(const abi::Signature& signature, const abi::Convention& convention,
                               const abi::Convention& own);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_STUB_PLAN_H_
