// Environment: everything Springboard holds for one context of one isolate.
//
// Created by Install(), destroyed by the embedder through its handle. Isolate thread only.
// Libraries, symbols and callbacks belong to it, directly or through a JavaScript handle, and are
// gone when it is.

#ifndef SPRINGBOARD_V8_GLUE_ENVIRONMENT_H_
#define SPRINGBOARD_V8_GLUE_ENVIRONMENT_H_

#include <v8.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "v8_glue/call_rules.h"
#include "v8_glue/counted.h"
#include "v8_glue/intrusive_list.h"
#include "v8_glue/kept_arguments.h"
#include "v8_glue/layout_check.h"
#include "v8_glue/shared_state.h"
#include "v8_glue/springboard.h"
#include "v8_glue/switch.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

class ForeignCalls;
class FormHooks;
class PoolCalls;
class ShapeCache;
class SymbolsObjects;
class Words;
class WrapperCache;

// Something native that is freed with its environment if not before (a library, a callback).
class Owned : public ListNode<Owned> {
 public:
  virtual ~Owned() = default;
};

class Environment : public Counted<Environment> {
 public:
  Environment(v8::Local<v8::Context> context, Host& host, Policy& policy,
              const InstallOptions& options);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return BorrowedLocal(context_); }
  Host& host() const { return host_; }
  Policy& policy() const { return policy_; }
  // The tier in force: what was asked for, lowered if the start-up check failed.
  Tier tier() const { return tier_; }
  const ProvenLayout& object_layout() const { return object_layout_; }
  // Those of definitions that do not name them.
  const CallRules& default_rules() const { return default_rules_; }

  jit::FastBlock* block() const { return shared_->block; }
  v8::Local<v8::ArrayBuffer> block_buffer() const { return block_buffer_.Get(isolate_); }
  WrapperCache& wrappers() const { return *wrappers_; }
  FormHooks& forms() const { return *forms_; }
  ShapeCache& shapes() const { return *shapes_; }
  const Words& words() const { return *words_; }
  SymbolsObjects& symbols_objects() const { return *symbols_objects_; }
  PoolCalls& pool_calls() const { return *pool_calls_; }
  const std::shared_ptr<ForeignCalls>& foreign_calls() const { return foreign_calls_; }

  // --- Native calls and callbacks

  // Held around a native call by the ordinary function, and around a callback's JavaScript.
  class DepthScope {
   public:
    explicit DepthScope(Environment* environment) : shared_(*environment->shared_) {
      ++shared_.counts->depth;
      ++shared_.counts->entries;
    }
    ~DepthScope() {
      if (--shared_.counts->depth == 0) PostDrains(shared_);
    }
    DepthScope(const DepthScope&) = delete;
    DepthScope& operator=(const DepthScope&) = delete;

   private:
    SharedState& shared_;
  };

  const StackRoom& stack_room() const { return shared_->stack_room; }

  // Changes whenever a native function has been entered; of one that optimised code entered only if
  // a callback has run, or would have, or its call throws.
  uint32_t entries() const { return shared_->counts->entries; }
  void CountEntry() { ++shared_->counts->entries; }
  // What call_uses.js has as `listed`.
  v8::Local<v8::Int32Array> listed_uses() const { return listed_uses_.Get(isolate_); }
  // A nonblocking call has begun, and what its wrapper listed is its own from now on: sets
  // `listed`, if it is that, to `mark`. JavaScript could be terminated before it does so.
  void UnlistUses(v8::Local<v8::Value> listed, v8::Local<v8::Value> mark) const;
  // For wrappers, a Uint32Array of CallCounts.
  v8::Local<v8::Uint32Array> NewCounts() const;
  // The native function of a call that throws has returned `result`, as result memory has it.
  void CallReturned(uint64_t result) {
    CountEntry();
    shared_->counts->returned = 1;
    shared_->lost_result = result;
  }
  // That result says that the function failed.
  void CallFailed() { shared_->counts->returned = 0; }
  uint64_t lost_result() const { return shared_->lost_result; }

  // What other threads are told of this one.
  RunningSymbol& running_symbol() const { return *shared_->running_symbol; }

  // True when no native call can be on the isolate's stack below the running host task.
  bool Idle() const { return shared_->counts->depth == 0; }

  // Stores what a callback threw, to be rethrown when the native call that it ran under returns. If
  // one is already stored the first is kept and the new one is reported through the host.
  void StorePendingException(v8::Local<v8::Value> exception);
  // The same for a RangeError that says that there is no stack for `callback`. Enters no V8.
  void StorePendingOverflow(const std::string& callback);
  // The status need not say so: a stub that cannot deliver its result puts its own in its place.
  bool HasPendingException() const {
    return !shared_->pending_exception.IsEmpty() || !shared_->pending_overflow.empty();
  }
  // Rethrows the stored exception into JavaScript. False when there is none.
  bool RethrowPendingException();
  // A callback's JavaScript starts with no pending exception of the call around it; returns that
  // one, or an empty handle, to be put back by StorePendingException when the JavaScript is done.
  v8::Local<v8::Value> TakePendingException();

  // Before a callback's JavaScript runs: keeps the bytes that native functions below were given.
  void HoldListedBuffers() {
    if (block()->running != nullptr || !shared_->held_buffers.empty()) HoldBuffers();
  }

  // Called by every UnsafeCallback constructed: the isolate's first one clears the `direct`
  // switches that all non-leaf wrappers test (docs/v8_glue.md, "How a symbol is called").
  void CallbackMade();
  // Whether a native call may run JavaScript at all.
  bool HasCallbacks() const { return callback_switch_.cleared(); }
  // The object { direct: boolean } that wrappers close over.
  v8::Local<v8::Object> callback_switch() const { return callback_switch_.object(); }

  // --- The event loop

  // One more reason, or one less, for which it has to go on (Host::KeepAlive).
  void HoldLoop() {
    if (++loop_holds_ == 1) host_.KeepAlive(true);
  }
  void ReleaseLoop() {
    if (--loop_holds_ == 0) host_.KeepAlive(false);
  }

  // --- Lifetimes

  // A handle object (binding.h) for `native`. Empty, with an exception pending, if V8 refuses.
  v8::MaybeLocal<v8::Object> NewHandle(void* native);
  // The same without Object.prototype, so that what is not its own property is undefined.
  v8::MaybeLocal<v8::Object> NewBareHandle(void* native);
  // Whether `value` came from one of these. Scripts have no handles, but they may get at a function
  // that takes one (--experimental-stack-trace-frames).
  bool IsHandle(v8::Local<v8::Value> value) const {
    return BorrowedLocal(handle_class_)->HasInstance(value);
  }
  bool IsBareHandle(v8::Local<v8::Value> value) const {
    return BorrowedLocal(bare_handle_class_)->HasInstance(value);
  }

  // Takes ownership until Retire() or the end of the environment.
  void Adopt(std::unique_ptr<Owned> owned);
  // Frees an adopted object from a host task, once Idle().
  void Retire(Owned* owned);
  // Frees an adopted object now. REQUIRES: nothing of it is on the stack.
  static void Free(Owned* owned);

  // Reports, from a host task, something that was collected although it was never closed: of each
  // kind the first, and nothing at the environment's own end. Also from a weak callback.
  enum class Dropped { kLibrary, kCallback };
  void ReportDropped(Dropped kind, const std::string& what);

  // Whether libraries that nobody closed must not be unloaded, because threads of theirs may be
  // running: one has called, or the process ends with the environment.
  bool LeavesLibrariesLoaded() const;

  // For tests and figures: what Adopt() was given and is not yet freed, and how much of that only
  // waits for the isolate to be idle.
  size_t owned_count() const { return owned_.size() + retired_.size(); }
  size_t retired_count() const { return retired_.size(); }

  // The class an API error is thrown as; set by api.js.
  v8::Global<v8::Function> bad_resource_class;
  v8::Global<v8::Function> not_capable_class;

  // Of a call that has stored the address of a text in the block: what that may be a part of, until
  // takeString reads it.
  KeptArguments stored_text;

  // How often the ordinary function was entered, for tests: by wrappers, or by V8 on behalf of a
  // fast function whose arguments it would not convert itself.
  uint64_t ordinary_calls = 0;

 private:
  // For every environment that has something to free.
  static void PostDrains(const SharedState& shared);
  void PostDrain();
  void HoldBuffers();
  void DrainRetired();
  v8::MaybeLocal<v8::Object> NewInstance(const v8::Global<v8::FunctionTemplate>& handle_class,
                                         void* native);

  v8::Isolate* isolate_;
  v8::Global<v8::Context> context_;
  Host& host_;
  Policy& policy_;
  Tier tier_;
  ProvenLayout object_layout_;
  const CallRules default_rules_;
  const std::shared_ptr<SharedState> shared_;
  v8::Global<v8::ArrayBuffer> block_buffer_;
  v8::Global<v8::Int32Array> listed_uses_;
  v8::Global<v8::FunctionTemplate> handle_class_;
  v8::Global<v8::FunctionTemplate> bare_handle_class_;
  std::unique_ptr<WrapperCache> wrappers_;
  std::unique_ptr<FormHooks> forms_;
  std::unique_ptr<ShapeCache> shapes_;
  std::unique_ptr<Words> words_;
  std::unique_ptr<SymbolsObjects> symbols_objects_;
  std::unique_ptr<PoolCalls> pool_calls_;
  const std::shared_ptr<ForeignCalls> foreign_calls_;
  CallbackSwitch callback_switch_;
  const bool ends_with_process_;
  bool library_drop_reported_ = false;
  bool callback_drop_reported_ = false;
  int loop_holds_ = 0;
  bool drain_posted_ = false;
  IntrusiveList<Owned, Owned> owned_;
  IntrusiveList<Owned, Owned> retired_;
  // Host tasks hold a weak reference: a task that runs after the environment is gone does nothing.
  // Null from the beginning of the destructor on.
  std::shared_ptr<Environment*> self_;
};

// The Environment behind an API callback (functions carry it as External data).
Environment* EnvironmentOf(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_ENVIRONMENT_H_
