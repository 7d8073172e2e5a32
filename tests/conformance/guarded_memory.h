// GuardedMemory: buffers with which a stub cannot read or write one byte too many unnoticed.
//
// A buffer ends at a page that cannot be touched and begins behind 64 bytes of a pattern. Buffers
// are taken one after the other and all given back at once; pages are kept for later. One thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_GUARDED_MEMORY_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_GUARDED_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace springboard::conformance {

class GuardedMemory {
 public:
  GuardedMemory() = default;
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  // `size` bytes, good until ReleaseAll().
  uint8_t* Take(size_t size);

  void ReleaseAll();

  // Whether the bytes in front of `buffer`, which Take() returned, are as they were.
  static bool FrontIsIntact(const uint8_t* buffer);

 private:
  // Regions of one number of pages, of which the first `used` are taken.
  struct Pool {
    std::vector<uint8_t*> regions;
    size_t used = 0;
  };

  std::map<size_t, Pool> pools_;  // by number of pages
};

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_GUARDED_MEMORY_H_
