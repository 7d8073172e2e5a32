// layout_check: proves at start-up that V8's fast-call structures and object layouts are what this
// build expects (design.md, safety promise 7). Whatever is not proven is not used.
//
// Isolate thread only; allocates sample objects once per environment.

#ifndef SPRINGBOARD_V8_GLUE_LAYOUT_CHECK_H_
#define SPRINGBOARD_V8_GLUE_LAYOUT_CHECK_H_

#include <v8.h>

#include <optional>

#include "ffi_jit/object_layout.h"

namespace springboard::glue {

// True when the sizes and strides that the V8 in this process exports agree with fast_api.h.
bool FastCallLayoutHolds();

// What of an object's own fields may be read.
struct ProvenLayout {
  // Where an off-heap typed array has its bytes, and how many (object_layout.h).
  bool typed_array_fields = false;
  // What fast stubs read of handles; nothing if any part of it is not as expected.
  std::optional<jit::ObjectLayout> handles;
};

// Checks field reads on sample objects of every kind: off-heap, on-heap, sub-array, detached,
// resizable, length-tracking, DataView, ArrayBuffer, shared, numbers and BigInts.
ProvenLayout CheckObjectLayout(v8::Local<v8::Context> context);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_LAYOUT_CHECK_H_
