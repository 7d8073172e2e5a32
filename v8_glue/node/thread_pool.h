// thread_pool: the threads that nonblocking native calls of this process run on.
//
// Not libuv's: a native function may block for as long as it likes, and files and names would wait
// for it; and libuv waits for its threads when the process ends. Threads are started when there is
// more to do than idle threads, up to a limit, and end after a while without work. Any thread.
//
// One thread is called at a time, and calls the next if it finds more than one task: a thread for
// each task would have little left to do when it comes, as most native functions are quick.

#ifndef SPRINGBOARD_V8_GLUE_NODE_THREAD_POOL_H_
#define SPRINGBOARD_V8_GLUE_NODE_THREAD_POOL_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace springboard::glue {

class ThreadPool {
 public:
  // As many calls can block at a time. A thread's cost is mostly address space for its stack.
  static constexpr size_t kDefaultThreads = 32;
  static constexpr std::chrono::seconds kIdleTime{5};

  // The process's pool; never destroyed, because its threads may run until the process is gone.
  static ThreadPool& Process();

  ThreadPool() = default;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // How many threads there may be. Those that are there stay. REQUIRES: at least 1.
  void SetMaxThreads(size_t max_threads);

  // Runs `task` on one of the threads and destroys it there. False if there is no thread and the
  // system refuses one.
  bool Run(std::function<void()> task);

  // The process ends: from the return on no task is destroyed any more, and none is begun.
  void Abandon();

 private:
  // These REQUIRE that mutex_ is held.

  // Has one more thread come, if there is a task for it. True if the caller has to notify one.
  bool CallThread();
  bool StartThread();
  // Unlocks while the task runs.
  void RunFirst(std::unique_lock<std::mutex>& lock);

  void Work();

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::condition_variable all_freed_;
  std::deque<std::function<void()>> tasks_;
  size_t max_threads_ = kDefaultThreads;
  size_t threads_ = 0;
  size_t idle_ = 0;
  bool called_ = false;  // a thread has been notified or started, and has not come yet
  size_t freeing_ = 0;   // threads that are destroying a task
  bool abandoned_ = false;
  std::vector<std::function<void()>> kept_;  // what was running then
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NODE_THREAD_POOL_H_
