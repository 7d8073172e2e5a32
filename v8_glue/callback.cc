// callback: closure stubs' calls into JavaScript. See callback.h; the native functions of
// UnsafeCallback are in callback_binding.cc.

#include "v8_glue/callback.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include "abi/convention.h"
#include "ffi_jit/code_cache.h"
#include "v8_glue/attempt.h"
#include "v8_glue/error.h"
#include "v8_glue/javascript_trace.h"
#include "v8_glue/trace.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

// Of a description: each callback keeps one, and those of the largest signatures have a megabyte.
constexpr size_t kMaxDescriptionBytes = 1024;

std::string NameOf(v8::Isolate* isolate, v8::Local<v8::Function> function) {
  std::string name = "UnsafeCallback ";
  v8::String::Utf8Value own(isolate, function->GetName());
  if (*own != nullptr) name.append(*own, static_cast<size_t>(own.length()));
  return Shortened(name, kMaxDescriptionBytes);
}

size_t ResultBytes(const JsType& type) {
  if (type.kind == JsKind::kVoid) return 0;
  return type.kind == JsKind::kStruct || type.size > sizeof(uint64_t) ? type.size
                                                                      : sizeof(uint64_t);
}

// A traced callback's lines.
struct CallbackTrace {
  CallbackTrace(std::string_view name, const JsSignature& signature, const uint64_t* slots)
      : text(name, signature, slots), call(TracedCall::Direction::kToJavaScript, text) {}

  const TraceText text;
  TracedCall call;
};

bool ConvertsInContext(const JsSignature& signature) {
  const auto converts = [](const JsType& type) {
    const KindClass kind_class = TraitsOf(type.kind).kind_class;
    return kind_class >= KindClass::kStruct || kind_class == KindClass::kSafeInteger;
  };
  return signature.strict || converts(signature.result) ||
         std::any_of(signature.parameters.begin(), signature.parameters.end(), converts);
}

}  // namespace

Closure::Closure(Environment& environment, JsSignature signature, v8::Local<v8::Function> function)
    : foreign_calls_(environment.foreign_calls()),
      thread_(std::this_thread::get_id()),
      signature_(std::move(signature)),
      name_(NameOf(environment.isolate(), function)),
      description_(Shortened(name_ + signature_.abi.Text(), kMaxDescriptionBytes)),
      converts_in_context_(ConvertsInContext(signature_)),
      result_from_js_(ResultFromJs(signature_.result.kind, signature_.strict)),
      environment_(&environment),
      function_(environment.isolate(), function) {}

StatusOr<std::unique_ptr<Closure>> Closure::Make(Environment& environment, JsSignature signature,
                                                 v8::Local<v8::Function> function) {
  std::unique_ptr<Closure> closure(new Closure(environment, std::move(signature), function));
  StatusOr<jit::StubCode> stub = jit::CodeCache::Process().StampClosure(
      closure->signature_.abi, *closure->signature_.convention, &Closure::Handle, closure.get());
  if (!stub.ok()) return stub.status();
  closure->stub_ = *std::move(stub);
  return closure;
}

void Closure::Close() {
  const bool was_open = open_.exchange(false);
  environment_ = nullptr;
  if (was_open) foreign_calls_->Refuse(*this);
}

void Closure::Pause() {
  open_ = false;
  foreign_calls_->Refuse(*this);
  if (running_ == 0) function_.Reset();
}

void Closure::Resume(v8::Local<v8::Function> function) {
  // Not while a call may read it.
  if (function_.IsEmpty()) function_.Reset(environment_->isolate(), function);
  open_ = true;
}

void Closure::Release() { function_.Reset(); }

void Closure::Handle(void* closure, const uint64_t* slots, void* result) {
  Closure* self = static_cast<Closure*>(closure);
  if (self->thread_ != std::this_thread::get_id()) return self->HandleForeign(slots, result);
  // A thread's id may be used again after it ended; by then the closure is closed.
  if (!self->open_) return self->ReportRefusal();
  Environment& environment = *self->environment_;
  if (!environment.stack_room().ForJavaScript()) {
    return environment.StorePendingOverflow(self->description_);
  }
  self->Enter(slots, result, Caller::kNativeCall);
}

void Closure::HandleForeign(const uint64_t* slots, void* result) {
  ++foreign_callers_;
  if (!foreign_calls_->Run(*this, slots, result)) ReportRefusal();
  --foreign_callers_;
}

void Closure::RunForeign(const uint64_t* slots, void* result) {
  v8::Isolate* isolate = environment_->isolate();
  const v8::HandleScope handles(isolate);
  const v8::Local<v8::Context> context = environment_->context();
  const v8::Context::Scope entered(context);
  Enter(slots, result, Caller::kForeignThread);
  // A termination ends the microtasks, and the next caller's function must not begin.
  const Attempt attempt(isolate);
  context->GetMicrotaskQueue()->PerformCheckpoint(isolate);
}

std::optional<std::string> Closure::Refusal() {
  if (refusal_reported_.exchange(true)) return std::nullopt;
  const char* when = foreign_calls_->ended() ? "its environment had ended" : "it was closed";
  return description_ + " was called after " + when + "; the call returned zero";
}

void Closure::ReportRefusal() {
  if (const std::optional<std::string> text = Refusal()) foreign_calls_->Report(*text);
}

void Closure::Enter(const uint64_t* slots, void* result, Caller caller) {
  if (environment_->HasPendingException()) return RunAside(slots, result, caller);
  Run(slots, result, caller);
}

// Inlined into its one caller by hand: this runs for every call from native code.
[[gnu::always_inline]] inline bool Closure::CallFunction(Environment& environment,
                                                         const uint64_t* slots, void* result) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  std::optional<v8::Context::Scope> entered;
  if (converts_in_context_) entered.emplace(context);
  ConversionSite site = {description_, 0};
  // Not cleared before they are filled: that would take longer than the call.
  union Arguments {
    Arguments() {}
    std::array<v8::Local<v8::Value>, abi::kMaxParameters> values;
  } arguments;
  for (const JsType& type : signature_.parameters) {
    const uint64_t* slot = &slots[site.index];
    const void* native = type.behind_slot ? reinterpret_cast<const void*>(*slot) : slot;
    if (!ToJs(environment, type, native, site)
             .ToLocal(&arguments.values[static_cast<size_t>(site.index)])) {
      return false;
    }
    ++site.index;
  }
  // Call() enters the context itself. Microtasks are the embedder's policy: a scope that does not
  // run them would change nothing.
  v8::Local<v8::Value> returned;
  if (!BorrowedLocal(function_)
           ->Call(context, v8::Undefined(isolate), site.index, arguments.values.data())
           .ToLocal(&returned)) {
    return false;
  }
  site.index = ConversionSite::kResult;
  return result_from_js_(environment, signature_.result, returned, result, site);
}

void Closure::RunAside(const uint64_t* slots, void* result, Caller caller) {
  Environment& environment = *environment_;
  const v8::HandleScope handles(environment.isolate());
  const v8::Context::Scope entered(environment.context());
  const v8::Local<v8::Value> first = environment.TakePendingException();
  Run(slots, result, caller);
  const v8::Local<v8::Value> second = environment.TakePendingException();
  environment.StorePendingException(first);
  environment.StorePendingException(second);
}

void Closure::Run(const uint64_t* slots, void* result, Caller caller) {
  // The function may close its own callback, but not free this: that waits for a host task.
  Environment& environment = *environment_;
  v8::Isolate* isolate = environment.isolate();
  // A call would make V8 14 forget the termination.
  if (isolate->IsExecutionTerminating()) return;
  const v8::HandleScope handles(isolate);
  const Environment::DepthScope depth(&environment);
  environment.HoldListedBuffers();
  ++running_;
  bool terminated = false;
  // Not on this frame, which calls that are not traced have, too.
  std::unique_ptr<CallbackTrace> trace;
  if (signature_.trace) trace = std::make_unique<CallbackTrace>(name_, signature_, slots);
  {
    const v8::TryCatch catcher(isolate);
    if (CallFunction(environment, slots, result)) {
      if (trace) trace->call.Returned(result);
    } else {
      // A failed conversion may have begun to write.
      if (result != nullptr) std::memset(result, 0, ResultBytes(signature_.result));
      terminated = catcher.HasTerminated();
      if (trace && !terminated) trace->call.Threw(ThrewText(isolate, catcher.Exception()));
      if (!terminated && catcher.HasCaught()) {
        HandleException(environment, catcher.Exception(), caller);
      }
    }
  }
  // A closed one's goes later: see Release().
  if (--running_ == 0 && !open_ && environment_ != nullptr) function_.Reset();
  // The termination ends at the native frames; asking again makes the JavaScript behind them stop.
  if (terminated) isolate->TerminateExecution();
}

void Closure::HandleException(Environment& environment, v8::Local<v8::Value> exception,
                              Caller caller) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Context::Scope entered(environment.context());
  // A native call that JavaScript made takes the exception when it returns. Without JavaScript on
  // the stack the event loop called the native code, and nobody would.
  if (caller == Caller::kNativeCall &&
      v8::StackTrace::CurrentStackTrace(isolate, 1)->GetFrameCount() > 0) {
    environment.StorePendingException(exception);
    return;
  }
  foreign_calls_->Report(description_ + " threw where no JavaScript waits for it: " +
                         ExceptionText(isolate, exception));
}

void RetiredClosures::Keep(std::unique_ptr<Closure> closure) {
  // Never destroyed: native code may call after static destructors have run.
  static std::mutex& mutex = *new std::mutex;
  static auto& closures = *new std::deque<std::unique_ptr<Closure>>;
  std::unique_ptr<Closure> oldest;  // freed without the lock
  std::lock_guard<std::mutex> lock(mutex);
  if (closures.size() >= kMaxRetired) {
    oldest = std::move(closures.front());
    closures.pop_front();
    // Its stub may be left at any moment, but not be freed at the same moment: its turn comes
    // again.
    if (oldest->HasForeignCallers()) closures.push_back(std::move(oldest));
  }
  closures.push_back(std::move(closure));
}

}  // namespace springboard::glue
