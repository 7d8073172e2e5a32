// error: throwing the API's errors into JavaScript. Messages of more than kMaxMessageBytes lose
// their middle. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_ERROR_H_
#define SPRINGBOARD_V8_GLUE_ERROR_H_

#include <v8.h>

#include <string>
#include <string_view>

#include "abi/status.h"

namespace springboard::glue {

class Environment;

// Messages quote what a program gave, which may be longer than any V8 string, and name all of
// 100,000 missing symbols. Nobody reads more than a few pages.
inline constexpr size_t kMaxMessageBytes = 16384;

void ThrowError(v8::Isolate* isolate, std::string_view message);
void ThrowTypeError(v8::Isolate* isolate, std::string_view message);
void ThrowRangeError(v8::Isolate* isolate, std::string_view message);
// "WHAT: the status's message": a TypeError for what the definition asks, a plain Error for what
// the system refused. REQUIRES: !status.ok().
void ThrowStatus(v8::Isolate* isolate, const std::string& what, const Status& status);
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

// UTF-8 text of more than about `most` bytes without its middle: messages begin with what is wrong
// and end with where.
std::string Shortened(std::string_view text, size_t most);

// What `value` is, for messages: "null", "undefined", "number", "an array", ...
std::string Describe(v8::Isolate* isolate, v8::Local<v8::Value> value);

// What was thrown, for reports. May run the exception's toString; what that throws is dropped.
std::string ExceptionText(v8::Isolate* isolate, v8::Local<v8::Value> exception);

// A string's UTF-8, or what another value is as a string; "" if that throws, with the exception
// pending.
std::string Utf8(v8::Isolate* isolate, v8::Local<v8::Value> value);

// A V8 string from UTF-8; what is not UTF-8 becomes U+FFFD.
v8::Local<v8::String> Text(v8::Isolate* isolate, std::string_view text);

// A V8 string from UTF-8; internalized, for property names.
v8::Local<v8::String> Name(v8::Isolate* isolate, std::string_view text);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_ERROR_H_
