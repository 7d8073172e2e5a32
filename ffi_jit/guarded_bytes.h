// GuardedBytes: memory that a stub cannot overrun or underrun unnoticed. Test code only; one
// thread. POSIX systems.

#ifndef SPRINGBOARD_FFI_JIT_GUARDED_BYTES_H_
#define SPRINGBOARD_FFI_JIT_GUARDED_BYTES_H_

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace springboard::jit::testing {

// `size` bytes of which the last is followed by a page that cannot be touched, and the first is
// preceded by 64 bytes of a pattern.
class GuardedBytes {
 public:
  explicit GuardedBytes(size_t size) : size_(size) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    body_ = (size + kFrontBytes + page - 1) / page * page;
    mapped_ = body_ + page;
    base_ = static_cast<uint8_t*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(base_, MAP_FAILED);
    EXPECT_EQ(mprotect(base_ + body_, page, PROT_NONE), 0);
    std::memset(base_, kPattern, body_);
  }
  ~GuardedBytes() { munmap(base_, mapped_); }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;

  uint8_t* data() { return base_ + body_ - size_; }

  bool FrontIsIntact() {
    for (uint8_t* byte = data() - kFrontBytes; byte < data(); ++byte) {
      if (*byte != kPattern) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kFrontBytes = 64;
  static constexpr uint8_t kPattern = 0xA5;

  size_t size_;
  size_t body_;
  size_t mapped_;
  uint8_t* base_;
};

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_GUARDED_BYTES_H_
