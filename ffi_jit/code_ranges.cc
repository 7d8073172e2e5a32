// code_ranges: see code_ranges.h. A row of the table is free while its `begin` is 0.

#include "ffi_jit/code_ranges.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace springboard::jit {

namespace {

struct Range {
  std::atomic<uint64_t> begin = 0;
  std::atomic<uint64_t> bytes = 0;
};

constinit std::array<Range, kMaxCodeRanges> ranges;
// No row from here on has ever been used.
constinit std::atomic<size_t> used = 0;

}  // namespace

void AddCodeRange(uint64_t begin, size_t bytes) {
  for (size_t i = 0; i < ranges.size(); ++i) {
    uint64_t free = 0;
    if (!ranges[i].begin.compare_exchange_strong(free, begin)) continue;
    ranges[i].bytes = bytes;
    size_t known = used;
    while (known <= i && !used.compare_exchange_weak(known, i + 1)) continue;
    return;
  }
}

void RemoveCodeRange(uint64_t begin) {
  for (size_t i = 0; i < used; ++i) {
    if (ranges[i].begin != begin) continue;
    ranges[i].bytes = 0;
    ranges[i].begin = 0;
    return;
  }
}

bool IsOurCode(uint64_t address) {
  const size_t count = used;
  return std::any_of(ranges.begin(), ranges.begin() + count,
                     [address](const Range& range) { return address - range.begin < range.bytes; });
}

}  // namespace springboard::jit
