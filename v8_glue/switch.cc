// switch: see switch.h.

#include "v8_glue/switch.h"

#include "v8_glue/error.h"

namespace springboard::glue {

v8::Local<v8::Object> NewSwitch(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Object> object = v8::Object::New(isolate);
  // Hidden classes belong to a prototype: one of its own gives the object a class of its own. These
  // operations on fresh ordinary objects cannot fail.
  object->SetPrototypeV2(context, v8::Object::New(isolate)).Check();
  object->CreateDataProperty(context, Name(isolate, "direct"), v8::True(isolate)).Check();
  return scope.Escape(object);
}

void ClearSwitch(v8::Local<v8::Context> context, v8::Local<v8::Object> object) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  object->Set(context, Name(isolate, "direct"), v8::False(isolate)).Check();
}

}  // namespace springboard::glue
