// conversion_error: what a conversion (convert.h) throws when a value does not fit its type.
//
// Isolate thread only, in an entered context. None of these runs JavaScript.

#ifndef SPRINGBOARD_V8_GLUE_CONVERSION_ERROR_H_
#define SPRINGBOARD_V8_GLUE_CONVERSION_ERROR_H_

#include <v8.h>

#include <cstddef>
#include <string>

#include "v8_glue/convert.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

class Environment;

// ": symbol 'add', parameter 0", as every message has it.
std::string At(const ConversionSite& site);

// TypeError: `value` is nothing that `type` takes, under the strict rule or the usual one.
void ThrowUnexpected(Environment& environment, const JsType& type, bool strict,
                     v8::Local<v8::Value> value, const ConversionSite& site);

// TypeError: JavaScript could take bytes of a buffer away (CallRules::strict_memory).
void ThrowShrinkable(Environment& environment, const ConversionSite& site);

// TypeError: the buffer for a struct has only `size` bytes.
void ThrowTooShort(Environment& environment, const JsType& type, size_t size,
                   const ConversionSite& site);

// RangeError: `number`, an integer in decimal or an infinity, is beyond the range of `type`.
void ThrowOutOfRange(Environment& environment, const JsType& type, const std::string& number,
                     const ConversionSite& site);

// A Number as JavaScript prints it.
std::string NumberText(v8::Isolate* isolate, double number);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CONVERSION_ERROR_H_
