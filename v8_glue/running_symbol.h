// RunningSymbol: which native function an isolate's thread is in, for other threads to tell.
//
// Kept up to date by the ordinary function only: fast stubs write nothing. One per isolate, owned
// jointly by its SharedState and by who reads it. Isolate thread, but for Name().

#ifndef SPRINGBOARD_V8_GLUE_RUNNING_SYMBOL_H_
#define SPRINGBOARD_V8_GLUE_RUNNING_SYMBOL_H_

#include <atomic>
#include <mutex>
#include <string>

namespace springboard::glue {

class RunningSymbol {
 public:
  // Held around a native call. REQUIRES: `name` stays, and ForgetNames() comes before its end.
  class Scope {
   public:
    Scope(RunningSymbol& running, const std::string& name)
        : name_(running.name_), outer_(name_.load(std::memory_order_relaxed)) {
      name_.store(&name, std::memory_order_release);
    }
    ~Scope() { name_.store(outer_, std::memory_order_release); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    std::atomic<const std::string*>& name_;
    const std::string* const outer_;
  };

  // The name of the innermost function; empty if none is known. Any thread.
  std::string Name() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::string* name = name_.load(std::memory_order_acquire);
    return name == nullptr ? std::string() : *name;
  }

  // Returns when nobody reads a name of a call that is over: such a name may be freed.
  void ForgetNames() { const std::lock_guard<std::mutex> lock(mutex_); }

 private:
  std::mutex mutex_;  // held while a name is read
  std::atomic<const std::string*> name_ = nullptr;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_RUNNING_SYMBOL_H_
