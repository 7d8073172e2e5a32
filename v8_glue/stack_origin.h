// stack_origin: which native function of which library a stack comes from.
//
// The stack tells everything, so that calls need not leave a trace: code that belongs to no loaded
// file is generated, and a native function right above it was called by a stub, or by V8's code
// through a stub that left no frame. A thread of a library's own has no such code on its stack.
// No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_STACK_ORIGIN_H_
#define SPRINGBOARD_V8_GLUE_STACK_ORIGIN_H_

#include <optional>
#include <string>
#include <vector>

namespace springboard::glue {

// A place in code, as the loader knows it.
struct CodePlace {
  // The code that returns to, or for a function begins at, `address`.
  static CodePlace Of(const void* address);
  static CodePlace OfReturn(const void* address);

  const void* file = nullptr;  // where the file is loaded; null for generated code
  std::string path;
  std::string symbol;  // readable; empty if the place is in no exported function
  size_t offset = 0;   // from the beginning of the file

  // "'divide' of libm.so.6", "a function of libm.so.6".
  std::string Function() const;
};

// A frame's code, from the inside out.
struct StackFrame {
  const void* return_address;
  const char* begin;  // of its memory, which ends where the next one's begins
};

// The frames of this thread, as far as they can be walked and not more than anybody reads.
std::vector<StackFrame> WalkStack();

// Where a thread came from JavaScript.
struct NativeCall {
  CodePlace innermost;  // of the frames asked for
  std::string near;     // the exported function nearest to it; may be empty
  CodePlace called;     // the function that JavaScript called
};

// The native call that frames[first], not yet generated code, is part of.
std::optional<NativeCall> NativeCallOf(const std::vector<StackFrame>& frames, size_t first);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_STACK_ORIGIN_H_
