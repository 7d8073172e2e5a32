// conversion_error: composing the messages. See conversion_error.h.

#include "v8_glue/conversion_error.h"

#include <string_view>

#include "v8_glue/c_values.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"

namespace springboard::glue {

namespace {

// What the messages say was expected.
std::string ExpectedText(const JsType& type, bool strict) {
  const JsKind kind = type.kind;
  const KindTraits& traits = TraitsOf(kind);
  switch (traits.kind_class) {
    case KindClass::kBool:
      return "boolean";
    case KindClass::kInteger:
    case KindClass::kBigInteger:
    case KindClass::kSafeInteger:
      if (strict || traits.kind_class == KindClass::kSafeInteger) {
        return "integer from " + std::to_string(traits.lowest) + " to " +
               std::to_string(traits.highest);
      }
      return traits.lowest < 0 ? "integer" : "unsigned integer";
    case KindClass::kFloat:
      return "number";
    case KindClass::kPointer:
      return kind == JsKind::kBuffer ? "null, ArrayBuffer, or ArrayBufferView"
                                     : "null, or External";
    case KindClass::kString:
      return "null, or string";
    case KindClass::kStruct:
      return "ArrayBuffer, or ArrayBufferView";
    case KindClass::kWideInteger:
    case KindClass::kLongDouble:
    case KindClass::kComplex:
    case KindClass::kVector:
      return ExpectedCValue(type, strict);
    case KindClass::kVoid:
      break;
  }
  return "nothing";
}

// The message up to what came.
std::string Expected(const JsType& type, bool strict, const ConversionSite& site) {
  std::string message = "Invalid FFI ";
  // Deno calls a bool "u8" here.
  message.append(type.kind == JsKind::kBool ? "u8" : NameOf(type));
  return message + " type, expected " + ExpectedText(type, strict) + At(site) + ": got ";
}

// A number itself, for of integers that do not fit the kind tells too little.
std::string IntegerText(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value->IsNumber()) return NumberText(isolate, value.As<v8::Number>()->Value());
  if (!value->IsBigInt()) return Describe(isolate, value);
  // One of a million digits would take seconds to print.
  bool whole = false;
  const int64_t integer = value.As<v8::BigInt>()->Int64Value(&whole);
  if (whole) return std::to_string(integer) + "n";
  const uint64_t natural = value.As<v8::BigInt>()->Uint64Value(&whole);
  return whole ? std::to_string(natural) + "n" : "a bigint of more than 64 bits";
}

}  // namespace

std::string At(const ConversionSite& site) {
  if (site.index == ConversionSite::kText) return std::string(site.symbol);
  std::string text = ": symbol '" + std::string(site.symbol) + "'";
  if (site.index == ConversionSite::kResult) return text + ", result";
  if (site.index == ConversionSite::kVariable) return text;
  return text + ", parameter " + std::to_string(site.index);
}

void ThrowUnexpected(Environment& environment, const JsType& type, bool strict,
                     v8::Local<v8::Value> value, const ConversionSite& site) {
  v8::Isolate* isolate = environment.isolate();
  const bool is_integer =
      IsInteger(type.kind) || TraitsOf(type.kind).kind_class == KindClass::kWideInteger;
  const std::string got = is_integer ? IntegerText(isolate, value) : Describe(isolate, value);
  ThrowTypeError(isolate, Expected(type, strict, site) + got);
}

void ThrowShrinkable(Environment& environment, const ConversionSite& site) {
  ThrowTypeError(environment.isolate(),
                 "Invalid FFI buffer type, expected bytes that stay during the call (memory: "
                 "'strict')" +
                     At(site) + ": got those of a resizable ArrayBuffer, which may shrink");
}

void ThrowTooShort(Environment& environment, const JsType& type, size_t size,
                   const ConversionSite& site) {
  ThrowTypeError(environment.isolate(), "Invalid FFI " + std::string(NameOf(type)) +
                                            " type, expected at least " +
                                            std::to_string(type.size) + " bytes" + At(site) +
                                            ": got " + std::to_string(size) + " bytes");
}

void ThrowOutOfRange(Environment& environment, const JsType& type, const std::string& number,
                     const ConversionSite& site) {
  ThrowRangeError(environment.isolate(), Expected(type, true, site) + number);
}

std::string NumberText(v8::Isolate* isolate, double number) {
  const v8::String::Utf8Value text(isolate, v8::Number::New(isolate, number));
  return std::string(*text, static_cast<size_t>(text.length()));
}

}  // namespace springboard::glue
