// to_js: native bytes to JavaScript values. See convert.h.

#include <array>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "v8_glue/c_values.h"
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

using Value = v8::MaybeLocal<v8::Value>;

Value Void(Environment& environment, const JsType&, const void*, const ConversionSite&) {
  return v8::Undefined(environment.isolate());
}

Value Bool(Environment& environment, const JsType&, const void* native, const ConversionSite&) {
  return v8::Boolean::New(environment.isolate(), Read<uint8_t>(native) != 0);
}

template <typename Integer>
Value Narrow(Environment& environment, const JsType&, const void* native, const ConversionSite&) {
  if constexpr (std::is_signed_v<Integer>) {
    return v8::Integer::New(environment.isolate(), Read<Integer>(native));
  } else {
    return v8::Integer::NewFromUnsigned(environment.isolate(), Read<Integer>(native));
  }
}

template <typename Integer>
Value Big(Environment& environment, const JsType&, const void* native, const ConversionSite&) {
  if constexpr (std::is_signed_v<Integer>) {
    return v8::BigInt::New(environment.isolate(), Read<Integer>(native));
  } else {
    return v8::BigInt::NewFromUnsigned(environment.isolate(), Read<Integer>(native));
  }
}

template <typename Integer>
Value Safe(Environment& environment, const JsType& type, const void* native,
           const ConversionSite& site) {
  const KindTraits& traits = TraitsOf(type.kind);
  const Integer integer = Read<Integer>(native);
  if (std::cmp_less(integer, traits.lowest) || std::cmp_greater(integer, traits.highest)) {
    ThrowOutOfRange(environment, type, std::to_string(integer), site);
    return {};
  }
  return v8::Number::New(environment.isolate(), static_cast<double>(integer));
}

template <typename Float>
Value Floating(Environment& environment, const JsType&, const void* native, const ConversionSite&) {
  return v8::Number::New(environment.isolate(), static_cast<double>(Read<Float>(native)));
}

Value Pointer(Environment& environment, const JsType&, const void* native, const ConversionSite&) {
  return PointerToJs(environment.isolate(), Read<const void*>(native));
}

// A Uint8Array of its own with offset 0, made by V8 itself: a script that replaced the global
// Uint8Array does not see it.
Value Struct(Environment& environment, const JsType& type, const void* native,
             const ConversionSite&) {
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(environment.isolate(), type.size);
  std::memcpy(buffer->Data(), native, type.size);
  return v8::Uint8Array::New(buffer, 0, type.size);
}

}  // namespace

const std::array<ToJsFunction*, kKindCount> kToJs = {
    Void,
    Bool,
    Narrow<uint8_t>,
    Narrow<int8_t>,
    Narrow<uint16_t>,
    Narrow<int16_t>,
    Narrow<uint32_t>,
    Narrow<int32_t>,
    Big<uint64_t>,
    Big<int64_t>,
    Big<uint64_t>,
    Big<int64_t>,
    Safe<int64_t>,
    Safe<uint64_t>,
    Floating<float>,
    Floating<double>,
    Pointer,
    Pointer,
    Pointer,
    Struct,
    WideToJs,
    WideToJs,
    HalfToJs,
    LongDoubleToJs,
    ComplexToJs,
    VectorToJs,
};

v8::Local<v8::Value> PointerToJs(v8::Isolate* isolate, const void* address) {
  if (address == nullptr) return v8::Null(isolate);
  return NewExternal(isolate, address);
}

}  // namespace springboard::glue
