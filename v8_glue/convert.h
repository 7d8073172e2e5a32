// convert: the one place where JavaScript values become native bytes and back.
//
// from_js.cc holds FromJs (arguments: strict, one rule in every tier), result_from_js.cc
// ResultFromJs (what a callback returned: coerced as JavaScript does), to_js.cc ToJs. A slot
// is one of ffi_jit/stub.h. Isolate thread only; none of these runs JavaScript unless stated.

#ifndef SPRINGBOARD_V8_GLUE_CONVERT_H_
#define SPRINGBOARD_V8_GLUE_CONVERT_H_

#include <v8.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "v8_glue/js_type.h"

namespace springboard::glue {

class Environment;

// For messages: which value of which symbol is converted.
struct ConversionSite {
  static constexpr int kResult = -1;
  static constexpr int kVariable = -2;
  static constexpr int kText = -3;  // `symbol` is all that a message says of the place

  std::string_view symbol;
  int index;  // of the parameter, or one of the above
};

// Converts `value` into *slot. For a struct, copies type.size bytes to `aggregate` (provided by the
// caller, at least that long) and puts its address in the slot. On-heap typed arrays passed as
// `buffer` are moved off-heap, so that the address stays valid. Integers out of range are wrapped,
// unless the definition is `strict`. Throws TypeError (`Invalid FFI T type, expected X`, then the
// site and what came) and returns false on any other value.
bool FromJs(Environment& environment, const JsType& type, bool strict, v8::Local<v8::Value> value,
            uint64_t* slot, std::byte* aggregate, const ConversionSite& site);

// Converts what a callback returned into `result` (zeroed, max(8, size) bytes). Coerces Numbers and
// primitives as JavaScript does and may therefore run valueOf; where no conversion exists throws
// TypeError, for a safe integer out of range RangeError, and returns false. Integers of a `strict`
// definition are not coerced: FromJs converts them.
using ResultFunction = bool(Environment& environment, const JsType& type,
                            v8::Local<v8::Value> value, void* result, const ConversionSite& site);
ResultFunction* ResultFromJs(JsKind kind, bool strict);

// The JavaScript value of `native`, which is result memory or a slot's bytes for scalars, and the
// aggregate's own bytes for a struct (copied into a new Uint8Array). 64-bit integers become BigInt,
// pointers a pointer object or null. Throws RangeError and returns nothing for a safe integer out
// of range.
using ToJsFunction = v8::MaybeLocal<v8::Value>(Environment& environment, const JsType& type,
                                               const void* native, const ConversionSite& site);
extern const std::array<ToJsFunction*, kKindCount> kToJs;  // in the order of JsKind
inline v8::MaybeLocal<v8::Value> ToJs(Environment& environment, const JsType& type,
                                      const void* native, const ConversionSite& site) {
  return kToJs[static_cast<size_t>(type.kind)](environment, type, native, site);
}

// The bits of `number` as a slot and result memory carry an f32 or f64.
uint64_t FloatBits(JsKind kind, double number);

// A pointer object for `address`, null for nullptr.
v8::Local<v8::Value> PointerToJs(v8::Isolate* isolate, const void* address);

// The bytes of an ArrayBuffer, SharedArrayBuffer or view, after moving an on-heap array off-heap.
// False when value is none of these. A detached or empty own buffer gives {nullptr, 0}.
struct Bytes {
  std::byte* data;
  size_t size;
};
bool BytesOf(Environment& environment, v8::Local<v8::Value> value, Bytes* bytes);

// What owns those bytes; null when value is none of these. Holding it keeps them although a script
// detaches the buffer and drops what it moved them to.
std::shared_ptr<v8::BackingStore> StoreOf(v8::Local<v8::Value> value);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CONVERT_H_
