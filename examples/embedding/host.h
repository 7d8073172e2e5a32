// host: what Springboard needs of the program around it, in terms of this program's event loop and
// thread pool; and the rule of who may do what. See v8_glue/springboard.h for the contracts.

#ifndef SPRINGBOARD_EXAMPLES_EMBEDDING_HOST_H_
#define SPRINGBOARD_EXAMPLES_EMBEDDING_HOST_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "examples/embedding/event_loop.h"
#include "examples/embedding/thread_pool.h"
#include "v8_glue/springboard.h"

namespace embedding {

class ExampleHost : public springboard::glue::Host {
 public:
  ExampleHost(EventLoop& loop, ThreadPool& pool) : loop_(loop), pool_(pool) {}

  void PostTask(std::function<void()> task) override { loop_.Post(std::move(task)); }
  bool RunOnPool(std::function<void()> task) override {
    pool_.Run(std::move(task));
    return true;
  }
  void Report(const std::string& message) override;
  void KeepAlive(bool alive) override { loop_.KeepAlive(alive); }

 private:
  EventLoop& loop_;
  ThreadPool& pool_;
};

// One library, by the bare name that scripts give to dlopen, which the loader looks for in its own
// folders; paths would have to be compared with links resolved. And raw pointers, which callbacks
// need.
class OneLibraryPolicy : public springboard::glue::Policy {
 public:
  explicit OneLibraryPolicy(std::string library) : library_(std::move(library)) {}

  bool AllowsLibrary(std::string_view path) override { return path == library_; }
  bool AllowsPointers() override { return true; }

 private:
  const std::string library_;
};

}  // namespace embedding

#endif  // SPRINGBOARD_EXAMPLES_EMBEDDING_HOST_H_
