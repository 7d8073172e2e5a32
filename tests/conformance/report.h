// What a run tells: a report of each failure on stderr, and one line of JSON on stdout.
//
// One thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_REPORT_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_REPORT_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "abi/convention.h"
#include "tests/conformance/table.h"

namespace springboard::conformance {

// Prints to stderr all that is known about a failed signature: the problems, how to repeat them,
// its placement, and the stubs' assembly.
void PrintFailure(const Row& row, const abi::Convention& convention, uint64_t seed,
                  std::span<const std::string> problems);

// What was checked so far.
struct Tally {
  uint64_t checked = 0;
  uint64_t last = 0;               // n of the last one
  std::vector<uint64_t> failures;  // their n

  // {"checked":3,"failed":1,"last":7,"failures":[5]}
  void Print() const;
};

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_REPORT_H_
