// errno_place: see errno_place.h. Two threads are compared, this one and a new one.

#include "ffi_jit/errno_place.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define SPRINGBOARD_HAS_THREAD_POINTER
#include <pthread.h>

#include <cerrno>
#include <limits>
#endif

namespace springboard::jit {

#ifdef SPRINGBOARD_HAS_THREAD_POINTER

namespace {

intptr_t ThreadPointer() {
  intptr_t pointer;
#ifdef __x86_64__
  // Its own address is the first word behind fs (psABI 3.4.6).
  asm volatile("movq %%fs:0, %0" : "=r"(pointer));
#else
  asm volatile("mrs %0, tpidr_el0" : "=r"(pointer));
#endif
  return pointer;
}

void* StoreDistance(void* distance) {
  *static_cast<intptr_t*>(distance) = reinterpret_cast<intptr_t>(&errno) - ThreadPointer();
  return nullptr;
}

std::optional<int32_t> FindOffset() {
  intptr_t here = 0;
  intptr_t there = 0;
  StoreDistance(&here);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, StoreDistance, &there) != 0) return std::nullopt;
  pthread_join(thread, nullptr);
  if (here != there || here < std::numeric_limits<int32_t>::min() ||
      here > std::numeric_limits<int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<int32_t>(here);
}

}  // namespace

std::optional<int32_t> ErrnoOffset() {
  static const std::optional<int32_t> offset = FindOffset();
  return offset;
}

#else

std::optional<int32_t> ErrnoOffset() { return std::nullopt; }

#endif

}  // namespace springboard::jit
