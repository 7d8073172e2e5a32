// Where errno is, as machine code finds it.
//
// C has errno for every thread (C17 7.5); on Linux it is a thread-local variable, at the same
// distance from the thread pointer in every thread that starts with the C library loaded, which is
// tried here and not taken for granted. Any thread.

#ifndef SPRINGBOARD_FFI_JIT_ERRNO_PLACE_H_
#define SPRINGBOARD_FFI_JIT_ERRNO_PLACE_H_

#include <cstdint>
#include <optional>

namespace springboard::jit {

// errno's distance from the thread pointer. Nothing where threads differ, where that cannot be
// found out, or where code does not find it this way (Windows).
std::optional<int32_t> ErrnoOffset();

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_ERRNO_PLACE_H_
