// pointer: the rule for numbers that addresses are computed from. Pure; isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_POINTER_H_
#define SPRINGBOARD_V8_GLUE_POINTER_H_

#include <v8.h>

#include <cstdint>

namespace springboard::glue {

// A BigInt modulo 2^64, or a Number as 64-bit integers are passed: truncated toward zero, NaN as 0,
// clamped to the range of a signed integer, negative ones as their two's complement. False for
// every other value.
bool ToAddressInteger(v8::Local<v8::Value> value, uint64_t* integer);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_POINTER_H_
