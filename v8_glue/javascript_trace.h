// javascript_trace: what only JavaScript values tell of a traced call. Isolate thread only; runs no
// JavaScript.

#ifndef SPRINGBOARD_V8_GLUE_JAVASCRIPT_TRACE_H_
#define SPRINGBOARD_V8_GLUE_JAVASCRIPT_TRACE_H_

#include <v8.h>

#include <string>

#include "v8_glue/js_type.h"

namespace springboard::glue {

// Put behind the address of a `buffer` argument: " (Uint8Array of 12 bytes)". Empty for null and
// for values of other parameters.
std::string BufferNote(const JsType& type, v8::Local<v8::Value> value);

// "threw Error: message".
std::string ThrewText(v8::Isolate* isolate, v8::Local<v8::Value> exception);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_JAVASCRIPT_TRACE_H_
