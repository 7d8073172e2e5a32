// environment: the state of one context. See environment.h.

#include "v8_glue/environment.h"

#include <algorithm>
#include <utility>

#include "v8_glue/error.h"
#include "v8_glue/foreign_calls.h"
#include "v8_glue/form_hooks.h"
#include "v8_glue/nonblocking.h"
#include "v8_glue/symbol_shape.h"
#include "v8_glue/symbols_object.h"
#include "v8_glue/v8_compat.h"
#include "v8_glue/words.h"
#include "v8_glue/wrapper.h"

namespace springboard::glue {

namespace {

// The tier that the start-up checks leave of what was asked for.
Tier ProvenTier(Tier asked) {
  return asked == Tier::kFast && !FastCallLayoutHolds() ? Tier::kOrdinary : asked;
}

}  // namespace

Environment::Environment(v8::Local<v8::Context> context, Host& host, Policy& policy,
                         const InstallOptions& options)
    : isolate_(v8::Isolate::GetCurrent()),
      context_(isolate_, context),
      host_(host),
      policy_(policy),
      tier_(ProvenTier(options.tier)),
      default_rules_{.trace = options.trace},
      shared_(SharedState::Of(isolate_)),
      foreign_calls_(std::make_shared<ForeignCalls>(&host, shared_->running_symbol,
                                                    options.foreign_call_warning)),
      callback_switch_(context),
      ends_with_process_(options.ends_with_process),
      self_(std::make_shared<Environment*>(this)) {
  v8::HandleScope scope(isolate_);
  if (tier_ != Tier::kPublicApi) object_layout_ = CheckObjectLayout(context);
  block_buffer_.Reset(isolate_, v8::ArrayBuffer::New(isolate_, shared_->block_store));
  listed_uses_.Reset(isolate_,
                     v8::Int32Array::New(v8::ArrayBuffer::New(isolate_, sizeof(int32_t)), 0, 1));
  const v8::Local<v8::FunctionTemplate> handle = v8::FunctionTemplate::New(isolate_);
  handle->InstanceTemplate()->SetInternalFieldCount(1);
  handle_class_.Reset(isolate_, handle);
  const v8::Local<v8::FunctionTemplate> bare = v8::FunctionTemplate::New(isolate_);
  bare->InstanceTemplate()->SetInternalFieldCount(1);
  bare_handle_class_.Reset(isolate_, bare);
  // Operations on fresh ordinary objects, which cannot fail.
  bare->GetFunction(context)
      .ToLocalChecked()
      ->Get(context, Name(isolate_, "prototype"))
      .ToLocalChecked()
      .As<v8::Object>()
      ->SetPrototypeV2(context, v8::Null(isolate_))
      .Check();
  if (shared_->callback_made) callback_switch_.Clear(context);
  wrappers_ = std::make_unique<WrapperCache>(*this);
  forms_ = std::make_unique<FormHooks>(*this);
  shapes_ = std::make_unique<ShapeCache>(*this);
  words_ = std::make_unique<Words>(isolate_);
  symbols_objects_ = std::make_unique<SymbolsObjects>(context);
  pool_calls_ = std::make_unique<PoolCalls>(*this, options.max_pool_calls);
  shared_->environments.push_back(this);
}

Environment::~Environment() {
  self_.reset();
  foreign_calls_->End();
  std::erase(shared_->environments, this);
  pool_calls_.reset();  // calls hold symbols
  // A destructor may release the last reference to something else, but adopts and retires nothing.
  while (!retired_.empty()) delete &retired_.TakeFirst();
  while (!owned_.empty()) delete &owned_.TakeFirst();
}

v8::Local<v8::Uint32Array> Environment::NewCounts() const {
  return v8::Uint32Array::New(v8::ArrayBuffer::New(isolate_, shared_->counts_store), 0,
                              sizeof(CallCounts) / sizeof(uint32_t));
}

void Environment::UnlistUses(v8::Local<v8::Value> listed, v8::Local<v8::Value> mark) const {
  if (listed != listed_uses()) return;
  *static_cast<int32_t*>(listed_uses()->Buffer()->Data()) = mark.As<v8::Int32>()->Value();
}

void Environment::StorePendingException(v8::Local<v8::Value> exception) {
  if (exception.IsEmpty()) return;
  if (HasPendingException()) {
    // The text may be made by JavaScript, whose native calls must not take the first one.
    const v8::Local<v8::Value> first = TakePendingException();
    host_.Report("an FFI call or callback threw while an exception was already pending: " +
                 ExceptionText(isolate_, exception));
    exception = first;
  }
  shared_->pending_exception.Reset(isolate_, exception);
  block()->status = jit::FastStatus::kPending;
}

void Environment::StorePendingOverflow(const std::string& callback) {
  CountEntry();
  // Native code may go on calling: what is there already says enough.
  if (HasPendingException()) return;
  shared_->pending_overflow = callback;
  block()->status = jit::FastStatus::kPending;
  // If the event loop called the native code, no call is going to take it.
  PostDrain();
}

bool Environment::RethrowPendingException() {
  if (!HasPendingException()) return false;
  isolate_->ThrowException(TakePendingException());
  return true;
}

v8::Local<v8::Value> Environment::TakePendingException() {
  v8::Local<v8::Value> exception = shared_->pending_exception.Get(isolate_);
  shared_->pending_exception.Reset();
  block()->status = jit::FastStatus::kDone;
  if (shared_->pending_overflow.empty()) return exception;
  const std::string callback = std::exchange(shared_->pending_overflow, {});
  return NewStackOverflow(isolate_, "no room for " + callback);
}

void Environment::CallbackMade() {
  if (shared_->callback_made) return;
  shared_->callback_made = true;
  for (Environment* environment : shared_->environments) {
    environment->callback_switch_.Clear(environment->context());
  }
}

v8::MaybeLocal<v8::Object> Environment::NewHandle(void* native) {
  return NewInstance(handle_class_, native);
}

v8::MaybeLocal<v8::Object> Environment::NewBareHandle(void* native) {
  return NewInstance(bare_handle_class_, native);
}

v8::MaybeLocal<v8::Object> Environment::NewInstance(
    const v8::Global<v8::FunctionTemplate>& handle_class, void* native) {
  v8::Local<v8::Object> handle;
  if (!handle_class.Get(isolate_)->InstanceTemplate()->NewInstance(context()).ToLocal(&handle)) {
    return {};
  }
  SetHandlePointer(handle, native);
  return handle;
}

void Environment::Adopt(std::unique_ptr<Owned> owned) { owned_.Add(*owned.release()); }

void Environment::Retire(Owned* owned) {
  IntrusiveList<Owned, Owned>::Remove(*owned);
  retired_.Add(*owned);
  PostDrain();
}

void Environment::Free(Owned* owned) {
  IntrusiveList<Owned, Owned>::Remove(*owned);
  delete owned;
}

void Environment::HoldBuffers() {
  shared_->held_buffers.Hold(block()->running);
  // What stays when the last of them has returned goes when the isolate is idle.
  if (!shared_->held_buffers.empty()) PostDrain();
}

void Environment::PostDrains(const SharedState& shared) {
  for (Environment* environment : shared.environments) {
    if (!environment->retired_.empty() || !shared.held_buffers.empty()) environment->PostDrain();
  }
}

void Environment::PostDrain() {
  if (drain_posted_) return;
  drain_posted_ = true;
  host_.PostTask([weak = std::weak_ptr<Environment*>(self_)] {
    if (const auto self = weak.lock()) (*self)->DrainRetired();
  });
}

void Environment::ReportDropped(Dropped kind, const std::string& what) {
  bool& reported = kind == Dropped::kLibrary ? library_drop_reported_ : callback_drop_reported_;
  if (self_ == nullptr || std::exchange(reported, true)) return;
  host_.PostTask([weak = std::weak_ptr<Environment*>(self_), what] {
    if (const auto self = weak.lock()) {
      (*self)->host_.Report(what + ". Others that are dropped like this are not reported");
    }
  });
}

bool Environment::LeavesLibrariesLoaded() const {
  return foreign_calls_->seen() || (self_ == nullptr && ends_with_process_);
}

void Environment::DrainRetired() {
  drain_posted_ = false;
  // A task may run in a loop that a callback spins; it tries again after that callback. A task
  // posted from here would come at once, again and again: DepthScope posts the next one.
  if (!Idle()) return;
  if (block()->running == nullptr) shared_->held_buffers.Clear();
  if (!shared_->pending_overflow.empty()) {
    host_.Report(shared_->pending_overflow +
                 " found no room on the stack, and no JavaScript waits for it: the call returned "
                 "zero");
    shared_->pending_overflow.clear();
    block()->status = jit::FastStatus::kDone;
  }
  // A destructor retires nothing.
  while (!retired_.empty()) delete &retired_.TakeFirst();
}

Environment* EnvironmentOf(const v8::FunctionCallbackInfo<v8::Value>& info) {
  return static_cast<Environment*>(ExternalPointer(info.Data().As<v8::External>()));
}

}  // namespace springboard::glue
