// native_call: the one place from which native functions are called through their call stubs.
//
// A C++ exception comes no further than this: it is caught if the rules say so, and ends the
// process otherwise. Any thread; no V8 but for what becomes of an exception.

#ifndef SPRINGBOARD_V8_GLUE_NATIVE_CALL_H_
#define SPRINGBOARD_V8_GLUE_NATIVE_CALL_H_

#include <v8.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>

#include "ffi_jit/stub.h"
#include "v8_glue/call_rules.h"
#include "v8_glue/cxx_exception.h"

namespace springboard::glue {

class Environment;

// Calls `target`; the result is there unless this returns an exception. If the rules ask for errno,
// it is 0 when the function is entered, and *error becomes what it is when it returns.
inline std::optional<CxxException> CallNative(const CallRules& rules, jit::CallStub stub,
                                              const void* target, const uint64_t* slots,
                                              void* result, int32_t* error) {
  if (rules.keeps_errno) errno = 0;
  if (rules.cxx) {
    std::optional<CxxException> thrown = CallCatchingCxx(stub, target, slots, result);
    if (rules.keeps_errno && !thrown) *error = errno;
    return thrown;
  }
  CallStoppingCxx(stub, target, slots, result);
  if (rules.keeps_errno) *error = errno;
  return std::nullopt;
}

// The Error that JavaScript gets for what the function called `name` threw. Isolate thread.
v8::Local<v8::Value> CxxError(Environment& environment, const std::string& name,
                              const CxxException& exception);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NATIVE_CALL_H_
