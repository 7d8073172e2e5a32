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

namespace {

// The names say which form of what they stand for this is.
v8::Local<v8::Private> SwitchName(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, Name(isolate, "springboard.callbacks.1"));
}
v8::Local<v8::Private> ClearedName(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, Name(isolate, "springboard.callbacks.cleared.1"));
}

}  // namespace

CallbackSwitch::CallbackSwitch(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::HandleScope scope(isolate);
  const v8::Local<v8::Object> global = context->Global();
  v8::Local<v8::Value> found;
  v8::Local<v8::Value> cleared;
  if (!global->GetPrivate(context, SwitchName(isolate)).ToLocal(&found) || !found->IsObject() ||
      !found.As<v8::Object>()->GetPrivate(context, ClearedName(isolate)).ToLocal(&cleared) ||
      !cleared->IsArrayBuffer()) {
    // No script reaches private names. Should V8 refuse one, this environment has a switch of its
    // own.
    const v8::Local<v8::Object> made = NewSwitch(context);
    found = made;
    cleared = v8::ArrayBuffer::New(isolate, 1);
    static_cast<void>(made->SetPrivate(context, ClearedName(isolate), cleared).FromMaybe(false) &&
                      global->SetPrivate(context, SwitchName(isolate), made).FromMaybe(false));
  }
  object_.Reset(isolate, found.As<v8::Object>());
  cleared_ = cleared.As<v8::ArrayBuffer>()->GetBackingStore();
}

void CallbackSwitch::Clear(v8::Local<v8::Context> context) {
  if (cleared()) return;
  *static_cast<uint8_t*>(cleared_->Data()) = 1;
  ClearSwitch(context, object());
}

}  // namespace springboard::glue
