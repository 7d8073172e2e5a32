// c_values: see c_values.h.

#include "v8_glue/c_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "v8_glue/environment.h"

namespace springboard::glue {

namespace {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

// C17 5.2.4.2.2: the 80-bit format of x87 leaves the rest of its 16 bytes alone.
constexpr size_t kLongDoubleBytes =
    std::numeric_limits<long double>::digits == 64 ? 10 : sizeof(long double);

// The same bits as an argument of 64 bits has: truncated toward zero, saturated to the signed
// range.
Uint128 SaturateTo128(double number) {
  constexpr double kLimit = 0x1p127;
  if (std::isnan(number)) return 0;
  if (number >= kLimit) return ~Uint128{0} >> 1;
  if (number < -kLimit) return Uint128{1} << 127;
  return static_cast<Uint128>(static_cast<Int128>(number));
}

Uint128 WrapTo128(v8::Local<v8::BigInt> integer, bool* fits_signed, bool* fits_unsigned) {
  int negative = 0;
  int count = 2;
  std::array<uint64_t, 2> words = {0, 0};
  integer->ToWordsArray(&negative, &count, words.data());
  const Uint128 magnitude = Uint128{words[1]} << 64 | words[0];
  const Uint128 limit = Uint128{1} << 127;
  *fits_signed = count <= 2 && (negative != 0 ? magnitude <= limit : magnitude < limit);
  *fits_unsigned = count <= 2 && (negative == 0 || magnitude == 0);
  return negative != 0 ? -magnitude : magnitude;
}

bool WideFromJs(const JsType& type, bool strict, v8::Local<v8::Value> value, Uint128* bits) {
  const bool is_signed = type.kind == JsKind::kI128;
  if (value->IsBigInt()) {
    bool fits_signed = false;
    bool fits_unsigned = false;
    *bits = WrapTo128(value.As<v8::BigInt>(), &fits_signed, &fits_unsigned);
    return !strict || (is_signed ? fits_signed : fits_unsigned);
  }
  if (!value->IsNumber()) return false;
  const double number = value.As<v8::Number>()->Value();
  if (!strict) {
    *bits = SaturateTo128(number);
    return true;
  }
  const double lowest = is_signed ? -0x1p127 : 0;
  const double limit = is_signed ? 0x1p127 : 0x1p128;
  if (!(number >= lowest && number < limit) || std::trunc(number) != number) return false;
  *bits =
      number < 0 ? static_cast<Uint128>(static_cast<Int128>(number)) : static_cast<Uint128>(number);
  return true;
}

void StoreLongDouble(double number, void* bytes) {
  const auto wide = static_cast<long double>(number);
  std::memset(bytes, 0, sizeof(wide));
  std::memcpy(bytes, &wide, kLongDoubleBytes);
}

double LoadLongDouble(const void* bytes) {
  long double wide = 0;
  std::memcpy(&wide, bytes, sizeof(wide));
  return static_cast<double>(wide);
}

void StoreFloating(abi::TypeKind kind, double number, std::byte* bytes) {
  if (kind == abi::TypeKind::kLongDouble) return StoreLongDouble(number, bytes);
  const uint64_t bits =
      FloatBits(kind == abi::TypeKind::kF32 ? JsKind::kF32 : JsKind::kF64, number);
  std::memcpy(bytes, &bits, kind == abi::TypeKind::kF32 ? sizeof(float) : sizeof(double));
}

double LoadFloating(abi::TypeKind kind, const std::byte* bytes) {
  if (kind == abi::TypeKind::kLongDouble) return LoadLongDouble(bytes);
  if (kind == abi::TypeKind::kF32) {
    float number = 0;
    std::memcpy(&number, bytes, sizeof(number));
    return number;
  }
  double number = 0;
  std::memcpy(&number, bytes, sizeof(number));
  return number;
}

// A getter could take away the bytes of an argument before, whose address is taken already: an
// array that has one is none.
bool ComplexFromJs(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                   std::byte* bytes) {
  if (!value->IsArray() || value.As<v8::Array>()->Length() != 2) return false;
  v8::Isolate* isolate = environment.isolate();
  const v8::TryCatch catcher(isolate);
  const v8::Isolate::DisallowJavascriptExecutionScope no_getters(
      isolate, v8::Isolate::DisallowJavascriptExecutionScope::THROW_ON_FAILURE);
  // Nothing is stored of an array that is refused: the bytes may be a program's.
  std::array<double, 2> parts{};
  for (uint32_t i = 0; i < parts.size(); ++i) {
    v8::Local<v8::Value> part;
    if (!value.As<v8::Array>()->Get(environment.context(), i).ToLocal(&part) || !part->IsNumber()) {
      return false;
    }
    parts[i] = part.As<v8::Number>()->Value();
  }
  const abi::TypeKind element = type.type->members()[0]->kind();
  for (size_t i = 0; i < parts.size(); ++i) {
    StoreFloating(element, parts[i], bytes + i * (type.size / 2));
  }
  return true;
}

// The typed arrays, each with the element it has.
struct ArrayRow {
  abi::TypeKind element;
  std::string_view name;
  bool (*is)(v8::Local<v8::Value> value);
  v8::Local<v8::Value> (*make)(v8::Local<v8::ArrayBuffer> buffer, size_t length);
};
template <typename Array>
v8::Local<v8::Value> MakeArray(v8::Local<v8::ArrayBuffer> buffer, size_t length) {
  return Array::New(buffer, 0, length);
}
#define ARRAY_ROW(kind, Array)                                                                  \
  {                                                                                             \
    abi::TypeKind::kind, #Array, [](v8::Local<v8::Value> value) { return value->Is##Array(); }, \
        MakeArray<v8::Array>                                                                    \
  }
constexpr ArrayRow kArrays[] = {
    ARRAY_ROW(kI8, Int8Array),      ARRAY_ROW(kU8, Uint8Array),      ARRAY_ROW(kI16, Int16Array),
    ARRAY_ROW(kU16, Uint16Array),   ARRAY_ROW(kI32, Int32Array),     ARRAY_ROW(kU32, Uint32Array),
    ARRAY_ROW(kI64, BigInt64Array), ARRAY_ROW(kU64, BigUint64Array), ARRAY_ROW(kF16, Float16Array),
    ARRAY_ROW(kF32, Float32Array),  ARRAY_ROW(kF64, Float64Array),
};
#undef ARRAY_ROW

// REQUIRES: a vector's element is one that parsing allows.
const ArrayRow& RowOf(const JsType& type) {
  return *std::find_if(std::begin(kArrays), std::end(kArrays), [&](const ArrayRow& row) {
    return row.element == type.type->members()[0]->kind();
  });
}

bool VectorFromJs(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                  void* bytes) {
  if (!RowOf(type).is(value) || value.As<v8::TypedArray>()->Length() != type.type->count()) {
    return false;
  }
  // See StructFromJs.
  if (value.As<v8::TypedArray>()->CopyContents(bytes, type.size) < type.size) {
    Bytes own{};
    BytesOf(environment, value, &own);
    std::memcpy(bytes, own.data, type.size);
  }
  return true;
}

}  // namespace

bool CValueFromJs(Environment& environment, const JsType& type, bool strict,
                  v8::Local<v8::Value> value, void* bytes) {
  switch (TraitsOf(type.kind).kind_class) {
    case KindClass::kWideInteger: {
      Uint128 bits = 0;
      if (!WideFromJs(type, strict, value, &bits)) return false;
      std::memcpy(bytes, &bits, sizeof(bits));
      return true;
    }
    case KindClass::kLongDouble:
      if (!value->IsNumber()) return false;
      StoreLongDouble(value.As<v8::Number>()->Value(), bytes);
      return true;
    case KindClass::kComplex:
      return ComplexFromJs(environment, type, value, static_cast<std::byte*>(bytes));
    default:
      return VectorFromJs(environment, type, value, bytes);
  }
}

std::string ExpectedCValue(const JsType& type, bool strict) {
  switch (TraitsOf(type.kind).kind_class) {
    case KindClass::kWideInteger: {
      const bool is_signed = type.kind == JsKind::kI128;
      if (!strict) return is_signed ? "integer" : "unsigned integer";
      return is_signed ? "integer from -2^127 to 2^127 - 1" : "integer from 0 to 2^128 - 1";
    }
    case KindClass::kLongDouble:
      return "number";
    case KindClass::kComplex:
      return "an array of two numbers";
    default:
      return std::string(RowOf(type).name) + " of " + std::to_string(type.type->count()) +
             " elements";
  }
}

bool CoercedWide(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                 void* result, const ConversionSite&) {
  Uint128 bits = 0;
  if (!WideFromJs(type, false, value, &bits)) {
    double number = 0;
    if (!value->NumberValue(environment.context()).To(&number)) return false;
    bits = SaturateTo128(number);
  }
  std::memcpy(result, &bits, sizeof(bits));
  return true;
}

bool CoercedLongDouble(Environment& environment, const JsType&, v8::Local<v8::Value> value,
                       void* result, const ConversionSite&) {
  double number = 0;
  if (!value->NumberValue(environment.context()).To(&number)) return false;
  StoreLongDouble(number, result);
  return true;
}

v8::MaybeLocal<v8::Value> WideToJs(Environment& environment, const JsType& type, const void* native,
                                   const ConversionSite&) {
  WideBits bits{};
  std::memcpy(&bits, native, sizeof(bits));
  const bool negative = type.kind == JsKind::kI128 && static_cast<int64_t>(bits.high) < 0;
  if (negative) {
    bits.low = -bits.low;
    bits.high = ~bits.high + (bits.low == 0 ? 1 : 0);
  }
  const std::array<uint64_t, 2> words = {bits.low, bits.high};
  v8::Local<v8::BigInt> value;
  if (!v8::BigInt::NewFromWords(environment.context(), negative ? 1 : 0, 2, words.data())
           .ToLocal(&value)) {
    return {};
  }
  return value;
}

v8::MaybeLocal<v8::Value> HalfToJs(Environment& environment, const JsType&, const void* native,
                                   const ConversionSite&) {
  uint16_t bits = 0;
  std::memcpy(&bits, native, sizeof(bits));
  return v8::Number::New(environment.isolate(), HalfValue(bits));
}

v8::MaybeLocal<v8::Value> LongDoubleToJs(Environment& environment, const JsType&,
                                         const void* native, const ConversionSite&) {
  return v8::Number::New(environment.isolate(), LoadLongDouble(native));
}

v8::MaybeLocal<v8::Value> ComplexToJs(Environment& environment, const JsType& type,
                                      const void* native, const ConversionSite&) {
  const auto* bytes = static_cast<const std::byte*>(native);
  const abi::TypeKind element = type.type->members()[0]->kind();
  std::array<v8::Local<v8::Value>, 2> parts;
  for (size_t i = 0; i < parts.size(); ++i) {
    const double part = LoadFloating(element, bytes + i * (type.size / 2));
    parts[i] = v8::Number::New(environment.isolate(), part);
  }
  return v8::Array::New(environment.isolate(), parts.data(), parts.size());
}

v8::MaybeLocal<v8::Value> VectorToJs(Environment& environment, const JsType& type,
                                     const void* native, const ConversionSite&) {
  const v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(environment.isolate(), type.size);
  std::memcpy(buffer->Data(), native, type.size);
  return RowOf(type).make(buffer, type.type->count());
}

uint16_t HalfBits(double number) {
  constexpr int kMantissa = 10;
  constexpr uint32_t kInfinity = 0x7C00;
  const uint32_t sign = std::signbit(number) ? 0x8000 : 0;
  const double magnitude = std::fabs(number);
  uint32_t bits = 0;
  if (std::isnan(number)) {
    bits = kInfinity | 0x200;
  } else if (magnitude >= 0x1p16) {
    bits = kInfinity;
  } else {
    // In units of the last place; that of the least normal number serves the subnormal ones.
    int exponent = 0;
    if (magnitude < 0x1p-14) {
      exponent = -13;
    } else {
      std::frexp(magnitude, &exponent);
    }
    bits = static_cast<uint32_t>(std::nearbyint(std::ldexp(magnitude, kMantissa + 1 - exponent)));
    // A normal number has its implicit bit, which counts as one in the exponent.
    bits += static_cast<uint32_t>(exponent + 13) << kMantissa;
  }
  return static_cast<uint16_t>(sign | bits);
}

double HalfValue(uint16_t bits) {
  const int exponent = bits >> 10 & 0x1F;
  const int mantissa = bits & 0x3FF;
  double magnitude = 0;
  if (exponent == 0x1F) {
    magnitude = mantissa == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(mantissa, -24);
  } else {
    magnitude = std::ldexp(0x400 | mantissa, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

std::string WideText(WideBits bits, bool is_signed) {
  Uint128 magnitude = Uint128{bits.high} << 64 | bits.low;
  const bool negative = is_signed && static_cast<int64_t>(bits.high) < 0;
  if (negative) magnitude = -magnitude;
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude != 0);
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace springboard::glue
