// from_js: JavaScript values to native bytes. See convert.h.

#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/object_layout.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// What the messages say was expected.
std::string_view ExpectedText(JsKind kind) {
  switch (kind) {
    case JsKind::kBool:
      return "boolean";
    case JsKind::kU8:
    case JsKind::kU16:
    case JsKind::kU32:
    case JsKind::kU64:
    case JsKind::kUsize:
      return "unsigned integer";
    case JsKind::kI8:
    case JsKind::kI16:
    case JsKind::kI32:
    case JsKind::kI64:
    case JsKind::kIsize:
      return "integer";
    case JsKind::kF32:
    case JsKind::kF64:
      return "number";
    case JsKind::kPointer:
    case JsKind::kFunction:
      return "null, or External";
    case JsKind::kBuffer:
      return "null, ArrayBuffer, or ArrayBufferView";
    case JsKind::kStruct:
      return "ArrayBuffer, or ArrayBufferView";
    case JsKind::kVoid:
      break;
  }
  return "nothing";
}

// The type's name in messages: Deno calls a bool "u8" there.
std::string_view MessageName(JsKind kind) {
  return kind == JsKind::kBool ? NameOf(JsKind::kU8) : NameOf(kind);
}

std::string At(const ArgumentSite& site) {
  return ": symbol '" + std::string(site.symbol) + "', parameter " + std::to_string(site.index);
}

void ThrowUnexpected(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                     const ArgumentSite& site) {
  std::string message = "Invalid FFI ";
  message.append(MessageName(type.kind)).append(" type, expected ");
  message.append(ExpectedText(type.kind)).append(At(site)).append(": got ");
  ThrowTypeError(environment.isolate(), message + Describe(environment.isolate(), value));
}

// ToInt32's result as its unsigned twin: modulo 2^32, NaN and infinities give 0 (ECMAScript 7.1.6).
uint32_t WrapTo32(double number) {
  if (!std::isfinite(number)) return 0;
  constexpr double kModulus = 4294967296.0;
  const double remainder = std::fmod(std::trunc(number), kModulus);
  return static_cast<uint32_t>(remainder < 0 ? remainder + kModulus : remainder);
}

// A Number as a 64-bit integer, truncated toward zero and saturated to the signed range; an
// unsigned type sees the same bits.
uint64_t SaturateTo64(double number) {
  constexpr double kLimit = 9223372036854775808.0;
  if (std::isnan(number)) return 0;
  if (number >= kLimit) return static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (number < -kLimit) return static_cast<uint64_t>(std::numeric_limits<int64_t>::min());
  return static_cast<uint64_t>(static_cast<int64_t>(number));
}

double NumberOf(v8::Local<v8::Value> value) { return value.As<v8::Number>()->Value(); }

// The bits of a 32-bit-or-narrower integer, as a slot carries them. Upper bits are ignored there.
uint64_t IntegerBits(v8::Local<v8::Value> value) {
  if (value->IsInt32()) return static_cast<uint32_t>(value.As<v8::Int32>()->Value());
  return WrapTo32(NumberOf(value));
}

bool BigBits(v8::Local<v8::Value> value, uint64_t* slot) {
  if (value->IsBigInt()) {
    *slot = value.As<v8::BigInt>()->Uint64Value();
    return true;
  }
  if (!value->IsNumber()) return false;
  *slot = SaturateTo64(NumberOf(value));
  return true;
}

uint64_t FloatBits(JsKind kind, double number) {
  uint64_t slot = 0;
  if (kind == JsKind::kF32) {
    const auto narrow = static_cast<float>(number);
    std::memcpy(&slot, &narrow, sizeof(narrow));
  } else {
    std::memcpy(&slot, &number, sizeof(number));
  }
  return slot;
}

bool PointerBits(v8::Local<v8::Value> value, uint64_t* slot) {
  if (value->IsNull()) {
    *slot = 0;
    return true;
  }
  if (!value->IsExternal()) return false;
  *slot = reinterpret_cast<uint64_t>(ExternalPointer(value.As<v8::External>()));
  return true;
}

// Converts everything but structs; false when the value is of another kind.
bool ScalarFromJs(Environment& environment, JsKind kind, v8::Local<v8::Value> value,
                  uint64_t* slot) {
  switch (kind) {
    case JsKind::kBool:
      *slot = value->IsTrue() ? 1 : 0;
      return value->IsBoolean();
    case JsKind::kU8:
    case JsKind::kI8:
    case JsKind::kU16:
    case JsKind::kI16:
    case JsKind::kU32:
    case JsKind::kI32:
      if (!value->IsNumber()) return false;
      *slot = IntegerBits(value);
      return true;
    case JsKind::kU64:
    case JsKind::kI64:
    case JsKind::kUsize:
    case JsKind::kIsize:
      return BigBits(value, slot);
    case JsKind::kF32:
    case JsKind::kF64:
      if (!value->IsNumber()) return false;
      *slot = FloatBits(kind, NumberOf(value));
      return true;
    case JsKind::kPointer:
    case JsKind::kFunction:
      return PointerBits(value, slot);
    case JsKind::kBuffer: {
      Bytes bytes{};
      if (!value->IsNull() && !BytesOf(environment, value, &bytes)) return false;
      *slot = reinterpret_cast<uint64_t>(bytes.data);
      return true;
    }
    case JsKind::kStruct:
    case JsKind::kVoid:
      break;
  }
  assert(false && "a struct is not a scalar, and void not a parameter");
  return false;
}

// The length of a buffer's or view's bytes; false when value is neither.
bool LengthOf(v8::Local<v8::Value> value, size_t* size) {
  if (value->IsArrayBufferView()) {
    *size = value.As<v8::ArrayBufferView>()->ByteLength();
  } else if (value->IsArrayBuffer()) {
    *size = value.As<v8::ArrayBuffer>()->ByteLength();
  } else if (value->IsSharedArrayBuffer()) {
    *size = value.As<v8::SharedArrayBuffer>()->ByteLength();
  } else {
    return false;
  }
  return true;
}

bool StructFromJs(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                  uint64_t* slot, std::byte* aggregate, const ArgumentSite& site) {
  size_t size = 0;
  if (!LengthOf(value, &size)) {
    ThrowUnexpected(environment, type, value, site);
    return false;
  }
  if (size < type.size) {
    std::string message = "Invalid FFI struct type, expected at least " +
                          std::to_string(type.size) + " bytes" + At(site) + ": got " +
                          std::to_string(size) + " bytes";
    if (size == 0) {
      message = value->IsArrayBufferView()
                    ? "Invalid FFI ArrayBufferView, expected data in the buffer"
                    : "Invalid FFI ArrayBuffer, expected data in buffer";
      message += At(site) + ": got 0 bytes, expected " + std::to_string(type.size);
    }
    ThrowTypeError(environment.isolate(), message);
    return false;
  }
  if (value->IsArrayBufferView()) {
    // Leaves an on-heap array where it is: its bytes are copied.
    value.As<v8::ArrayBufferView>()->CopyContents(aggregate, type.size);
  } else {
    Bytes bytes{};
    BytesOf(environment, value, &bytes);
    std::memcpy(aggregate, bytes.data, type.size);
  }
  *slot = reinterpret_cast<uint64_t>(aggregate);
  return true;
}

}  // namespace

bool BytesOf(Environment& environment, v8::Local<v8::Value> value, Bytes* bytes) {
  if (environment.object_layout().typed_array_fields && value->IsTypedArray() &&
      ReadTypedArray(value, &bytes->data, &bytes->size)) {
    return true;
  }
  if (value->IsArrayBufferView()) {
    v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
    v8::Local<v8::ArrayBuffer> buffer = view->Buffer();
    auto* base = static_cast<std::byte*>(buffer->Data());
    *bytes = base == nullptr ? Bytes{} : Bytes{base + view->ByteOffset(), view->ByteLength()};
    return true;
  }
  if (value->IsArrayBuffer()) {
    v8::Local<v8::ArrayBuffer> buffer = value.As<v8::ArrayBuffer>();
    *bytes = {static_cast<std::byte*>(buffer->Data()), buffer->ByteLength()};
    return true;
  }
  if (value->IsSharedArrayBuffer()) {
    v8::Local<v8::SharedArrayBuffer> buffer = value.As<v8::SharedArrayBuffer>();
    *bytes = {static_cast<std::byte*>(buffer->Data()), buffer->ByteLength()};
    return true;
  }
  return false;
}

std::shared_ptr<v8::BackingStore> StoreOf(v8::Local<v8::Value> value) {
  if (value->IsArrayBufferView()) value = value.As<v8::ArrayBufferView>()->Buffer();
  if (value->IsArrayBuffer()) return value.As<v8::ArrayBuffer>()->GetBackingStore();
  if (value->IsSharedArrayBuffer()) return value.As<v8::SharedArrayBuffer>()->GetBackingStore();
  return nullptr;
}

bool FromJs(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
            uint64_t* slot, std::byte* aggregate, const ArgumentSite& site) {
  if (type.kind == JsKind::kStruct) {
    return StructFromJs(environment, type, value, slot, aggregate, site);
  }
  if (ScalarFromJs(environment, type.kind, value, slot)) return true;
  ThrowUnexpected(environment, type, value, site);
  return false;
}

}  // namespace springboard::glue
