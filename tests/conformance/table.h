// The table that goes with generated code: one line per signature, its fields separated by tabs.
//
//   n  kind  signature  [callee-offset  caller-offset]
//
// The offsets, in hexadecimal, are those of f<n> and c<n> in an image. Values; any thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_TABLE_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "abi/status.h"

namespace springboard::conformance {

// What f<n> does with its arguments.
enum class Kind : uint8_t {
  kBytes,   // stores their bytes, returns the reply's
  kWiden,   // returns its one narrow integer as i64
  kNarrow,  // (i64)narrow: returns the low bytes of its argument, with whatever lies above
};

struct Row {
  uint64_t n = 0;
  Kind kind = Kind::kBytes;
  std::string signature;  // as abi/signature.h writes it
  struct Offsets {
    uint64_t callee, caller;
  };
  std::optional<Offsets> offsets;
};

// A Status names the file and line that cannot be read.
StatusOr<std::vector<Row>> ReadTable(const std::string& path);

const char* KindName(Kind kind);

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_TABLE_H_
