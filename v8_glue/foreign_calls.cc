// foreign_calls: see foreign_calls.h.

#include "v8_glue/foreign_calls.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "v8_glue/callback.h"

namespace springboard::glue {

bool ForeignCalls::Run(Closure& closure, const uint64_t* slots, void* result) {
  seen_ = true;
  Call call = {.closure = &closure, .slots = slots, .result = result, .settled = {}};
  std::unique_lock<std::mutex> lock(mutex_);
  if (host_ == nullptr || !closure.open()) return false;
  waiting_.push_back(&call);
  // One task a call: each runs the first that waits then, so a task inside another keeps the order.
  host_->PostTask([self = shared_from_this()] { self->RunFirst(); });
  const auto begun = [&call] { return call.state != Call::State::kWaiting; };
  if (!call.settled.wait_for(lock, warn_after_, begun)) {
    const std::optional<std::string> warning = Warning(closure);
    lock.unlock();
    if (warning) Report(*warning);
    lock.lock();
  }
  call.settled.wait(lock, [&call] {
    return call.state == Call::State::kRan || call.state == Call::State::kRefused;
  });
  return call.state == Call::State::kRan;
}

void ForeignCalls::RunFirst() {
  std::unique_lock<std::mutex> lock(mutex_);
  // Nothing waits if a call was refused after its task had been posted.
  if (waiting_.empty()) return;
  Call& call = *waiting_.front();
  waiting_.pop_front();
  call.state = Call::State::kRunning;
  const Call* outer = std::exchange(running_, &call);
  lock.unlock();
  call.closure->RunForeign(call.slots, call.result);
  lock.lock();
  running_ = outer;
  Settle(call, Call::State::kRan);
}

void ForeignCalls::Refuse(const Closure& closure) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase_if(waiting_, [&closure](Call* call) {
    if (call->closure != &closure) return false;
    Settle(*call, Call::State::kRefused);
    return true;
  });
}

void ForeignCalls::End() {
  std::unique_lock<std::mutex> report_lock(report_mutex_);
  std::unique_lock<std::mutex> lock(mutex_);
  Host* host = std::exchange(host_, nullptr);
  std::deque<Call*> refused = std::exchange(waiting_, {});
  lock.unlock();
  report_lock.unlock();
  for (Call* call : refused) {
    if (const std::optional<std::string> text = call->closure->Refusal()) host->Report(*text);
  }
  lock.lock();
  for (Call* call : refused) Settle(*call, Call::State::kRefused);
}

bool ForeignCalls::ended() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return host_ == nullptr;
}

// Notifies under the lock: without it the caller could be gone before the notification.
void ForeignCalls::Settle(Call& call, Call::State state) {
  call.state = state;
  call.settled.notify_one();
}

std::optional<std::string> ForeignCalls::Warning(Closure& closure) {
  if (!closure.FirstWarning()) return std::nullopt;
  const std::string symbol = running_symbol_->Name();
  std::string doing;
  if (!symbol.empty()) {
    doing = "is in the native function '" + symbol + "'";
  } else if (running_ != nullptr) {
    doing = "runs " + running_->closure->description();
  } else {
    doing =
        "has not come back to its event loop: it runs JavaScript, or a native function that "
        "optimised code called";
  }
  return closure.description() + " was called on another thread, which has waited for " +
         std::to_string(warn_after_.count()) + " ms: the thread of its isolate " + doing +
         ". If that waits for the caller in turn, neither goes on";
}

void ForeignCalls::Report(const std::string& message) {
  const std::lock_guard<std::mutex> lock(report_mutex_);
  if (host_ != nullptr) {
    host_->Report(message);
  } else {
    std::fprintf(stderr, "springboard: %s\n", message.c_str());
  }
}

}  // namespace springboard::glue
