// js_type: the types of Deno's FFI as JavaScript names them, and definitions made of them.
//
// "i32", "buffer", { struct: [...] } become a JsType (what JavaScript passes) over an abi::Type
// (what C passes). Values; isolate thread only for the parsing functions.

#ifndef SPRINGBOARD_V8_GLUE_JS_TYPE_H_
#define SPRINGBOARD_V8_GLUE_JS_TYPE_H_

#include <v8.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "abi/signature.h"
#include "abi/type.h"

namespace springboard::glue {

class Environment;

enum class JsKind : uint8_t {
  kVoid,
  kBool,
  kU8,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kU64,
  kI64,
  kUsize,
  kIsize,
  kF32,
  kF64,
  kPointer,
  kBuffer,
  kFunction,
  kStruct,
};

struct JsType {
  JsKind kind = JsKind::kVoid;
  const abi::Type* type = nullptr;  // never null after parsing
  uint32_t size = 0;                // bytes, as the host's convention lays it out; 0 for void
};

// "u8", "pointer", ... as the API spells it; "struct" for kStruct.
std::string_view NameOf(JsKind kind);

// What a call, callback or function pointer is defined as.
struct JsSignature {
  std::vector<JsType> parameters;
  JsType result;
  abi::Signature abi;  // the same, for placement
  bool nonblocking = false;
  // The definition promises that the native function never re-enters JavaScript.
  bool leaf = false;
  // A void result is null instead of undefined (function pointers, as Deno has it).
  bool void_is_null = false;
};

// Parses a native type. On bad input throws the TypeError of the API (its message names the
// variants expected) and returns nothing. `void` is accepted only when `allow_void` (results).
// `site` ends the message: which symbol and parameter it is about, or nothing.
std::optional<JsType> ParseJsType(Environment& environment, v8::Local<v8::Value> value,
                                  bool allow_void, std::string_view site = {});

// Parses { parameters, result, nonblocking?, leaf? }. Throws and returns nothing on bad input.
std::optional<JsSignature> ParseJsSignature(Environment& environment,
                                            v8::Local<v8::Value> definition,
                                            std::string_view site = {});

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_JS_TYPE_H_
