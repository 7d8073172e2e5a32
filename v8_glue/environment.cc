// environment: the state of one context. See environment.h.

#include "v8_glue/environment.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "v8_glue/error.h"
#include "v8_glue/switch.h"
#include "v8_glue/v8_compat.h"
#include "v8_glue/wrapper.h"

namespace springboard::glue {

namespace {

// The tier that the start-up checks leave of what was asked for.
Tier ProvenTier(Tier asked) {
  return asked == Tier::kFast && !FastCallLayoutHolds() ? Tier::kOrdinary : asked;
}

}  // namespace

Environment::Environment(v8::Local<v8::Context> context, Host& host, Policy& policy, Tier tier)
    : isolate_(v8::Isolate::GetCurrent()),
      context_(isolate_, context),
      host_(host),
      policy_(policy),
      tier_(ProvenTier(tier)),
      shared_(SharedState::Of(isolate_)),
      self_(std::make_shared<Environment*>(this)) {
  v8::HandleScope scope(isolate_);
  if (tier_ != Tier::kPublicApi) object_layout_ = CheckObjectLayout(context);
  block_buffer_.Reset(isolate_, v8::ArrayBuffer::New(isolate_, shared_->block_store));
  callback_switch_.Reset(isolate_, NewSwitch(context));
  const v8::Local<v8::ObjectTemplate> handle = v8::ObjectTemplate::New(isolate_);
  handle->SetInternalFieldCount(1);
  handle_template_.Reset(isolate_, handle);
  if (shared_->callback_made) ClearSwitch(context, callback_switch());
  wrappers_ = std::make_unique<WrapperCache>(*this);
  shared_->environments.push_back(this);
}

Environment::~Environment() {
  self_.reset();
  std::erase(shared_->environments, this);
  for (Owned* owned : retired_) delete owned;
  // A destructor may release the last reference to something else, but adopts and retires nothing.
  for (Owned* owned : std::exchange(owned_, {})) delete owned;
}

void Environment::StorePendingException(v8::Local<v8::Value> exception) {
  if (exception.IsEmpty()) return;
  if (!shared_->pending_exception.IsEmpty()) {
    host_.Report("an FFI callback threw while an exception was already pending: " +
                 ExceptionText(isolate_, exception));
    return;
  }
  shared_->pending_exception.Reset(isolate_, exception);
  block()->exception_pending = 1;
}

bool Environment::RethrowPendingException() {
  if (block()->exception_pending == 0) return false;
  isolate_->ThrowException(TakePendingException());
  return true;
}

v8::Local<v8::Value> Environment::TakePendingException() {
  v8::Local<v8::Value> exception = shared_->pending_exception.Get(isolate_);
  shared_->pending_exception.Reset();
  block()->exception_pending = 0;
  return exception;
}

void Environment::CallbackMade() {
  if (shared_->callback_made) return;
  shared_->callback_made = true;
  for (Environment* environment : shared_->environments) {
    ClearSwitch(environment->context(), environment->callback_switch());
  }
}

v8::MaybeLocal<v8::Object> Environment::NewHandle(void* native) {
  v8::Local<v8::Object> handle;
  if (!handle_template_.Get(isolate_)->NewInstance(context()).ToLocal(&handle)) return {};
  SetHandlePointer(handle, native);
  return handle;
}

void Environment::Adopt(std::unique_ptr<Owned> owned) { owned_.insert(owned.release()); }

void Environment::Retire(Owned* owned) {
  [[maybe_unused]] const size_t erased = owned_.erase(owned);
  assert(erased == 1);
  retired_.push_back(owned);
  PostDrain();
}

void Environment::PostDrains(const SharedState& shared) {
  for (Environment* environment : shared.environments) {
    if (!environment->retired_.empty()) environment->PostDrain();
  }
}

void Environment::PostDrain() {
  if (drain_posted_) return;
  drain_posted_ = true;
  host_.PostTask([weak = std::weak_ptr<Environment*>(self_)] {
    if (const auto self = weak.lock()) (*self)->DrainRetired();
  });
}

void Environment::DrainRetired() {
  drain_posted_ = false;
  // A task may run in a loop that a callback spins; it tries again after that callback. A task
  // posted from here would come at once, again and again: DepthScope posts the next one.
  if (!Idle()) return;
  for (Owned* owned : std::exchange(retired_, {})) delete owned;
}

Environment* EnvironmentOf(const v8::FunctionCallbackInfo<v8::Value>& info) {
  return static_cast<Environment*>(ExternalPointer(info.Data().As<v8::External>()));
}

}  // namespace springboard::glue
