// js_type: the types of Deno's FFI as JavaScript names them.
//
// "i32", "buffer", { struct: [...] } become a JsType (what JavaScript passes) over an abi::Type
// (what C passes). Values; isolate thread only for the parsing functions.

#ifndef SPRINGBOARD_V8_GLUE_JS_TYPE_H_
#define SPRINGBOARD_V8_GLUE_JS_TYPE_H_

#include <v8.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "abi/type.h"
#include "v8_glue/definition_site.h"

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
  kI53,
  kU53,
  kF32,
  kF64,
  kPointer,
  kBuffer,
  kFunction,
  kCString,
  kCString16,
  kCString32,
  kStruct,
};
inline constexpr size_t kKindCount = static_cast<size_t>(JsKind::kStruct) + 1;

// Kinds whose values are converted alike.
enum class KindClass : uint8_t {
  kVoid,
  kBool,
  kInteger,      // of 8 to 32 bits, a Number
  kBigInteger,   // of 64 bits: out as a BigInt, in as that or a Number
  kSafeInteger,  // of 64 bits, as far as a Number is exact; never wrapped
  kFloat,
  kPointer,
  kString,  // an address of characters; JavaScript has the string
  kStruct,
};

// What is known of a kind without looking at a definition.
struct KindTraits {
  std::string_view name;  // as the API spells it
  abi::TypeKind type;
  KindClass kind_class;
  // The range of an integer kind; a signed one's lowest is negative.
  int64_t lowest = 0;
  uint64_t highest = 0;
};

const KindTraits& TraitsOf(JsKind kind);
inline bool IsInteger(JsKind kind) { return TraitsOf(kind).highest > 0; }
inline bool IsBigInteger(JsKind kind) {
  return TraitsOf(kind).kind_class == KindClass::kBigInteger;
}
inline bool IsString(JsKind kind) { return TraitsOf(kind).kind_class == KindClass::kString; }

struct JsType {
  JsKind kind = JsKind::kVoid;
  const abi::Type* type = nullptr;  // never null after parsing
  uint32_t size = 0;                // bytes, as the host's convention lays it out; 0 for void
};

// Parses a native type. On bad input throws the TypeError of the API (its message names the
// variants expected) and returns nothing. `void` is accepted only when `allow_void` (results).
// `site` ends the message. If the type is a form (form_hooks.h), the result is its core, and
// `form`, where there is one, becomes it; otherwise `form` stays as it is.
std::optional<JsType> ParseJsType(Environment& environment, v8::Local<v8::Value> value,
                                  bool allow_void, const DefinitionSite& site = {},
                                  v8::Local<v8::Value>* form = nullptr);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_JS_TYPE_H_
