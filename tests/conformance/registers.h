// Calls a function as code of a convention would that keeps something in every register: what the
// function had to preserve is checked, and nothing that it finds in other registers or on the stack
// below is zero by chance.
//
// The thunks are assembly, one file per architecture (registers_x64.S, registers_a64.S). One
// thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_REGISTERS_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_REGISTERS_H_

#include <array>
#include <cstdint>
#include <string>

#include "abi/convention.h"

namespace springboard::conformance {

// Calls function(arguments[0], arguments[1], arguments[2]) under `caller`, with the other registers
// loaded with `random`'s numbers. Empty, or says which registers came back changed. REQUIRES: the
// convention is of this processor.
std::string CallChecked(const abi::Convention& caller, const void* function,
                        const std::array<uint64_t, 3>& arguments, uint64_t random);

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_REGISTERS_H_
