// callback: native functions that run a JavaScript function (UnsafeCallback).
//
// A Closure is what a closure stub's calls reach: it owns the stub and, while open, the function.
// It outlives its UnsafeCallback and its Environment (see RetiredClosures), because native code may
// keep the address longer than it should: such a call returns zero and is reported once.
//
// Made, run and closed on the isolate's thread; calls may come from any thread (foreign_calls).

#ifndef SPRINGBOARD_V8_GLUE_CALLBACK_H_
#define SPRINGBOARD_V8_GLUE_CALLBACK_H_

#include <v8.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "abi/status.h"
#include "ffi_jit/stub.h"
#include "v8_glue/convert.h"
#include "v8_glue/counted.h"
#include "v8_glue/environment.h"
#include "v8_glue/foreign_calls.h"
#include "v8_glue/js_signature.h"

namespace springboard::glue {

class Closure : public Counted<Closure> {
 public:
  // A Status if no stub can be made for the signature.
  static StatusOr<std::unique_ptr<Closure>> Make(Environment& environment, JsSignature signature,
                                                 v8::Local<v8::Function> function);

  // The address that native code calls.
  const void* entry() const { return stub_.entry(); }

  // From now on calls return zero, those included that wait. The call that this may be below goes
  // on.
  void Close();
  bool open() const { return open_; }

  // As after Close(), but until Resume(); lets go of the function as soon as no call of it is on
  // the stack. REQUIRES: open.
  void Pause();
  // `function` is the one that there was. REQUIRES: paused.
  void Resume(v8::Local<v8::Function> function);

  // Lets go of the function. REQUIRES: closed, and no frame of the stub on the stack.
  void Release();

  // Runs the call of another thread, and the microtasks after it: their effects are there when that
  // thread goes on. From a host task. REQUIRES: open.
  void RunForeign(const uint64_t* slots, void* result);

  // --- Any thread

  // How reports call it: "UnsafeCallback compare(pointer,pointer)i32".
  const std::string& description() const { return description_; }
  // Whether other threads are inside a call of it.
  bool HasForeignCallers() const { return foreign_callers_ > 0; }
  // Why a call is not run; nothing if that has been said before.
  std::optional<std::string> Refusal();
  // True the first time.
  bool FirstWarning() { return !warned_.exchange(true); }

 private:
  Closure(Environment& environment, JsSignature signature, v8::Local<v8::Function> function);

  // The jit::ClosureHandler of every closure stub; `closure` is a Closure.
  static void Handle(void* closure, const uint64_t* slots, void* result);

  // Who may take what the function throws.
  enum class Caller { kNativeCall, kForeignThread };

  void HandleForeign(const uint64_t* slots, void* result);
  void Enter(const uint64_t* slots, void* result, Caller caller);
  void Run(const uint64_t* slots, void* result, Caller caller);
  // The same while an exception waits for the native call around this one to return. JavaScript is
  // begun without it, and it stays the first.
  void RunAside(const uint64_t* slots, void* result, Caller caller);
  // Converts the arguments, calls the function and converts its result. False with a JavaScript
  // exception pending.
  bool CallFunction(Environment& environment, const uint64_t* slots, void* result);
  void ReportRefusal();
  // Gives what the function threw to the native call below it, or reports it if there is none.
  void HandleException(Environment& environment, v8::Local<v8::Value> exception, Caller caller);

  const std::shared_ptr<ForeignCalls> foreign_calls_;
  const std::thread::id thread_;
  const JsSignature signature_;
  const std::string name_;  // "UnsafeCallback compare"
  const std::string description_;
  // Whether a conversion needs V8 to be in the context: to make an array, or to throw.
  const bool converts_in_context_;
  ResultFunction* const result_from_js_;
  Environment* environment_;  // null when closed
  v8::Global<v8::Function> function_;
  int running_ = 0;  // calls of the function that are on the stack
  std::atomic<bool> open_ = true;
  std::atomic<bool> refusal_reported_ = false;
  std::atomic<bool> warned_ = false;
  std::atomic<int> foreign_callers_ = 0;
  jit::StubCode stub_;
};

// Closures that are closed but whose address native code may still hold: the last kMaxRetired of
// the process; older ones are freed, unless a thread is inside. Any thread.
class RetiredClosures {
 public:
  // A closure is a few hundred bytes with its stub: this bounds what they take to about 2 MiB, and
  // leaves native code thousands of closings of time to forget an address.
  static constexpr size_t kMaxRetired = 4096;

  // REQUIRES: closed, and no frame of its stub on the stack of its environment's thread.
  static void Keep(std::unique_ptr<Closure> closure);
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CALLBACK_H_
