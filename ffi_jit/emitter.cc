// Chooses the emitter by the plan's architecture. See emitter.h.

#include "ffi_jit/emitter.h"

namespace springboard::jit {

StatusOr<StubTemplate> Emit(const StubPlan& plan, std::string* listing) {
  switch (plan.architecture) {
    case abi::Architecture::kX64:
      return EmitX64(plan, listing);
    case abi::Architecture::kA64:
      break;
  }
  return Status::Error("stubs for AArch64 cannot be made by this version");
}

}  // namespace springboard::jit
