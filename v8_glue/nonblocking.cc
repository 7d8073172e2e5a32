// nonblocking: see nonblocking.h. Symbol's functions for it are here, too.

#include "v8_glue/nonblocking.h"

#include <algorithm>
#include <mutex>
#include <string>

#include "v8_glue/conversion_error.h"
#include "v8_glue/convert.h"
#include "v8_glue/crash_report.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/symbol.h"

namespace springboard::glue {

namespace {

// `outcome`: see OutcomeKey(); may be null.
void RejectCaught(v8::Local<v8::Context> context, v8::TryCatch& catcher,
                  v8::Local<v8::Promise::Resolver> resolver, const char* outcome) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::Local<v8::Value> exception = catcher.Exception();
  catcher.Reset();
  if (outcome != nullptr && exception->IsObject()) {
    static_cast<void>(exception.As<v8::Object>()
                          ->SetPrivate(context, OutcomeKey(isolate), Name(isolate, outcome))
                          .IsNothing());
  }
  // Nothing comes of it only when the isolate is being terminated.
  static_cast<void>(resolver->Reject(context, exception).IsNothing());
}

void RunTraced(PoolCall& call) {
  std::optional<TracedCall> traced;
  if (call.trace) traced.emplace(TracedCall::Direction::kToNative, *call.trace);
  call.thrown = CallNative(call.rules, call.stub, call.target, call.memory.slots(),
                           call.memory.result(), &call.error);
  if (traced && call.thrown) {
    traced->Threw("threw " + call.thrown->Text());
  } else if (traced) {
    traced->Returned(call.memory.result());
  }
}

// { result, errno }
v8::Local<v8::Value> WithErrno(v8::Local<v8::Context> context, v8::Local<v8::Value> result,
                               int32_t error) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::Local<v8::Object> object = v8::Object::New(isolate);
  object->CreateDataProperty(context, Name(isolate, "result"), result).Check();
  object->CreateDataProperty(context, Name(isolate, "errno"), v8::Integer::New(isolate, error))
      .Check();
  return object;
}

}  // namespace

v8::Local<v8::Private> OutcomeKey(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, Name(isolate, "springboard.outcome"));
}

// How pool threads reach the environment.
struct PoolCalls::Link {
  std::mutex mutex;  // guards what follows
  PoolCalls* calls;  // null once the environment is gone
  std::vector<std::unique_ptr<PoolCall>> done;
};

PoolCalls::PoolCalls(Environment& environment, size_t max_in_pool)
    : environment_(environment),
      max_in_pool_(std::max<size_t>(max_in_pool, 1)),
      link_(std::make_shared<Link>()) {
  link_->calls = this;
}

PoolCalls::~PoolCalls() {
  std::vector<std::unique_ptr<PoolCall>> done;  // freed without the lock
  const std::lock_guard<std::mutex> lock(link_->mutex);
  link_->calls = nullptr;
  done.swap(link_->done);
}

void PoolCalls::Start(std::unique_ptr<PoolCall> call, Promise promise) {
  environment_.HoldLoop();
  promises_.emplace(call.get(), std::move(promise));
  waiting_.push_back(std::move(call));
  HandOver();
}

void PoolCalls::HandOver() {
  while (in_pool_ < max_in_pool_ && !waiting_.empty()) {
    // The function must be copyable; the call is not.
    const auto call = std::make_shared<std::unique_ptr<PoolCall>>(std::move(waiting_.front()));
    const PoolCall* identity = call->get();
    waiting_.pop_front();
    ++in_pool_;
    if (environment_.host().RunOnPool([link = link_, call] { Run(link, *call); })) continue;
    --in_pool_;
    RejectRefused(identity);
  }
}

void PoolCalls::Run(const std::shared_ptr<Link>& link, std::unique_ptr<PoolCall>& call) {
  {
    const std::lock_guard<std::mutex> lock(link->mutex);
    if (link->calls == nullptr) return;
  }
  CrashReport::PrepareThread();
  RunTraced(*call);
  // The environment, and with it the host, stays as long as the lock is held.
  const std::lock_guard<std::mutex> lock(link->mutex);
  if (link->calls == nullptr) return;
  link->done.push_back(std::move(call));
  if (link->done.size() > 1) return;
  link->calls->environment_.host().PostTask([link] {
    // On the isolate's thread, which is the one that writes it.
    if (link->calls != nullptr) link->calls->SettleDone();
  });
}

void PoolCalls::SettleDone() {
  std::vector<std::unique_ptr<PoolCall>> done;
  {
    const std::lock_guard<std::mutex> lock(link_->mutex);
    done.swap(link_->done);
  }
  in_pool_ -= done.size();
  const v8::HandleScope handles(environment_.isolate());
  const v8::Context::Scope entered(environment_.context());
  HandOver();
  for (std::unique_ptr<PoolCall>& call : done) {
    Settle(*call);
    call.reset();
  }
}

PoolCalls::Promise PoolCalls::Take(const PoolCall* call) {
  environment_.ReleaseLoop();
  return std::move(promises_.extract(call).mapped());
}

void PoolCalls::Settle(PoolCall& call) {
  v8::Isolate* isolate = environment_.isolate();
  const v8::Local<v8::Context> context = environment_.context();
  const v8::HandleScope handles(isolate);
  const Promise promise = Take(&call);
  const v8::Local<v8::Promise::Resolver> resolver = promise.resolver.Get(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> value;
  if (call.thrown) {
    const v8::Local<v8::Value> error = CxxError(environment_, promise.symbol.name(), *call.thrown);
    // Nothing comes of it only when the isolate is being terminated.
    static_cast<void>(resolver->Reject(context, error).IsNothing());
  } else if (promise.symbol.Result(promise.out.Get(isolate), call.memory.result())
                 .ToLocal(&value)) {
    if (call.rules.keeps_errno) value = WithErrno(context, value, call.error);
    // Nothing comes of it only when the isolate is being terminated.
    static_cast<void>(resolver->Resolve(context, value).IsNothing());
  } else if (!catcher.HasTerminated()) {
    RejectCaught(context, catcher, resolver, "returned");
  }
  // A termination ends here; the `then` of the next call's array must stop, too.
  if (catcher.HasTerminated()) isolate->TerminateExecution();
}

void PoolCalls::RejectRefused(const PoolCall* call) {
  v8::Isolate* isolate = environment_.isolate();
  const v8::HandleScope handles(isolate);
  const Promise promise = Take(call);
  v8::TryCatch catcher(isolate);
  ThrowError(isolate, "Nonblocking FFI call failed: there is no thread for it: symbol '" +
                          promise.symbol.name() + "'");
  RejectCaught(environment_.context(), catcher, promise.resolver.Get(isolate), "refused");
}

void Symbol::Nonblocking(const Info& info) {
  const auto handle = info.Data().As<v8::Object>();
  Symbol& symbol = Of(handle);
  v8::Isolate* isolate = info.GetIsolate();
  const v8::Local<v8::Context> context = symbol.environment().context();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
  info.GetReturnValue().Set(resolver->GetPromise());
  v8::TryCatch catcher(isolate);
  if (symbol.StartOnPool({info, 0}, handle, resolver)) return;
  if (!catcher.CanContinue()) {
    static_cast<void>(catcher.ReThrow());
    return;
  }
  RejectCaught(context, catcher, resolver, "refused");
}

bool Symbol::StartOnPool(const Arguments& arguments, v8::Local<v8::Object> handle,
                         v8::Local<v8::Promise::Resolver> resolver) {
  v8::Isolate* isolate = environment().isolate();
  auto call = std::make_unique<PoolCall>(shape_, target_, library_->native());
  v8::Local<v8::Value> out;
  if (!TakeOut(arguments, &out) || !Convert(arguments, call->memory) ||
      !HoldStores(arguments, *call)) {
    return false;
  }
  if (shape_.signature.trace) call->trace.emplace(Trace(arguments, call->memory));
  PoolCalls::Promise promise = {*this, v8::Global<v8::Object>(isolate, handle), {}, {}};
  promise.out.Reset(isolate, out);
  promise.resolver.Reset(isolate, resolver);
  environment().CountEntry();
  const int next = static_cast<int>(shape_.signature.parameters.size()) +
                   (shape_.signature.result.kind == JsKind::kStruct ? 1 : 0);
  environment().UnlistUses(arguments[next], arguments[next + 1]);
  environment().pool_calls().Start(std::move(call), std::move(promise));
  return true;
}

bool Symbol::HoldStores(const Arguments& arguments, PoolCall& call) const {
  if (!shape_.takes_buffers) return true;
  int index = 0;
  for (const JsType& parameter : shape_.signature.parameters) {
    std::shared_ptr<v8::BackingStore> store;
    if (parameter.kind == JsKind::kBuffer) store = StoreOf(arguments[index]);
    if (store != nullptr) {
      // Its bytes could be given back to the system while the function runs.
      if (store->IsResizableByUserJavaScript()) {
        ThrowTypeError(environment().isolate(),
                       "Resizable backing stores are not supported for nonblocking FFI calls" +
                           At({name_, index}));
        return false;
      }
      call.stores.push_back(std::move(store));
    }
    ++index;
  }
  return true;
}

}  // namespace springboard::glue
