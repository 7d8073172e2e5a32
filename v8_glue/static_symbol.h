// static_symbol: a library's variables, read once when it is loaded. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_STATIC_SYMBOL_H_
#define SPRINGBOARD_V8_GLUE_STATIC_SYMBOL_H_

#include <v8.h>

#include <optional>
#include <string_view>

#include "v8_glue/js_type.h"

namespace springboard::glue {

// Parses the `type` of a static symbol: everything but void and structs. Throws and returns nothing
// on bad input; `site` ends the message.
std::optional<JsType> ParseStaticType(Environment& environment, v8::Local<v8::Value> value,
                                      std::string_view site);

// The value of the variable at `address`, `name` in messages. For pointer, buffer and function that
// is the variable's own address, as Deno has it. Throws and returns nothing as ToJs() does.
v8::MaybeLocal<v8::Value> StaticValue(Environment& environment, const JsType& type,
                                      const void* address, std::string_view name);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_STATIC_SYMBOL_H_
