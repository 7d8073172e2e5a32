// native_entry: marks the functions that enter call stubs, so that a crash report knows them.
//
// A call stub without conversions jumps to the native function and leaves no frame: then what
// called the stub is all that tells that this is a native call. The mark costs calls nothing.

#ifndef SPRINGBOARD_V8_GLUE_NATIVE_ENTRY_H_
#define SPRINGBOARD_V8_GLUE_NATIVE_ENTRY_H_

#include <cstdint>

// In front of the definition of such a function. Its code is put among that of the others.
#define SPRINGBOARD_ENTERS_NATIVE \
  [[gnu::noinline, gnu::noclone, gnu::section("springboard_native_entries")]]

namespace springboard::glue {

// Whether `pc` is in one of them. In a signal handler, too.
bool EntersNative(uint64_t pc);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NATIVE_ENTRY_H_
