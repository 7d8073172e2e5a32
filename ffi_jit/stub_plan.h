// StubPlan: everything a stub does, in order, before any instruction exists.
//
// Built from placements by PlanCall, PlanFast and PlanClosure, consumed by an emitter. What a stub
// does is: make its frame, perform `before`, call or jump to `target`, perform `after`, return.
// Plain, printable data; any thread.

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

namespace springboard::jit {

struct StubPlan {
  abi::Architecture architecture = abi::Architecture::kX64;
  Scratch scratch = {};
  Frame frame;
  std::vector<Move> before;  // performed one after the other
  Location target;           // a register or a patch
  // Bound on the vector registers used by a variadic call (SysV: al).
  std::optional<uint8_t> vector_count;
  std::vector<Move> after;  // performed one after the other
  // Whether the topmost locals are registers that the stub preserves (saved_registers.h).
  bool saves_registers = false;

  // Whether the stub leaves by a jump.
  bool is_tail() const { return !frame.present(); }
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
