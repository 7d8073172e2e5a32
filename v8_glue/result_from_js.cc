// result_from_js: what a callback returned, coerced as JavaScript coerces (deno-api 1.8): 300 is 44
// as a u8, "5" is 5. Split from from_js.cc because here conversions may run JavaScript (valueOf).
// See convert.h.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "v8_glue/c_values.h"
#include "v8_glue/conversion_error.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// Result memory holds scalars extended to 8 bytes, integers by their signedness (ffi_jit/stub.h).
bool Store(uint64_t bits, void* result) {
  std::memcpy(result, &bits, sizeof(bits));
  return true;
}

bool Void(Environment&, const JsType&, v8::Local<v8::Value>, void*, const ConversionSite&) {
  return true;
}

bool Bool(Environment& environment, const JsType&, v8::Local<v8::Value> value, void* result,
          const ConversionSite&) {
  return Store(value->BooleanValue(environment.isolate()) ? 1 : 0, result);
}

template <typename Integer>
bool Narrow(Environment& environment, const JsType&, v8::Local<v8::Value> value, void* result,
            const ConversionSite&) {
  int32_t integer = 0;
  if (!value->Int32Value(environment.context()).To(&integer)) return false;
  return Store(static_cast<uint64_t>(static_cast<Integer>(integer)), result);
}

bool Big(Environment& environment, const JsType&, v8::Local<v8::Value> value, void* result,
         const ConversionSite&) {
  if (value->IsBigInt()) return Store(value.As<v8::BigInt>()->Uint64Value(), result);
  int64_t integer = 0;
  if (!value->IntegerValue(environment.context()).To(&integer)) return false;
  return Store(static_cast<uint64_t>(integer), result);
}

bool Safe(Environment& environment, const JsType& type, v8::Local<v8::Value> value, void* result,
          const ConversionSite& site) {
  double number = 0;
  if (!value->NumberValue(environment.context()).To(&number)) return false;
  const double integer = std::isnan(number) ? 0 : std::trunc(number);
  const KindTraits& traits = TraitsOf(type.kind);
  if (integer < static_cast<double>(traits.lowest) ||
      integer > static_cast<double>(traits.highest)) {
    ThrowOutOfRange(environment, type, NumberText(environment.isolate(), number), site);
    return false;
  }
  return Store(static_cast<uint64_t>(static_cast<int64_t>(integer)), result);
}

bool Floating(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
              void* result, const ConversionSite&) {
  double number = 0;
  if (!value->NumberValue(environment.context()).To(&number)) return false;
  return Store(FloatBits(type.kind, number), result);
}

// A pointer object's address or a buffer's; null for whatever else, as Deno has it.
bool Address(Environment& environment, const JsType& type, v8::Local<v8::Value> value, void* result,
             const ConversionSite&) {
  if (value->IsExternal()) {
    return Store(reinterpret_cast<uint64_t>(ExternalPointer(value.As<v8::External>())), result);
  }
  Bytes bytes{};
  if (type.kind == JsKind::kBuffer) BytesOf(environment, value, &bytes);
  return Store(reinterpret_cast<uint64_t>(bytes.data), result);
}

bool Struct(Environment& environment, const JsType& type, v8::Local<v8::Value> value, void* result,
            const ConversionSite&) {
  Bytes bytes{};
  if (!BytesOf(environment, value, &bytes)) {
    ThrowTypeError(environment.isolate(),
                   "Invalid FFI " + std::string(NameOf(type)) +
                       " type, expected ArrayBuffer, or ArrayBufferView: got " +
                       Describe(environment.isolate(), value));
    return false;
  }
  if (bytes.data != nullptr) {
    std::memcpy(result, bytes.data, std::min<size_t>(type.size, bytes.size));
  }
  return true;
}

// An integer that is in range is so extended to 64 bits.
bool Strict(Environment& environment, const JsType& type, v8::Local<v8::Value> value, void* result,
            const ConversionSite& site) {
  uint64_t bits = 0;
  return FromJs(environment, type, true, value, &bits, nullptr, site) && Store(bits, result);
}

// What has no coercion of JavaScript's: as an argument.
bool Exact(Environment& environment, const JsType& type, v8::Local<v8::Value> value, void* result,
           const ConversionSite& site) {
  uint64_t bits = 0;
  auto* bytes = static_cast<std::byte*>(result);
  return FromJs(environment, type, true, value, &bits, bytes, site) &&
         (type.behind_slot || Store(bits, result));
}

// In the order of JsKind.
constexpr std::array<ResultFunction*, kKindCount> kFunctions = {
    Void,
    Bool,
    Narrow<uint8_t>,
    Narrow<int8_t>,
    Narrow<uint16_t>,
    Narrow<int16_t>,
    Narrow<uint32_t>,
    Narrow<int32_t>,
    Big,
    Big,
    Big,
    Big,
    Safe,
    Safe,
    Floating,
    Floating,
    Address,
    Address,
    Address,
    Struct,
    CoercedWide,
    CoercedWide,
    Floating,
    CoercedLongDouble,
    Exact,
    Exact,
};

}  // namespace

ResultFunction* ResultFromJs(JsKind kind, bool strict) {
  const bool wide = TraitsOf(kind).kind_class == KindClass::kWideInteger;
  if (strict && wide) return Exact;
  return strict && IsInteger(kind) ? Strict : kFunctions[static_cast<size_t>(kind)];
}

}  // namespace springboard::glue
