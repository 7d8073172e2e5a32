// springboard.h: how a program that embeds V8 gets Springboard's API into a context.
//
// The embedder implements Host (its event loop) and Policy (its permission rules) and calls
// Install() once per context. Everything here is used on the isolate's thread unless a comment says
// otherwise. docs/embedding.md walks through a program that does so.

#ifndef SPRINGBOARD_V8_GLUE_SPRINGBOARD_H_
#define SPRINGBOARD_V8_GLUE_SPRINGBOARD_H_

#include <v8.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace springboard::glue {

class Environment;

// What Springboard needs of the program around it. Owned by the embedder; outlives the Environment.
class Host {
 public:
  virtual ~Host() = default;

  // Runs `task` later on the isolate's thread, with no JavaScript on the stack. Any thread. After
  // the environment's teardown has begun the task may be dropped.
  virtual void PostTask(std::function<void()> task) = 0;

  // Runs `task`, a nonblocking native call, on another thread, where it may block for as long as it
  // likes; tasks begin in the order in which they came. False if there is no thread for it; then it
  // is destroyed without having run. Isolate thread.
  //
  // Destroying the task frees what the call held (the bytes of its buffers, its library) if the
  // environment is gone by then, on whichever thread that is. V8's array buffer allocator must
  // still be there: a host whose process ends with calls running keeps their tasks instead.
  virtual bool RunOnPool(std::function<void()> task) = 0;

  // Says something that no JavaScript caller can be told, for example an exception that a callback
  // threw where no native call waits for it. Any thread.
  virtual void Report(const std::string& message) = 0;

  // Whether the event loop has to go on although it has nothing else to wait for: true while there
  // are nonblocking calls under way, or UnsafeCallbacks that are referenced. Isolate thread.
  virtual void KeepAlive(bool alive) = 0;
};

// Who may do what. Owned by the embedder; outlives the Environment. Isolate thread.
//
// Asked at each use, before arguments are checked, definitions are read, or anything is loaded or
// dereferenced; an answer may differ from the one before. What was opened or made under an earlier
// answer stays: functions of open libraries, function pointers that have been called, callbacks. A
// refused use throws NotCapable. May run JavaScript, but must leave no exception pending, and must
// not destroy the Environment.
class Policy {
 public:
  virtual ~Policy() = default;

  // May `path` be loaded? It is what dlopen was given, as UTF-8: relative or absolute; a bare name,
  // for which the loader searches its own folders; empty for the process itself; it can contain a
  // zero character (then it is refused afterwards). Links are not resolved, and the loader replaces
  // $ORIGIN and its like: comparing paths is the policy's work. Refusing the empty path throws a
  // plain Error.
  virtual bool AllowsLibrary(std::string_view path) = 0;

  // May raw pointers be made, read and called? Asked for every operation of UnsafePointer (but a
  // comparison with null), UnsafePointerView and UnsafeFnPointer, and when an UnsafeCallback is
  // made; not for making a view or function pointer object, and not for calls of functions of open
  // libraries. Who may use raw pointers can reach every library.
  virtual bool AllowsPointers() = 0;
};

// Which ways to call Springboard may use. Results never differ, only speed.
enum class Tier {
  kFast,       // fast stubs where V8's layouts are proven, the default
  kOrdinary,   // only the ordinary function; V8's object layouts are still read inline
  kPublicApi,  // only V8's public API
};

struct InstallOptions {
  Tier tier = Tier::kFast;
  // Nonblocking calls that are in the host's hands at a time, running or in its queue. More wait
  // for their turn; none is dropped. At least 1.
  size_t max_pool_calls = 1024;
  // A thread that has called a callback and waited so long for the isolate's thread is reported,
  // once for each callback: the two may wait for each other.
  std::chrono::milliseconds foreign_call_warning = std::chrono::seconds(5);
  // Whether the environment is destroyed only when its process ends. Libraries that are open then
  // stay loaded, because threads of theirs may still run. (Otherwise they stay if one of their
  // threads has called a callback, and are unloaded if not.)
  bool ends_with_process = false;
  // Whether a signal that comes inside a native call (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT,
  // SIGTRAP) is reported on standard error before it takes effect. Installs handlers for the whole
  // process, which stay; one environment that asks for it is enough. Costs calls nothing.
  bool crash_report = false;
  // Whether every call and callback is printed on standard error, as if all definitions had
  // `trace: true`.
  bool trace = false;
};

// Destroys an Environment; see Install().
struct EnvironmentDeleter {
  void operator()(Environment* environment) const;
};
using EnvironmentHandle = std::unique_ptr<Environment, EnvironmentDeleter>;

// Puts the API (dlopen, UnsafePointer, UnsafePointerView, UnsafeFnPointer, UnsafeCallback, alloc
// and the other functions for memory, errors) as properties on `target`, an object of `context`.
// REQUIRES: a HandleScope. A context may have several environments, and an isolate several contexts
// with some: each has an API of its own, and they know of each other's callbacks.
//
// The handle keeps everything alive: the embedder destroys it before the isolate, on the isolate's
// thread, with no native call on the stack; JavaScript must not run in the context afterwards.
// Null, with a JavaScript exception pending, if V8 refuses; `target` may then have some of the
// properties.
EnvironmentHandle Install(v8::Local<v8::Context> context, v8::Local<v8::Object> target, Host& host,
                          Policy& policy, const InstallOptions& options = {});

// Tells that the event loop will not turn any more: other threads that wait for a callback of this
// environment, and those that call one later, go on with zero. Destroying the environment does so,
// too; an embedder that waits for such a thread before that, a worker's for example, calls this.
void LoopEnds(Environment& environment);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SPRINGBOARD_H_
