// c_values: the values of C's types that are no machine word: i128, f16, long double, complex
// numbers and vectors. The part of convert.h that the tables there refer to.
//
// Isolate thread only. None of these runs JavaScript, except CoercedWide and CoercedLongDouble.

#ifndef SPRINGBOARD_V8_GLUE_C_VALUES_H_
#define SPRINGBOARD_V8_GLUE_C_VALUES_H_

#include <v8.h>

#include <cstdint>
#include <string_view>

#include "v8_glue/convert.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

inline bool IsCValue(JsKind kind) { return TraitsOf(kind).kind_class >= KindClass::kWideInteger; }

// Writes the type.size bytes of an argument to `bytes`; false if `value` is none.
// REQUIRES: IsCValue(type.kind).
bool CValueFromJs(Environment& environment, const JsType& type, bool strict,
                  v8::Local<v8::Value> value, void* bytes);

// What messages say was expected of such an argument.
std::string ExpectedCValue(const JsType& type, bool strict);

// Of ResultFromJs: coerced, as a number of fewer bits is.
ResultFunction CoercedWide;
ResultFunction CoercedLongDouble;

ToJsFunction WideToJs;
ToJsFunction HalfToJs;
ToJsFunction LongDoubleToJs;
ToJsFunction ComplexToJs;
ToJsFunction VectorToJs;

// IEEE 754 binary16, rounded to nearest, ties to even; NaN is the quiet one without payload.
uint16_t HalfBits(double number);
double HalfValue(uint16_t bits);

// A 128-bit integer as C has it; little endian.
struct WideBits {
  uint64_t low;
  uint64_t high;
};
std::string WideText(WideBits bits, bool is_signed);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_C_VALUES_H_
