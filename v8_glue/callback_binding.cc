// callback_binding: the native functions behind UnsafeCallback. See binding.h.
//
// Isolate thread only. The environment owns every Callback until it is closed.

#include <memory>
#include <optional>
#include <utility>

#include "v8_glue/binding.h"
#include "v8_glue/callback.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/form_hooks.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// An UnsafeCallback's native part. Destroyed with no frame of its stub on the stack. When the
// object is collected without close() it stays: native code may go on calling it.
class Callback : public Owned {
 public:
  Callback(Environment& environment, std::unique_ptr<Closure> closure)
      : environment_(environment), closure_(std::move(closure)) {}
  ~Callback() override {
    closure_->Close();
    closure_->Release();
    RetiredClosures::Keep(std::move(closure_));
  }

  Closure& closure() { return *closure_; }

  // `handle` is reachable from the object alone. Called once.
  void Watch(v8::Local<v8::Object> handle) {
    handle_.Reset(environment_.isolate(), handle);
    handle_.SetWeak(
        this,
        [](const v8::WeakCallbackInfo<Callback>& info) {
          Callback& callback = *info.GetParameter();
          callback.handle_.Reset();
          callback.environment_.ReportDropped(
              Environment::Dropped::kCallback,
              callback.closure_->description() +
                  " was collected without close(): because native code may call it, its code and "
                  "its function stay as long as the environment. Keep the object, and close() it "
                  "when native code has no more use for it");
        },
        v8::WeakCallbackType::kParameter);
  }
  // Nobody can drop it any more.
  void StopWatching() { handle_.Reset(); }

  // While there is an `object`, it stays and the event loop goes on.
  void Hold(v8::Local<v8::Value> object) {
    if (held_.IsEmpty()) environment_.HoldLoop();
    held_.Reset(environment_.isolate(), object);
  }
  void LetGo() {
    if (held_.IsEmpty()) return;
    held_.Reset();
    environment_.ReleaseLoop();
  }

 private:
  Environment& environment_;
  std::unique_ptr<Closure> closure_;
  v8::Global<v8::Object> handle_;
  v8::Global<v8::Value> held_;
};

// callbackCreate(definition, function) -> { handle, pointer }
void Create(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  if (!RequirePointers(environment)) return;
  if (!info[1]->IsFunction()) return ThrowTypeError(isolate, "expected Function");
  v8::Local<v8::Object> forms;
  std::optional<JsSignature> signature =
      ParseJsSignature(environment, info[0], {}, environment.default_rules(), &forms);
  if (!signature.has_value()) return;
  if (signature->keeps_errno) {
    return ThrowTypeError(isolate,
                          "Cannot construct UnsafeCallback: only native functions have errno");
  }
  auto function = info[1].As<v8::Function>();
  if (!forms.IsEmpty() && !environment.forms().WrapCallback(function, forms).ToLocal(&function)) {
    return;
  }
  StatusOr<std::unique_ptr<Closure>> closure =
      Closure::Make(environment, *std::move(signature), function);
  if (!closure.ok()) {
    return ThrowStatus(isolate, "Cannot construct UnsafeCallback", closure.status());
  }
  auto callback = std::make_unique<Callback>(environment, *std::move(closure));
  v8::Local<v8::Object> handle;
  if (!environment.NewHandle(callback.get()).ToLocal(&handle)) return;

  callback->Watch(handle);
  environment.CallbackMade();
  v8::Local<v8::Name> names[] = {Name(isolate, "handle"), Name(isolate, "pointer")};
  v8::Local<v8::Value> values[] = {handle, PointerToJs(isolate, callback->closure().entry())};
  environment.Adopt(std::move(callback));
  info.GetReturnValue().Set(v8::Object::New(isolate, v8::Null(isolate), names, values, 2));
}

// callbackHold(handle, object), or undefined to let go; api.js passes no handle that is closed.
void Hold(const Info& info) {
  Callback* callback = static_cast<Callback*>(HandlePointer(info[0].As<v8::Object>()));
  if (info[1]->IsUndefined()) {
    callback->LetGo();
  } else {
    callback->Hold(info[1]);
  }
}

// callbackClose(handle); api.js closes a handle once.
void Close(const Info& info) {
  v8::Local<v8::Object> handle = info[0].As<v8::Object>();
  Callback* callback = static_cast<Callback*>(HandlePointer(handle));
  SetHandlePointer(handle, nullptr);
  callback->StopWatching();
  callback->LetGo();
  callback->closure().Close();
  EnvironmentOf(info)->Retire(callback);
}

}  // namespace

void AddCallbackFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "callbackCreate", Create);
  AddFunction(environment, binding, "callbackHold", Hold);
  AddFunction(environment, binding, "callbackClose", Close);
}

}  // namespace springboard::glue
