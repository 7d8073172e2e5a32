// foreign_calls: calls of callbacks on threads that are not their isolate's.
//
// Such a thread blocks here until a host task has run the function, or is refused because the
// callback was closed or the environment ended. Calls are run in the order in which they came. One
// per environment, shared with its closures, which outlive it. Any thread, but where a comment says
// otherwise.

#ifndef SPRINGBOARD_V8_GLUE_FOREIGN_CALLS_H_
#define SPRINGBOARD_V8_GLUE_FOREIGN_CALLS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "v8_glue/running_symbol.h"
#include "v8_glue/springboard.h"

namespace springboard::glue {

class Closure;

class ForeignCalls : public std::enable_shared_from_this<ForeignCalls> {
 public:
  // `running` is the isolate's; a caller that has waited for `warn_after` is reported.
  ForeignCalls(Host* host, std::shared_ptr<RunningSymbol> running,
               std::chrono::milliseconds warn_after)
      : running_symbol_(std::move(running)), warn_after_(warn_after), host_(host) {}

  // Returns when the isolate's thread has run `closure`. False if it does not: closed or ended.
  // REQUIRES: another thread; `closure`, `slots` and `result` stay until this returns.
  bool Run(Closure& closure, const uint64_t* slots, void* result);

  // Refuses the calls of a closed closure that wait. Isolate thread.
  void Refuse(const Closure& closure);

  // Refuses all calls that wait, after reporting each of their closures once, and all later ones.
  // Isolate thread; again it does nothing.
  void End();
  bool ended();

  // Whether any thread has called: native code of this environment's libraries has threads.
  bool seen() const { return seen_; }

  // Through the host, or on standard error after End().
  void Report(const std::string& message);

 private:
  // On the stack of its caller.
  struct Call {
    enum class State { kWaiting, kRunning, kRan, kRefused };

    Closure* closure;
    const uint64_t* slots;
    void* result;
    State state = State::kWaiting;
    std::condition_variable settled;
  };

  // A host task.
  void RunFirst();
  // Lets the caller go on. REQUIRES: mutex_ is held.
  static void Settle(Call& call, Call::State state);
  // What is said of a caller that has waited long; nothing if that has been said before.
  // REQUIRES: mutex_ is held.
  std::optional<std::string> Warning(Closure& closure);

  const std::shared_ptr<RunningSymbol> running_symbol_;
  const std::chrono::milliseconds warn_after_;
  std::atomic<bool> seen_ = false;

  // Held while something is written, which may take long: nobody is kept from calling meanwhile.
  // Never taken with mutex_ held.
  std::mutex report_mutex_;
  std::mutex mutex_;  // guards what follows, and the calls
  // Null when ended; it is set with both mutexes held, so that it stays while one of them is.
  Host* host_;
  std::deque<Call*> waiting_;
  const Call* running_ = nullptr;  // the innermost
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_FOREIGN_CALLS_H_
