// js_type: the types of Deno's FFI as JavaScript names them.
//
// "i32", "buffer", { struct: [...] } become a JsType (what JavaScript passes) over an abi::Type
// (what C passes). Parsing is type_parser.cc's. Values; isolate thread only for the parsing
// functions.

#ifndef SPRINGBOARD_V8_GLUE_JS_TYPE_H_
#define SPRINGBOARD_V8_GLUE_JS_TYPE_H_

#include <v8.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "abi/c_aggregate.h"
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
  kStruct,  // and union
  // What Deno has not. No stub is entered with these.
  kI128,
  kU128,
  kF16,
  kLongDouble,
  kComplex,
  kVector,
};
inline constexpr size_t kKindCount = static_cast<size_t>(JsKind::kVector) + 1;

// Kinds whose values are converted alike.
enum class KindClass : uint8_t {
  kVoid,
  kBool,
  kInteger,      // of 8 to 32 bits, a Number
  kBigInteger,   // of 64 bits: out as a BigInt, in as that or a Number
  kSafeInteger,  // of 64 bits, as far as a Number is exact; never wrapped
  kFloat,
  kPointer,
  kStruct,
  kWideInteger,  // of 128 bits, otherwise as kBigInteger
  kLongDouble,   // a Number
  kComplex,      // [re, im]
  kVector,       // a typed array of as many elements
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
// The kind that `name` means: the API's name of it, or C's, which depends on the platform ("long").
std::optional<JsKind> KindNamed(std::string_view name);
// Of up to 64 bits.
inline bool IsInteger(JsKind kind) { return TraitsOf(kind).highest > 0; }
inline bool IsBigInteger(JsKind kind) {
  return TraitsOf(kind).kind_class == KindClass::kBigInteger;
}

struct JsType {
  JsKind kind = JsKind::kVoid;
  const abi::Type* type = nullptr;  // never null after parsing
  uint32_t size = 0;                // bytes, as the host's convention lays it out; 0 for void
  // A slot holds the address of the value, not the value (ffi_jit/stub.h).
  bool behind_slot = false;
};

// What messages call it: "struct", "union", "i32".
std::string_view NameOf(const JsType& type);

// A type's place in memory, and its members' in order, if it is a struct or union.
struct JsLayout {
  uint64_t size = 0;
  uint32_t align = 1;
  std::vector<abi::CPlace> places;
  std::vector<std::optional<uint32_t>> widths;  // of the members that are bit-fields
};

// Parses a native type. On bad input throws the TypeError of the API (its message names the
// variants expected) and returns nothing. `void` is accepted only when `allow_void` (results).
// `site` ends the message. If the type is a form (form_hooks.h), the result is its core, and
// `form`, where there is one, becomes it; otherwise `form` stays as it is.
std::optional<JsType> ParseJsType(Environment& environment, v8::Local<v8::Value> value,
                                  bool allow_void, const DefinitionSite& site = {},
                                  v8::Local<v8::Value>* form = nullptr);

// The layout of a native type or of a form's core. Unlike above, it may end in a flexible array.
std::optional<JsLayout> ParseJsLayout(Environment& environment, v8::Local<v8::Value> value,
                                      const DefinitionSite& site);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_JS_TYPE_H_
