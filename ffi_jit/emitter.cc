// Chooses the emitter by the plan's architecture. See emitter.h.

#include "ffi_jit/emitter.h"

namespace springboard::jit {

StatusOr<StubTemplate> Emit(const StubPlan& plan, std::string* listing) {
  const bool x64 = plan.architecture == abi::Architecture::kX64;
  StatusOr<StubTemplate> result = x64 ? EmitX64(plan, listing) : EmitA64(plan, listing);
  if (result.ok()) result->shape = plan.shape();
  return result;
}

}  // namespace springboard::jit
