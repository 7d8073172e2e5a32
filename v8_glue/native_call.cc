// native_call: see native_call.h.

#include "v8_glue/native_call.h"

#include "v8_glue/environment.h"
#include "v8_glue/error.h"

namespace springboard::glue {

v8::Local<v8::Value> CxxError(Environment& environment, const std::string& name,
                              const CxxException& exception) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  const auto error =
      v8::Exception::Error(Text(isolate, name + " threw " + exception.Text())).As<v8::Object>();
  const auto set = [&](const char* property, v8::Local<v8::Value> value) {
    // It runs no JavaScript, and fails only when the isolate is being terminated.
    static_cast<void>(
        error->CreateDataProperty(context, Name(isolate, property), value).IsNothing());
  };
  const v8::Local<v8::Value> none = v8::Null(isolate);
  set("cxxType", exception.type.empty() ? none : Text(isolate, exception.type));
  set("what", exception.what ? Text(isolate, *exception.what) : none);
  return error;
}

}  // namespace springboard::glue
