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
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// An UnsafeCallback's native part. Destroyed with no frame of its stub on the stack.
class Callback : public Owned {
 public:
  explicit Callback(std::unique_ptr<Closure> closure) : closure_(std::move(closure)) {}
  ~Callback() override {
    closure_->Close();
    closure_->Release();
    RetiredClosures::Keep(std::move(closure_));
  }

  Closure& closure() { return *closure_; }

  bool held = false;  // counted by Environment::HoldLoop()

 private:
  std::unique_ptr<Closure> closure_;
};

// callbackCreate(definition, function) -> { handle, pointer }
void Create(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  if (!RequirePointers(environment)) return;
  if (!info[1]->IsFunction()) return ThrowTypeError(isolate, "expected Function");
  std::optional<JsSignature> signature = ParseJsSignature(environment, info[0]);
  if (!signature.has_value()) return;
  StatusOr<std::unique_ptr<Closure>> closure =
      Closure::Make(environment, *std::move(signature), info[1].As<v8::Function>());
  if (!closure.ok()) {
    return ThrowTypeError(isolate,
                          "Cannot construct UnsafeCallback: " + closure.status().message());
  }
  auto callback = std::make_unique<Callback>(*std::move(closure));
  v8::Local<v8::Object> handle;
  if (!environment.NewHandle(callback.get()).ToLocal(&handle)) return;

  environment.CallbackMade();
  v8::Local<v8::Name> names[] = {Name(isolate, "handle"), Name(isolate, "pointer")};
  v8::Local<v8::Value> values[] = {handle, PointerToJs(isolate, callback->closure().entry())};
  environment.Adopt(std::move(callback));
  info.GetReturnValue().Set(v8::Object::New(isolate, v8::Null(isolate), names, values, 2));
}

void SetHeld(Environment& environment, Callback& callback, bool held) {
  if (callback.held == held) return;
  callback.held = held;
  if (held) {
    environment.HoldLoop();
  } else {
    environment.ReleaseLoop();
  }
}

// callbackHold(handle, held); api.js passes no handle that is closed.
void Hold(const Info& info) {
  Callback* callback = static_cast<Callback*>(HandlePointer(info[0].As<v8::Object>()));
  SetHeld(*EnvironmentOf(info), *callback, info[1]->IsTrue());
}

// callbackClose(handle); api.js closes a handle once.
void Close(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Local<v8::Object> handle = info[0].As<v8::Object>();
  Callback* callback = static_cast<Callback*>(HandlePointer(handle));
  SetHandlePointer(handle, nullptr);
  SetHeld(environment, *callback, false);
  callback->closure().Close();
  environment.Retire(callback);
}

}  // namespace

void AddCallbackFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "callbackCreate", Create);
  AddFunction(environment, binding, "callbackHold", Hold);
  AddFunction(environment, binding, "callbackClose", Close);
}

}  // namespace springboard::glue
