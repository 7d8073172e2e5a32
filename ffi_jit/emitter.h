// Emit: from a stub plan to the bytes of a stub.
//
// The result is position independent; addresses are 8-byte immediates at recorded places, filled in
// by stamping. Each architecture's emitter is compiled on every host. Pure functions; any thread.

#ifndef SPRINGBOARD_FFI_JIT_EMITTER_H_
#define SPRINGBOARD_FFI_JIT_EMITTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "abi/status.h"
#include "ffi_jit/move_plan.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/unwind.h"

namespace springboard::jit {

// The most code that one stub may have. 255 parameters, each an aggregate whose copy is unrolled,
// take about half of it.
inline constexpr size_t kMaxStubBytes = 1 << 16;

// Aggregates up to this size are copied by straight code, larger ones by a loop.
inline constexpr uint32_t kUnrolledBytes = 128;

struct PatchPoint {
  PatchKind kind;
  uint32_t offset;  // of the 8-byte immediate
};

struct StubTemplate {
  std::vector<uint8_t> bytes;
  std::vector<PatchPoint> patches;
  UnwindShape shape = UnwindShape::kTail;  // set by Emit()
};

// A Status if the stub passes kMaxStubBytes. `listing`, if not null, receives the assembly.
StatusOr<StubTemplate> Emit(const StubPlan& plan, std::string* listing = nullptr);

// The emitters of x86-64 and of AArch64. REQUIRES: plan.architecture is theirs.
StatusOr<StubTemplate> EmitX64(const StubPlan& plan, std::string* listing);
StatusOr<StubTemplate> EmitA64(const StubPlan& plan, std::string* listing);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_EMITTER_H_
