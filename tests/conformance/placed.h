// A callee and a caller for any signature that go by its placement: what a generated f<n> and c<n>
// do (exchange.h), without a compiler. They also look at what compiled code cannot: that the stack
// is aligned, copies are the callee's own and aligned, narrow integers extended where the
// convention says so.
//
// Processors of x86-64, both conventions. One thread, one signature at a time.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_PLACED_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_PLACED_H_

#include <string>
#include <vector>

#include "abi/placement.h"
#include "tests/conformance/code.h"
#include "tests/conformance/values.h"

namespace springboard::conformance {

// The functions now behave as those of this signature; both arguments are kept, not copied.
Functions PlacedFunctions(const SignatureShape& shape, const abi::Placement& placement);

// What they found wrong since PlacedFunctions().
std::vector<std::string> PlacedProblems();

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_PLACED_H_
