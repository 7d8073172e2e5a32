// result_from_js: what a callback returned, coerced as JavaScript coerces (deno-api 1.8): 300 is 44
// as a u8, "5" is 5. Split from from_js.cc because here conversions may run JavaScript (valueOf).
// See convert.h.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "v8_glue/conversion_error.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// Result memory holds integers extended to 8 bytes by their signedness (ffi_jit/stub.h).
uint64_t Extended(const JsType& type, int32_t integer) {
  const unsigned above = 32 - 8 * type.size;
  const uint32_t shifted = static_cast<uint32_t>(integer) << above;
  if (TraitsOf(type.kind).lowest == 0) return shifted >> above;
  return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(shifted) >> above));
}

bool IntegerResult(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                   uint64_t* bits) {
  int32_t integer = 0;
  if (!value->Int32Value(environment.context()).To(&integer)) return false;
  *bits = Extended(type, integer);
  return true;
}

bool BigResult(Environment& environment, v8::Local<v8::Value> value, uint64_t* bits) {
  v8::Local<v8::Context> context = environment.context();
  if (value->IsBigInt()) {
    *bits = value.As<v8::BigInt>()->Uint64Value();
    return true;
  }
  int64_t integer = 0;
  if (!value->IntegerValue(context).To(&integer)) return false;
  *bits = static_cast<uint64_t>(integer);
  return true;
}

bool SafeResult(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                uint64_t* bits, const ConversionSite& site) {
  double number = 0;
  if (!value->NumberValue(environment.context()).To(&number)) return false;
  const double integer = std::isnan(number) ? 0 : std::trunc(number);
  const KindTraits& traits = TraitsOf(type.kind);
  if (integer < static_cast<double>(traits.lowest) ||
      integer > static_cast<double>(traits.highest)) {
    ThrowOutOfRange(environment, type, NumberText(environment.isolate(), number), site);
    return false;
  }
  *bits = static_cast<uint64_t>(static_cast<int64_t>(integer));
  return true;
}

bool FloatResult(Environment& environment, JsKind kind, v8::Local<v8::Value> value,
                 uint64_t* bits) {
  double number = 0;
  if (!value->NumberValue(environment.context()).To(&number)) return false;
  *bits = FloatBits(kind, number);
  return true;
}

// A pointer object's address or a buffer's; null for whatever else, as Deno has it.
uint64_t AddressResult(Environment& environment, JsKind kind, v8::Local<v8::Value> value) {
  if (value->IsExternal()) {
    return reinterpret_cast<uint64_t>(ExternalPointer(value.As<v8::External>()));
  }
  Bytes bytes{};
  if (kind == JsKind::kBuffer) BytesOf(environment, value, &bytes);
  return reinterpret_cast<uint64_t>(bytes.data);
}

bool StructResult(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                  void* result) {
  Bytes bytes{};
  if (!BytesOf(environment, value, &bytes)) {
    ThrowTypeError(environment.isolate(),
                   "Invalid FFI struct type, expected ArrayBuffer, or ArrayBufferView: got " +
                       Describe(environment.isolate(), value));
    return false;
  }
  if (bytes.data != nullptr) {
    std::memcpy(result, bytes.data, std::min<size_t>(type.size, bytes.size));
  }
  return true;
}

bool ScalarResult(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                  uint64_t* bits, const ConversionSite& site) {
  switch (TraitsOf(type.kind).kind_class) {
    case KindClass::kBool:
      *bits = value->BooleanValue(environment.isolate()) ? 1 : 0;
      return true;
    case KindClass::kInteger:
      return IntegerResult(environment, type, value, bits);
    case KindClass::kBigInteger:
      return BigResult(environment, value, bits);
    case KindClass::kSafeInteger:
      return SafeResult(environment, type, value, bits, site);
    case KindClass::kFloat:
      return FloatResult(environment, type.kind, value, bits);
    case KindClass::kPointer:
      *bits = AddressResult(environment, type.kind, value);
      return true;
    case KindClass::kVoid:
    case KindClass::kStruct:
      break;
  }
  return true;
}

}  // namespace

bool ResultFromJs(Environment& environment, const JsType& type, bool strict,
                  v8::Local<v8::Value> value, void* result, const ConversionSite& site) {
  if (type.kind == JsKind::kVoid) return true;
  if (type.kind == JsKind::kStruct) return StructResult(environment, type, value, result);
  uint64_t bits = 0;
  if (strict && IsInteger(type.kind)) {
    // In range, and so extended to 64 bits as result memory wants it.
    if (!FromJs(environment, type, true, value, &bits, nullptr, site)) return false;
  } else if (!ScalarResult(environment, type, value, &bits, site)) {
    return false;
  }
  std::memcpy(result, &bits, sizeof(bits));
  return true;
}

}  // namespace springboard::glue
