// Guarded buffers. See guarded_memory.h.

#include "tests/conformance/guarded_memory.h"

#include <algorithm>
#include <cstring>

#include "tests/conformance/platform.h"

namespace springboard::conformance {
namespace {

constexpr size_t kFrontBytes = 64;
constexpr uint8_t kPattern = 0xA5;

}  // namespace

uint8_t* GuardedMemory::Take(size_t size) {
  const size_t page = PageBytes();
  const size_t pages = (size + kFrontBytes + page - 1) / page;
  Pool& pool = pools_[pages];
  if (pool.used == pool.regions.size()) pool.regions.push_back(MapBeforeUnreadablePage(pages));
  uint8_t* buffer = pool.regions[pool.used++] + pages * page - size;
  std::memset(buffer - kFrontBytes, kPattern, kFrontBytes);
  return buffer;
}

void GuardedMemory::ReleaseAll() {
  for (auto& [pages, pool] : pools_) pool.used = 0;
}

bool GuardedMemory::FrontIsIntact(const uint8_t* buffer) {
  return std::all_of(buffer - kFrontBytes, buffer, [](uint8_t byte) { return byte == kPattern; });
}

}  // namespace springboard::conformance
