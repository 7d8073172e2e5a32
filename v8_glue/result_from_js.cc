// result_from_js: what a callback returned, coerced as JavaScript coerces (deno-api 1.8): 300 is 44
// as a u8, "5" is 5. Split from from_js.cc because here conversions may run JavaScript (valueOf).
// See convert.h.

#include <algorithm>
#include <cstring>
#include <string>

#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// Result memory holds integers extended to 8 bytes by their signedness (ffi_jit/stub.h).
uint64_t Extend(JsKind kind, uint32_t bits) {
  switch (kind) {
    case JsKind::kI8:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(bits)));
    case JsKind::kI16:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int16_t>(bits)));
    case JsKind::kI32:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(bits)));
    case JsKind::kU8:
      return static_cast<uint8_t>(bits);
    case JsKind::kU16:
      return static_cast<uint16_t>(bits);
    default:
      return bits;
  }
}

bool IntegerResult(Environment& environment, JsKind kind, v8::Local<v8::Value> value,
                   uint64_t* bits) {
  v8::Local<v8::Int32> integer;
  if (!value->ToInt32(environment.context()).ToLocal(&integer)) return false;
  *bits = Extend(kind, static_cast<uint32_t>(integer->Value()));
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

bool FloatResult(Environment& environment, JsKind kind, v8::Local<v8::Value> value,
                 uint64_t* bits) {
  double number = 0;
  if (!value->NumberValue(environment.context()).To(&number)) return false;
  if (kind == JsKind::kF32) {
    const auto narrow = static_cast<float>(number);
    std::memcpy(bits, &narrow, sizeof(narrow));
  } else {
    std::memcpy(bits, &number, sizeof(number));
  }
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

bool ScalarResult(Environment& environment, JsKind kind, v8::Local<v8::Value> value,
                  uint64_t* bits) {
  switch (kind) {
    case JsKind::kBool:
      *bits = value->BooleanValue(environment.isolate()) ? 1 : 0;
      return true;
    case JsKind::kU8:
    case JsKind::kI8:
    case JsKind::kU16:
    case JsKind::kI16:
    case JsKind::kU32:
    case JsKind::kI32:
      return IntegerResult(environment, kind, value, bits);
    case JsKind::kU64:
    case JsKind::kI64:
    case JsKind::kUsize:
    case JsKind::kIsize:
      return BigResult(environment, value, bits);
    case JsKind::kF32:
    case JsKind::kF64:
      return FloatResult(environment, kind, value, bits);
    case JsKind::kPointer:
    case JsKind::kFunction:
    case JsKind::kBuffer:
      *bits = AddressResult(environment, kind, value);
      return true;
    case JsKind::kVoid:
    case JsKind::kStruct:
      break;
  }
  return true;
}

}  // namespace

bool ResultFromJs(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                  void* result) {
  if (type.kind == JsKind::kVoid) return true;
  if (type.kind == JsKind::kStruct) return StructResult(environment, type, value, result);
  uint64_t bits = 0;
  if (!ScalarResult(environment, type.kind, value, &bits)) return false;
  std::memcpy(result, &bits, sizeof(bits));
  return true;
}

}  // namespace springboard::glue
