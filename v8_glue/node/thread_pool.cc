// thread_pool: see thread_pool.h.

#include "v8_glue/node/thread_pool.h"

#include <pthread.h>

#include <cstdlib>
#include <utility>

namespace springboard::glue {

namespace {

size_t ThreadsFromVariable() {
  const char* text = std::getenv("SPRINGBOARD_POOL_THREADS");
  if (text == nullptr) return ThreadPool::kDefaultThreads;
  const unsigned long threads = std::strtoul(text, nullptr, 10);
  return threads == 0 ? ThreadPool::kDefaultThreads : threads;
}

}  // namespace

ThreadPool& ThreadPool::Process() {
  // Never destroyed: its threads may run until the process is gone.
  static auto* const pool = new ThreadPool(ThreadsFromVariable());
  return *pool;
}

bool ThreadPool::Run(std::function<void()> task) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (idle_ <= tasks_.size() && threads_ < max_threads_ && !StartThread() && threads_ == 0) {
    return false;
  }
  tasks_.push_back(std::move(task));
  wake_.notify_one();
  return true;
}

void ThreadPool::Abandon() {
  const std::lock_guard<std::mutex> lock(mutex_);
  abandoned_ = true;
}

// REQUIRES: mutex_ is held. Not std::thread, which throws where the system refuses.
bool ThreadPool::StartThread() {
  pthread_t thread;
  const auto work = [](void* pool) -> void* {
    static_cast<ThreadPool*>(pool)->Work();
    return nullptr;
  };
  if (pthread_create(&thread, nullptr, work, this) != 0) return false;
  pthread_detach(thread);
  ++threads_;
  return true;
}

void ThreadPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    ++idle_;
    const bool woken =
        wake_.wait_for(lock, kIdleTime, [this] { return !tasks_.empty() && !abandoned_; });
    --idle_;
    if (!woken) break;
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
    if (abandoned_) {
      static_cast<void>(new std::function<void()>(std::move(task)));
      continue;
    }
    lock.unlock();
    task = nullptr;
    lock.lock();
  }
  --threads_;
}

}  // namespace springboard::glue
