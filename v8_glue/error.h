// error: throwing the API's errors into JavaScript. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_ERROR_H_
#define SPRINGBOARD_V8_GLUE_ERROR_H_

#include <v8.h>

#include <string>
#include <string_view>

namespace springboard::glue {

class Environment;

void ThrowError(v8::Isolate* isolate, std::string_view message);
void ThrowTypeError(v8::Isolate* isolate, std::string_view message);
void ThrowRangeError(v8::Isolate* isolate, std::string_view message);
// V8's own RangeError for a stack that is full, with the reason behind its message.
v8::Local<v8::Value> NewStackOverflow(v8::Isolate* isolate, const std::string& reason);
// A function of ours was called by somebody who should not have it, without what it works on.
void ThrowIllegalCall(v8::Isolate* isolate);
// Deno.errors.BadResource: a closed library or callback was used.
void ThrowBadResource(Environment& environment, std::string_view message);
// Deno.errors.NotCapable: `Requires ffi access[ to "PATH"], run again with the --allow-ffi flag`.
void ThrowNotCapable(Environment& environment, std::string_view path);

// Asks the policy about raw pointers; throws NotCapable and returns false when it refuses.
bool RequirePointers(Environment& environment);

// What `value` is, for messages: "null", "undefined", "number", "an array", ...
std::string Describe(v8::Isolate* isolate, v8::Local<v8::Value> value);

// What was thrown, for reports. May run the exception's toString; what that throws is dropped.
std::string ExceptionText(v8::Isolate* isolate, v8::Local<v8::Value> exception);

// A V8 string from UTF-8; internalized, for property names.
v8::Local<v8::String> Name(v8::Isolate* isolate, std::string_view text);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_ERROR_H_
