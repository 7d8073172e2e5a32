// thread_pool: the example's threads for nonblocking native calls.
//
// A fixed number of threads, one queue. Run() from the loop's thread.

#ifndef SPRINGBOARD_EXAMPLES_EMBEDDING_THREAD_POOL_H_
#define SPRINGBOARD_EXAMPLES_EMBEDDING_THREAD_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace embedding {

class ThreadPool {
 public:
  explicit ThreadPool(size_t threads);
  // Waits for the tasks that have begun; the others are destroyed without having run.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Runs `task` on one of the threads, and destroys it there.
  void Run(std::function<void()> task);

 private:
  void Work();

  std::mutex mutex_;  // guards the queue
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace embedding

#endif  // SPRINGBOARD_EXAMPLES_EMBEDDING_THREAD_POOL_H_
