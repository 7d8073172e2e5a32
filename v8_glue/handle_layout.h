// handle_layout: what fast stubs are told about V8's objects (ffi_jit/object_layout.h), once sample
// objects have shown that it is so in this process.
//
// Isolate thread only; allocates samples. Part of the start-up check, layout_check.h.

#ifndef SPRINGBOARD_V8_GLUE_HANDLE_LAYOUT_H_
#define SPRINGBOARD_V8_GLUE_HANDLE_LAYOUT_H_

#include <v8.h>

#include <optional>

#include "ffi_jit/object_layout.h"

namespace springboard::glue {

// Nothing if anything differs from what object_layout.h says. REQUIRES: pointers are not compressed
// and typed arrays have been proven (layout_check.cc); `isolate` has a context entered.
std::optional<jit::ObjectLayout> ProveHandleLayout(v8::Isolate* isolate);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_HANDLE_LAYOUT_H_
