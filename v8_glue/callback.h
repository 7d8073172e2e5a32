// callback: native functions that run a JavaScript function (UnsafeCallback).
//
// A Closure is what a closure stub's calls reach: it owns the stub and, while open, the function.
// It outlives its UnsafeCallback and its Environment (see RetiredClosures), because native code may
// keep the address longer than it should: such a call returns zero and is reported once.
//
// Made, run and closed on the isolate's thread; calls may come from any thread.

#ifndef SPRINGBOARD_V8_GLUE_CALLBACK_H_
#define SPRINGBOARD_V8_GLUE_CALLBACK_H_

#include <v8.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "abi/status.h"
#include "ffi_jit/stub.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/js_type.h"
#include "v8_glue/springboard.h"

namespace springboard::glue {

// How closures reach the host of an environment that may be gone. Any thread.
class HostLink {
 public:
  explicit HostLink(Host* host) : host_(host) {}

  // Through the host, or on standard error once the host is gone.
  void Report(const std::string& message);
  void HostIsGone();

 private:
  std::mutex mutex_;
  Host* host_;
};

class Closure {
 public:
  // A Status if no stub can be made for the signature.
  static StatusOr<std::unique_ptr<Closure>> Make(Environment& environment,
                                                 std::shared_ptr<HostLink> link,
                                                 JsSignature signature,
                                                 v8::Local<v8::Function> function);

  // The address that native code calls.
  const void* entry() const { return stub_.entry(); }

  // From now on calls return zero. The call that this may be below goes on.
  void Close();

  // Lets go of the function. REQUIRES: closed, and no frame of the stub on the stack.
  void Release();

 private:
  Closure(Environment& environment, std::shared_ptr<HostLink> link, JsSignature signature,
          v8::Local<v8::Function> function);

  // The jit::ClosureHandler of every closure stub; `closure` is a Closure.
  static void Handle(void* closure, const uint64_t* slots, void* result);

  void Run(const uint64_t* slots, void* result);
  // The same while an exception waits for the native call around this one to return. JavaScript is
  // begun without it, and it stays the first.
  void RunAside(const uint64_t* slots, void* result);
  // Converts the arguments, calls the function and converts its result. False with a JavaScript
  // exception pending.
  bool CallFunction(Environment& environment, const uint64_t* slots, void* result);
  // Says why a call is not run.
  void Refuse();
  // Gives what the function threw to the native call below it, or reports it if there is none.
  void HandleException(Environment& environment, v8::Local<v8::Value> exception);

  const std::shared_ptr<HostLink> link_;
  const std::thread::id thread_;
  const JsSignature signature_;
  const std::string description_;  // for reports
  // Whether a conversion needs V8 to be in the context: to make an array, or to throw.
  const bool converts_in_context_;
  ResultFunction* const result_from_js_;
  Environment* environment_;  // null when closed
  v8::Global<v8::Function> function_;
  std::atomic<bool> open_ = true;
  std::atomic<bool> reported_ = false;
  jit::StubCode stub_;
};

// Closures that are closed but whose address native code may still hold: the last kMaxRetired of
// the process; older ones are freed. Any thread.
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
