// stack_room: finding the two ends of a stack. See stack_room.h.

#include "v8_glue/stack_room.h"

#include <pthread.h>

namespace springboard::glue {

namespace {

uintptr_t EndOfThisStack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  size_t size = 0;
  const int error = pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return error == 0 ? reinterpret_cast<uintptr_t>(lowest) : 0;
}

// V8's headers say where an isolate has its stack guard, whose second word is the limit for
// JavaScript. Believed after it has followed SetStackLimit(), which is given the same value again.
const uintptr_t* LimitOf(v8::Isolate* isolate) {
  static constexpr uintptr_t kUnknown = 0;
  // No stack is larger; what is further away is no limit.
  constexpr uintptr_t kMaxStackBytes = uintptr_t{1} << 40;
  constexpr uintptr_t kStep = 1024;
  const auto* limit =
      reinterpret_cast<const uintptr_t*>(
          reinterpret_cast<uintptr_t>(isolate) +
          static_cast<uintptr_t>(v8::internal::Internals::kIsolateStackGuardOffset)) +
      1;
  const uintptr_t found = *limit;
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (found <= kStep || found >= here || here - found > kMaxStackBytes) return &kUnknown;
  isolate->SetStackLimit(found - kStep);
  const bool follows = *limit == found - kStep;
  isolate->SetStackLimit(found);
  return follows ? limit : &kUnknown;
}

}  // namespace

StackRoom::StackRoom(v8::Isolate* isolate) : end_(EndOfThisStack()), v8_limit_(LimitOf(isolate)) {}

}  // namespace springboard::glue
