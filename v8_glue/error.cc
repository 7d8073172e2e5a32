// error: the API's errors as JavaScript exceptions. See error.h.

#include "v8_glue/error.h"

#include <string>
#include <string_view>

#include "v8_glue/attempt.h"
#include "v8_glue/environment.h"

namespace springboard::glue {

namespace {

bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

v8::Local<v8::String> Message(v8::Isolate* isolate, std::string_view message) {
  return Text(isolate, Shortened(message, kMaxMessageBytes));
}

// Throws an instance of `error_class`, or a plain Error before api.js has set the class.
void ThrowInstance(Environment& environment, const v8::Global<v8::Function>& error_class,
                   std::string_view message) {
  v8::Isolate* isolate = environment.isolate();
  v8::HandleScope scope(isolate);
  if (error_class.IsEmpty()) return ThrowError(isolate, message);
  v8::Local<v8::Value> argument = Message(isolate, message);
  v8::Local<v8::Object> error;
  if (error_class.Get(isolate)->NewInstance(environment.context(), 1, &argument).ToLocal(&error)) {
    isolate->ThrowException(error);
  }
}

}  // namespace

std::string Shortened(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  size_t head = most / 2;
  size_t tail = text.size() - most / 2;
  while (head > 0 && !BeginsCharacter(text[head])) --head;
  while (tail < text.size() && !BeginsCharacter(text[tail])) ++tail;
  return std::string(text.substr(0, head)) + " [" + std::to_string(tail - head) +
         " bytes left out] " + std::string(text.substr(tail));
}

v8::Local<v8::String> Text(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()))
      .FromMaybe(v8::String::Empty(isolate));
}

void ThrowError(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::Error(Message(isolate, message)));
}

void ThrowTypeError(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::TypeError(Message(isolate, message)));
}

void ThrowRangeError(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::RangeError(Message(isolate, message)));
}

void ThrowStatus(v8::Isolate* isolate, const std::string& what, const Status& status) {
  const std::string message = what + ": " + status.message();
  if (status.refused()) return ThrowError(isolate, message);
  ThrowTypeError(isolate, message);
}

v8::Local<v8::Value> NewStackOverflow(v8::Isolate* isolate, const std::string& reason) {
  return v8::Exception::RangeError(Message(isolate, "Maximum call stack size exceeded: " + reason));
}

void ThrowIllegalCall(v8::Isolate* isolate) { ThrowTypeError(isolate, "Illegal invocation"); }

void ThrowBadResource(Environment& environment, std::string_view message) {
  ThrowInstance(environment, environment.bad_resource_class, message);
}

void ThrowNotCapable(Environment& environment, std::string_view path) {
  std::string message = "Requires ffi access";
  if (!path.empty()) message.append(" to \"").append(path).append("\"");
  message += ", run again with the --allow-ffi flag";
  ThrowInstance(environment, environment.not_capable_class, message);
}

bool RequirePointers(Environment& environment) {
  if (environment.policy().AllowsPointers()) return true;
  ThrowNotCapable(environment, {});
  return false;
}

std::string Describe(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value->IsNull()) return "null";
  if (value->IsArray()) return "an array";
  if (value->IsExternal()) return "a pointer";
  if (value->IsTypedArray()) return "a typed array";
  if (value->IsDataView()) return "a DataView";
  if (value->IsArrayBuffer()) return "an ArrayBuffer";
  if (value->IsSharedArrayBuffer()) return "a SharedArrayBuffer";
  v8::String::Utf8Value type(isolate, value->TypeOf(isolate));
  return std::string(*type, static_cast<size_t>(type.length()));
}

std::string ExceptionText(v8::Isolate* isolate, v8::Local<v8::Value> exception) {
  const Attempt attempt(isolate);
  v8::String::Utf8Value text(isolate, exception);
  return *text == nullptr ? "(an exception without text)" : *text;
}

std::string Utf8(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  const v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? std::string() : std::string(*text, static_cast<size_t>(text.length()));
}

v8::Local<v8::String> Name(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kInternalized,
                                 static_cast<int>(text.size()))
      .FromMaybe(v8::String::Empty(isolate));
}

}  // namespace springboard::glue
