// to_js: native bytes to JavaScript values. See convert.h.

#include <cstring>
#include <string>
#include <utility>

#include "v8_glue/conversion_error.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

template <typename T>
T Read(const void* native) {
  T value;
  std::memcpy(&value, native, sizeof(value));
  return value;
}

// A Uint8Array of its own with offset 0, made by V8 itself: a script that replaced the global
// Uint8Array does not see it.
v8::Local<v8::Value> CopyOfStruct(v8::Isolate* isolate, const JsType& type, const void* native) {
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, type.size);
  std::memcpy(buffer->Data(), native, type.size);
  return v8::Uint8Array::New(buffer, 0, type.size);
}

template <typename Integer>
v8::MaybeLocal<v8::Value> SafeInteger(Environment& environment, const JsType& type, Integer integer,
                                      const ConversionSite& site) {
  const KindTraits& traits = TraitsOf(type.kind);
  if (std::cmp_less(integer, traits.lowest) || std::cmp_greater(integer, traits.highest)) {
    ThrowOutOfRange(environment, type, std::to_string(integer), site);
    return {};
  }
  return v8::Number::New(environment.isolate(), static_cast<double>(integer));
}

}  // namespace

v8::Local<v8::Value> PointerToJs(v8::Isolate* isolate, const void* address) {
  if (address == nullptr) return v8::Null(isolate);
  return NewExternal(isolate, address);
}

v8::MaybeLocal<v8::Value> ToJs(Environment& environment, const JsType& type, const void* native,
                               const ConversionSite& site) {
  v8::Isolate* isolate = environment.isolate();
  switch (type.kind) {
    case JsKind::kVoid:
      return v8::Undefined(isolate);
    case JsKind::kBool:
      return v8::Boolean::New(isolate, Read<uint8_t>(native) != 0);
    case JsKind::kU8:
      return v8::Integer::NewFromUnsigned(isolate, Read<uint8_t>(native));
    case JsKind::kI8:
      return v8::Integer::New(isolate, Read<int8_t>(native));
    case JsKind::kU16:
      return v8::Integer::NewFromUnsigned(isolate, Read<uint16_t>(native));
    case JsKind::kI16:
      return v8::Integer::New(isolate, Read<int16_t>(native));
    case JsKind::kU32:
      return v8::Integer::NewFromUnsigned(isolate, Read<uint32_t>(native));
    case JsKind::kI32:
      return v8::Integer::New(isolate, Read<int32_t>(native));
    case JsKind::kU64:
    case JsKind::kUsize:
      return v8::BigInt::NewFromUnsigned(isolate, Read<uint64_t>(native));
    case JsKind::kI64:
    case JsKind::kIsize:
      return v8::BigInt::New(isolate, Read<int64_t>(native));
    case JsKind::kI53:
      return SafeInteger(environment, type, Read<int64_t>(native), site);
    case JsKind::kU53:
      return SafeInteger(environment, type, Read<uint64_t>(native), site);
    case JsKind::kF32:
      return v8::Number::New(isolate, static_cast<double>(Read<float>(native)));
    case JsKind::kF64:
      return v8::Number::New(isolate, Read<double>(native));
    case JsKind::kPointer:
    case JsKind::kBuffer:
    case JsKind::kFunction:
      return PointerToJs(isolate, Read<const void*>(native));
    case JsKind::kStruct:
      return CopyOfStruct(isolate, type, native);
  }
  return v8::Undefined(isolate);
}

}  // namespace springboard::glue
