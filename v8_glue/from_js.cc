// from_js: JavaScript values to native bytes. See convert.h.

#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "v8_glue/c_values.h"
#include "v8_glue/conversion_error.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/object_layout.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

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

// The strict rule: an integer in the kind's range, as a Number or, where results are BigInts, as
// one.
bool CheckedInteger(const KindTraits& traits, v8::Local<v8::Value> value, uint64_t* slot) {
  if (value->IsBigInt() && traits.kind_class == KindClass::kBigInteger) {
    const v8::Local<v8::BigInt> integer = value.As<v8::BigInt>();
    bool fits = false;
    *slot = traits.lowest < 0 ? static_cast<uint64_t>(integer->Int64Value(&fits))
                              : integer->Uint64Value(&fits);
    return fits;
  }
  if (!value->IsNumber()) return false;
  const double number = NumberOf(value);
  // The greatest 64-bit integers are no Numbers: the sum rounds to the power of two above.
  const double limit = static_cast<double>(traits.highest) + 1;
  if (!(number >= static_cast<double>(traits.lowest) && number < limit)) return false;
  if (std::trunc(number) != number) return false;
  *slot = traits.lowest < 0 ? static_cast<uint64_t>(static_cast<int64_t>(number))
                            : static_cast<uint64_t>(number);
  return true;
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

bool AddressBits(Environment& environment, JsKind kind, v8::Local<v8::Value> value,
                 uint64_t* slot) {
  if (kind != JsKind::kBuffer) return PointerBits(value, slot);
  Bytes bytes{};
  if (!value->IsNull() && !BytesOf(environment, value, &bytes)) return false;
  *slot = reinterpret_cast<uint64_t>(bytes.data);
  return true;
}

// Converts everything but structs; false when the value does not fit.
bool ScalarFromJs(Environment& environment, JsKind kind, bool strict, v8::Local<v8::Value> value,
                  uint64_t* slot) {
  const KindTraits& traits = TraitsOf(kind);
  switch (traits.kind_class) {
    case KindClass::kBool:
      *slot = value->IsTrue() ? 1 : 0;
      return value->IsBoolean();
    case KindClass::kInteger:
      if (strict) return CheckedInteger(traits, value, slot);
      if (!value->IsNumber()) return false;
      *slot = IntegerBits(value);
      return true;
    case KindClass::kBigInteger:
      return strict ? CheckedInteger(traits, value, slot) : BigBits(value, slot);
    case KindClass::kSafeInteger:
      return CheckedInteger(traits, value, slot);
    case KindClass::kFloat:
      if (!value->IsNumber()) return false;
      *slot = FloatBits(kind, NumberOf(value));
      return true;
    case KindClass::kPointer:
      return AddressBits(environment, kind, value, slot);
    default:
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
                  uint64_t* slot, std::byte* aggregate, const ConversionSite& site) {
  size_t size = 0;
  if (!LengthOf(value, &size)) {
    ThrowUnexpected(environment, type, false, value, site);
    return false;
  }
  if (size == 0) {
    const std::string message = value->IsArrayBufferView()
                                    ? "Invalid FFI ArrayBufferView, expected data in the buffer"
                                    : "Invalid FFI ArrayBuffer, expected data in buffer";
    ThrowTypeError(environment.isolate(),
                   message + At(site) + ": got 0 bytes, expected " + std::to_string(type.size));
    return false;
  }
  if (size < type.size) {
    ThrowTooShort(environment, type, size, site);
    return false;
  }
  // CopyContents leaves an on-heap array where it is. It copies nothing where V8 13 takes a view
  // that tracks its buffer's length for an empty one.
  if (!value->IsArrayBufferView() ||
      value.As<v8::ArrayBufferView>()->CopyContents(aggregate, type.size) < type.size) {
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

uint64_t FloatBits(JsKind kind, double number) {
  uint64_t bits = 0;
  if (kind == JsKind::kF16) {
    bits = HalfBits(number);
  } else if (kind == JsKind::kF32) {
    const auto narrow = static_cast<float>(number);
    std::memcpy(&bits, &narrow, sizeof(narrow));
  } else {
    std::memcpy(&bits, &number, sizeof(number));
  }
  return bits;
}

bool FromJs(Environment& environment, const JsType& type, bool strict, v8::Local<v8::Value> value,
            uint64_t* slot, std::byte* aggregate, const ConversionSite& site) {
  if (type.kind == JsKind::kStruct) {
    return StructFromJs(environment, type, value, slot, aggregate, site);
  }
  if (IsCValue(type.kind)) {
    if (type.behind_slot) *slot = reinterpret_cast<uint64_t>(aggregate);
    void* const bytes = type.behind_slot ? static_cast<void*>(aggregate) : slot;
    if (CValueFromJs(environment, type, strict, value, bytes)) return true;
    ThrowUnexpected(environment, type, strict, value, site);
    return false;
  }
  if (ScalarFromJs(environment, type.kind, strict, value, slot)) return true;
  ThrowUnexpected(environment, type, strict, value, site);
  return false;
}

}  // namespace springboard::glue
