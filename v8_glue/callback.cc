// callback: closure stubs' calls into JavaScript. See callback.h; the native functions of
// UnsafeCallback are in callback_binding.cc.

#include "v8_glue/callback.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>

#include "abi/convention.h"
#include "ffi_jit/code_cache.h"
#include "v8_glue/convert.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

// Parameters whose values stand on the native stack; more are put on the heap.
constexpr size_t kInlineParameters = 16;

// How reports call the callback: "UnsafeCallback compare(pointer,pointer)i32".
std::string DescriptionOf(v8::Isolate* isolate, const JsSignature& signature,
                          v8::Local<v8::Function> function) {
  std::string description = "UnsafeCallback ";
  v8::String::Utf8Value name(isolate, function->GetName());
  if (*name != nullptr) description.append(*name, static_cast<size_t>(name.length()));
  return description + signature.abi.Text();
}

size_t ResultBytes(const JsType& type) {
  if (type.kind == JsKind::kVoid) return 0;
  return type.kind == JsKind::kStruct || type.size > sizeof(uint64_t) ? type.size
                                                                      : sizeof(uint64_t);
}

bool ConvertsInContext(const JsSignature& signature) {
  const auto converts = [](const JsType& type) {
    const KindClass kind_class = TraitsOf(type.kind).kind_class;
    return kind_class == KindClass::kStruct || kind_class == KindClass::kSafeInteger;
  };
  return signature.strict || converts(signature.result) ||
         std::any_of(signature.parameters.begin(), signature.parameters.end(), converts);
}

}  // namespace

void HostLink::Report(const std::string& message) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (host_ != nullptr) {
    host_->Report(message);
  } else {
    std::fprintf(stderr, "springboard: %s\n", message.c_str());
  }
}

void HostLink::HostIsGone() {
  std::lock_guard<std::mutex> lock(mutex_);
  host_ = nullptr;
}

Closure::Closure(Environment& environment, std::shared_ptr<HostLink> link, JsSignature signature,
                 v8::Local<v8::Function> function)
    : link_(std::move(link)),
      thread_(std::this_thread::get_id()),
      signature_(std::move(signature)),
      description_(DescriptionOf(environment.isolate(), signature_, function)),
      converts_in_context_(ConvertsInContext(signature_)),
      environment_(&environment),
      context_(environment.isolate(), environment.context()),
      function_(environment.isolate(), function) {}

StatusOr<std::unique_ptr<Closure>> Closure::Make(Environment& environment,
                                                 std::shared_ptr<HostLink> link,
                                                 JsSignature signature,
                                                 v8::Local<v8::Function> function) {
  std::unique_ptr<Closure> closure(
      new Closure(environment, std::move(link), std::move(signature), function));
  StatusOr<jit::StubCode> stub = jit::CodeCache::Process().StampClosure(
      closure->signature_.abi, abi::HostConvention(), &Closure::Handle, closure.get());
  if (!stub.ok()) return stub.status();
  closure->stub_ = *std::move(stub);
  return closure;
}

void Closure::Close() {
  open_ = false;
  environment_ = nullptr;
}

void Closure::Release() {
  function_.Reset();
  context_.Reset();
}

void Closure::Handle(void* closure, const uint64_t* slots, void* result) {
  Closure* self = static_cast<Closure*>(closure);
  // A thread's id may be used again after it ended; by then the closure is closed.
  if (!self->open_) {
    self->ReportOnce(" was called after it was closed; the call returned zero");
  } else if (self->thread_ != std::this_thread::get_id()) {
    self->ReportOnce(" was called on a thread that is not its own; the call returned zero");
  } else {
    self->Run(slots, result);
  }
}

void Closure::Run(const uint64_t* slots, void* result) {
  // The function may close its own callback, but not free this: that waits for a host task.
  Environment& environment = *environment_;
  v8::Isolate* isolate = environment.isolate();
  v8::HandleScope handles(isolate);
  const Environment::DepthScope depth(&environment);
  v8::Local<v8::Value> outer;
  if (environment.block()->exception_pending != 0) outer = environment.TakePendingException();
  bool terminated = false;
  {
    v8::TryCatch catcher(isolate);
    const bool done = CallFunction(slots, result);
    environment.StorePendingException(outer);
    if (!done) {
      // A failed conversion may have begun to write.
      std::memset(result, 0, ResultBytes(signature_.result));
      terminated = catcher.HasTerminated();
      if (!terminated) HandleException(environment, catcher);
    }
  }
  // The termination ends at the native frames; asking again makes the JavaScript behind them stop.
  if (terminated) isolate->TerminateExecution();
}

bool Closure::CallFunction(const uint64_t* slots, void* result) {
  const size_t count = signature_.parameters.size();
  if (count > kInlineParameters) {
    v8::LocalVector<v8::Value> arguments(environment_->isolate(), count);
    return CallWith(arguments.data(), slots, result);
  }
  // Not cleared before it is filled: that would take longer than most conversions.
  union Arguments {
    Arguments() {}
    std::array<v8::Local<v8::Value>, kInlineParameters> values;
  } arguments;
  return CallWith(arguments.values.data(), slots, result);
}

bool Closure::CallWith(v8::Local<v8::Value>* arguments, const uint64_t* slots, void* result) {
  Environment& environment = *environment_;
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = BorrowedLocal(context_);
  std::optional<v8::Context::Scope> entered;
  if (converts_in_context_) entered.emplace(context);
  const size_t count = signature_.parameters.size();
  for (size_t i = 0; i < count; ++i) {
    const JsType& type = signature_.parameters[i];
    const void* native = type.kind == JsKind::kStruct ? reinterpret_cast<const void*>(slots[i])
                                                      : static_cast<const void*>(&slots[i]);
    if (!ToJs(environment, type, native, {description_, static_cast<int>(i)})
             .ToLocal(&arguments[i])) {
      return false;
    }
  }
  // Neither enters the context, which Call() does, nor keeps microtasks from running: whether they
  // run after the outermost call is the embedder's policy, and this is never the outermost one.
  v8::Local<v8::Value> returned;
  if (!BorrowedLocal(function_)
           ->Call(context, v8::Undefined(isolate), static_cast<int>(count), arguments)
           .ToLocal(&returned)) {
    return false;
  }
  return signature_.result.kind == JsKind::kVoid ||
         ResultFromJs(environment, signature_.result, signature_.strict, returned, result,
                      {description_, ConversionSite::kResult});
}

void Closure::HandleException(Environment& environment, const v8::TryCatch& catcher) {
  // JavaScript that is being terminated is not even begun, and nothing is thrown.
  if (!catcher.HasCaught()) return;
  v8::Isolate* isolate = environment.isolate();
  const v8::Context::Scope entered(environment.context());
  const v8::Local<v8::Value> exception = catcher.Exception();
  // A native call that JavaScript made takes the exception when it returns. Without JavaScript on
  // the stack the event loop called the native code, and nobody would.
  if (v8::StackTrace::CurrentStackTrace(isolate, 1)->GetFrameCount() > 0) {
    environment.StorePendingException(exception);
    return;
  }
  link_->Report(description_ +
                " threw where no JavaScript waits for it: " + ExceptionText(isolate, exception));
}

void Closure::ReportOnce(const std::string& what) {
  if (!reported_.exchange(true)) link_->Report(description_ + what);
}

void RetiredClosures::Keep(std::unique_ptr<Closure> closure) {
  // Never destroyed: native code may call after static destructors have run.
  static std::mutex& mutex = *new std::mutex;
  static auto& closures = *new std::deque<std::unique_ptr<Closure>>;
  std::unique_ptr<Closure> oldest;  // freed without the lock
  std::lock_guard<std::mutex> lock(mutex);
  if (closures.size() == kMaxRetired) {
    oldest = std::move(closures.front());
    closures.pop_front();
  }
  closures.push_back(std::move(closure));
}

}  // namespace springboard::glue
