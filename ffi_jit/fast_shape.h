// Fast shapes: whether one is sound, before anything is placed. Pure functions; any thread.

#ifndef SPRINGBOARD_FFI_JIT_FAST_SHAPE_H_
#define SPRINGBOARD_FFI_JIT_FAST_SHAPE_H_

#include <cstddef>

#include "abi/status.h"
#include "ffi_jit/stub.h"

namespace springboard::jit {

// How native parameter `index` is given.
FastUse UseOf(const FastShape& shape, size_t index);

// A Status says which parameter, or the result, cannot be entered as the shape says. Values
// (kValue, kReturn) are left to be judged by their placements.
Status CheckShape(const FastShape& shape);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_FAST_SHAPE_H_
