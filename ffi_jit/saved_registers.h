// Saved registers: those that a stub preserves because two conventions disagree about them.
//
// Win64 code expects rdi, rsi and xmm6-xmm15 to survive a call, and System V code changes them: a
// stub that is entered by the first and calls the second saves them in its frame, at a fixed
// distance below the frame pointer, where its unwind record says they are. Pure functions; any
// thread.

#ifndef SPRINGBOARD_FFI_JIT_SAVED_REGISTERS_H_
#define SPRINGBOARD_FFI_JIT_SAVED_REGISTERS_H_

#include <cstdint>
#include <vector>

#include "abi/convention.h"
#include "ffi_jit/move_plan.h"
#include "ffi_jit/stub_plan.h"

namespace springboard::jit {

// Each saved register has a place of its own of this size.
inline constexpr uint32_t kSavedRegisterBytes = 16;

// The registers that a callee of `native` may change although a caller of `entered` expects them
// preserved, in the order of their places from lower addresses to higher.
std::vector<Location> SavedRegisters(const abi::Convention& entered, const abi::Convention& native);

// Makes `plan` save and restore them: before anything else that it does, and after. REQUIRES: the
// plan is complete, its frame has all other locals.
void PreserveRegisters(const abi::Convention& entered, const abi::Convention& native,
                       StubPlan& plan);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_SAVED_REGISTERS_H_
