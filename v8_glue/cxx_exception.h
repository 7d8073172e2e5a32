// cxx_exception: C++ exceptions that leave a native function: caught, or not let past.
//
// What is caught is read and freed on the spot, by the C++ run-time library that threw it, which
// need not be the one that this is linked with. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_CXX_EXCEPTION_H_
#define SPRINGBOARD_V8_GLUE_CXX_EXCEPTION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "ffi_jit/stub.h"

struct _Unwind_Exception;

namespace springboard::glue {

// What is known of an exception.
struct CxxException {
  // As C++ spells it: "std::domain_error". Empty for another language's exception, or another C++
  // run-time library's.
  std::string type;
  // Who threw it then, as its run-time library calls itself: "CLNGC++", "MOZ RUST".
  std::string thrower;
  // Of a std::exception; any bytes, at most kMaxWhatBytes of them.
  std::optional<std::string> what;

  // "std::domain_error: division by zero".
  std::string Text() const;
};

// No message is as long; V8 makes no strings of half a gigabyte.
inline constexpr size_t kMaxWhatBytes = size_t{1} << 20;

// Calls `target` through its call stub, and returns what it threw. Frames that the exception leaves
// are cleaned up; forced unwinding (pthread_exit(), cancellation) goes on.
std::optional<CxxException> CallCatchingCxx(jit::CallStub stub, const void* target,
                                            const uint64_t* slots, void* result);

// The same, but what it throws goes nowhere: std::terminate() is called from within `throw`, with
// all frames still there.
void CallStoppingCxx(jit::CallStub stub, const void* target, const uint64_t* slots, void* result);

// What the frame of the latter holds, for those who walk the stack.
struct CallMark {
  const void* mark;  // &kCallMark
  const void* target;
};
extern const char kCallMark;
// Whether `function` is the one of this file's whose frames stubs are called from.
bool IsCallFrame(const void* function);

// Reads an exception, which stays as it is. Its what() is called.
CxxException DescribeCxx(const _Unwind_Exception* exception);

// The exception with this header, a `struct __cxa_exception`.
const _Unwind_Exception* UnwindHeaderOf(const void* header);

// The readable form of a mangled name, or the name itself.
std::string Demangled(const char* name);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CXX_EXCEPTION_H_
