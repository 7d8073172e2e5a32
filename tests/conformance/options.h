// The runner's command line. Values; any thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_OPTIONS_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "abi/convention.h"
#include "abi/status.h"

namespace springboard::conformance {

struct Options {
  const abi::Convention* convention = nullptr;
  std::string table;
  std::string library;  // this
  std::string image;    // or that
  uint64_t seed = 1;
  int rounds = 2;           // of random values for each signature
  uint64_t first = 0;       // signatures with a lower number are left out
  uint64_t stop_after = 0;  // so many failures; 0: never
};

extern const char kUsage[];

// A Status says what is wrong with the command line.
StatusOr<Options> ParseOptions(int argc, char** argv);

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_OPTIONS_H_
