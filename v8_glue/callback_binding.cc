// callback_binding: the native functions behind UnsafeCallback and { callback: ... }. See
// binding.h.
//
// Isolate thread only. The environment owns every Callback until it is closed.

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "v8_glue/binding.h"
#include "v8_glue/callback.h"
#include "v8_glue/convert.h"
#include "v8_glue/definition_site.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/form_hooks.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// The native part of an UnsafeCallback, or of a function that calls have been given. Destroyed with
// no frame of its stub on the stack. When an UnsafeCallback is collected without close() this
// stays: native code may go on calling it. A function's goes: it is not collected before it is
// paused.
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

  // `handle` is reachable from the function alone, once paused. Called once.
  void FreeWith(v8::Local<v8::Object> handle) {
    handle_.Reset(environment_.isolate(), handle);
    handle_.SetWeak(
        this,
        [](const v8::WeakCallbackInfo<Callback>& info) {
          info.GetParameter()->handle_.Reset();
          // Not left to a host task: a program that makes a function for each of a million calls
          // lets none run.
          Environment::Free(info.GetParameter());
        },
        v8::WeakCallbackType::kParameter);
  }

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

Callback* CallbackOf(v8::Local<v8::Value> handle) {
  return static_cast<Callback*>(HandlePointer(handle.As<v8::Object>()));
}

// Throws and returns false if no callback can have `signature`, which is defined at `site`.
bool CheckSignature(v8::Isolate* isolate, const JsSignature& signature, std::string_view site) {
  std::string message;
  if (IsString(signature.result.kind)) {
    message = "unsupported type '" + std::string(TraitsOf(signature.result.kind).name) +
              "' of a callback's result: nobody would own the memory; return a pointer";
  } else if (signature.abi.variadic_from) {
    message = "Cannot construct UnsafeCallback: it cannot be variadic";
  } else if (signature.keeps_errno) {
    message = "Cannot construct UnsafeCallback: only native functions have errno";
  } else {
    return true;
  }
  ThrowTypeError(isolate, DefinitionSite{site}.At(message));
  return false;
}

// { handle, pointer, target }, the last being the function that the stub calls. Empty with an
// exception pending.
v8::MaybeLocal<v8::Object> Make(Environment& environment, v8::Local<v8::Value> definition,
                                v8::Local<v8::Function> function, bool for_calls) {
  v8::Isolate* isolate = environment.isolate();
  v8::Local<v8::Object> forms;
  std::optional<JsSignature> signature =
      ParseJsSignature(environment, definition, {}, environment.default_rules(), &forms);
  if (!signature.has_value()) return {};
  if (!CheckSignature(isolate, *signature, {})) return {};
  if (!forms.IsEmpty() && !environment.forms()
                               .WrapCallback(function, forms, "symbol 'UnsafeCallback'")
                               .ToLocal(&function)) {
    return {};
  }
  StatusOr<std::unique_ptr<Closure>> closure =
      Closure::Make(environment, *std::move(signature), function);
  if (!closure.ok()) {
    ThrowStatus(isolate, "Cannot construct UnsafeCallback", closure.status());
    return {};
  }
  auto callback = std::make_unique<Callback>(environment, *std::move(closure));
  v8::Local<v8::Object> handle;
  if (!environment.NewHandle(callback.get()).ToLocal(&handle)) return {};

  if (for_calls) {
    callback->FreeWith(handle);
  } else {
    callback->Watch(handle);
  }
  environment.CallbackMade();
  v8::Local<v8::Name> names[] = {Name(isolate, "handle"), Name(isolate, "pointer"),
                                 Name(isolate, "target")};
  v8::Local<v8::Value> values[] = {handle, PointerToJs(isolate, callback->closure().entry()),
                                   function};
  environment.Adopt(std::move(callback));
  return v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
}

// callbackCreate(definition, function, forCalls: boolean) -> { handle, pointer, target }
void Create(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  if (!info[1]->IsFunction()) return ThrowTypeError(environment.isolate(), "expected Function");
  v8::Local<v8::Object> made;
  if (Make(environment, info[0], info[1].As<v8::Function>(), info[2]->IsTrue()).ToLocal(&made)) {
    info.GetReturnValue().Set(made);
  }
}

// callbackCheck(definition, site: string, function): throws what callbackCreate would, naming the
// place of the definition.
void Check(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  const std::string site = Utf8(environment.isolate(), info[1]);
  v8::Local<v8::Object> forms;
  const std::optional<JsSignature> signature =
      ParseJsSignature(environment, info[0], site, environment.default_rules(), &forms);
  if (!signature.has_value() || !CheckSignature(environment.isolate(), *signature, site) ||
      forms.IsEmpty()) {
    return;
  }
  static_cast<void>(
      environment.forms().WrapCallback(info[2].As<v8::Function>(), forms, site).IsEmpty());
}

// callbackPause(handle); callback_form.js passes one that is open.
void Pause(const Info& info) { CallbackOf(info[0])->closure().Pause(); }

// callbackResume(handle, target); callback_form.js passes one that is paused.
void Resume(const Info& info) { CallbackOf(info[0])->closure().Resume(info[1].As<v8::Function>()); }

// callbackHold(handle, object), or undefined to let go; api.js passes no handle that is closed.
void Hold(const Info& info) {
  Callback* callback = CallbackOf(info[0]);
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
  AddFunction(environment, binding, "callbackCheck", Check);
  AddFunction(environment, binding, "callbackPause", Pause);
  AddFunction(environment, binding, "callbackResume", Resume);
  AddFunction(environment, binding, "callbackHold", Hold);
  AddFunction(environment, binding, "callbackClose", Close);
}

}  // namespace springboard::glue
