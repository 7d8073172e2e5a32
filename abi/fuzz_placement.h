// What any placement must be like, for fuzzers: see place_fuzz.cc. Each check ends the process with
// `where` when it fails. Pure functions otherwise.

#ifndef SPRINGBOARD_ABI_FUZZ_PLACEMENT_H_
#define SPRINGBOARD_ABI_FUZZ_PLACEMENT_H_

#include <string>

#include "abi/placement.h"

namespace springboard::abi::fuzzing {

// The rules of every convention.
void CheckPlacement(const Signature& signature, const Placement& placement,
                    const std::string& where);

// Every argument is in the register, or at the stack slot, of its position.
void CheckWin64(const Signature& signature, const Placement& placement, const std::string& where);

// Arguments of integers, pointers and f32 or f64, alone or in aggregates, are in the next registers
// that their eightbytes ask for, or as a whole on the stack.
void CheckSysv(const Signature& signature, const Placement& placement, const std::string& where);

}  // namespace springboard::abi::fuzzing

#endif  // SPRINGBOARD_ABI_FUZZ_PLACEMENT_H_
