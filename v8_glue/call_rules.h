// call_rules: how a native function is called, beside its types: what a definition and dlopen's
// options may both say. Values; isolate thread only for the parsing function.

#ifndef SPRINGBOARD_V8_GLUE_CALL_RULES_H_
#define SPRINGBOARD_V8_GLUE_CALL_RULES_H_

#include <v8.h>

#include <cstdint>
#include <string_view>

#include "abi/convention.h"

namespace springboard::glue {

class Environment;

struct CallRules {
  // `strict`: integers out of range or with a fraction are refused instead of wrapped.
  bool strict = false;
  // `memory: "strict"`: bytes of which JavaScript could take some away during the call (a resizable
  // buffer's) are refused.
  bool strict_memory = false;
  // `cxx`: a C++ exception that leaves the function becomes a JavaScript Error.
  bool cxx = false;
  // `trace`: every call is printed.
  bool trace = false;
  // `errno`: what errno is when the function returns is kept.
  bool keeps_errno = false;
  // `abi`: the convention of the native code that is called, or that calls.
  const abi::Convention* convention = &abi::HostConvention();

  // Such calls need what only the ordinary function does.
  bool OnlyOrdinary() const { return cxx || trace; }
  // All of it but the convention in a few bits.
  unsigned Bits() const {
    return (strict ? 1U : 0U) | (strict_memory ? 2U : 0U) | (cxx ? 4U : 0U) | (trace ? 8U : 0U) |
           (keeps_errno ? 16U : 0U);
  }
};

// Reads what `object` says itself; null and undefined leave *rules as they are. Throws a TypeError
// whose message ends with `site` ("symbol 'add'") and the field, and returns false, on bad input.
bool ReadCallRules(Environment& environment, v8::Local<v8::Object> object, std::string_view site,
                   CallRules* rules);

// Reads `throws`, of which there is one value, "errno", in the same way.
bool ReadThrows(Environment& environment, v8::Local<v8::Object> object, std::string_view site,
                bool* throws_errno);

// Reads object[word], an optional boolean, in the same way.
enum class Word : uint8_t;
bool ReadFlag(Environment& environment, v8::Local<v8::Object> object, Word word,
              std::string_view site, bool* flag);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CALL_RULES_H_
