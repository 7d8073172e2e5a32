// thread_pool: see thread_pool.h.

#include "v8_glue/node/thread_pool.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <utility>

namespace springboard::glue {

namespace {

// Of a thread, where the process's own limit is less: a call stub may take 1 MiB
// (jit::kMaxFrameBytes), and the native function has as much.
constexpr size_t kMinStackBytes = 2 << 20;

// Signals sent to the process are for the threads that Node.js handles them on. What a thread's own
// instructions raise is not blocked: the system would end the process without asking the handlers
// that a native library may have for it.
sigset_t ForeignSignals() {
  sigset_t signals;
  sigfillset(&signals);
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT}) {
    sigdelset(&signals, own);
  }
  return signals;
}

}  // namespace

ThreadPool& ThreadPool::Process() {
  static auto* const pool = new ThreadPool;
  return *pool;
}

void ThreadPool::SetMaxThreads(size_t max_threads) {
  const std::lock_guard<std::mutex> lock(mutex_);
  max_threads_ = max_threads;
}

bool ThreadPool::Run(std::function<void()> task) {
  std::unique_lock<std::mutex> lock(mutex_);
  tasks_.push_back(std::move(task));
  const bool notify = CallThread();
  if (threads_ == 0) {
    tasks_.pop_back();
    return false;
  }
  lock.unlock();
  if (notify) wake_.notify_one();
  return true;
}

void ThreadPool::Abandon() {
  std::unique_lock<std::mutex> lock(mutex_);
  abandoned_ = true;
  // This may run a library's destructors, under the lock of the loader; the end of the process
  // waits for that in any case.
  all_freed_.wait(lock, [this] { return freeing_ == 0; });
}

bool ThreadPool::CallThread() {
  if (called_ || tasks_.empty()) return false;
  called_ = idle_ > 0 || (threads_ < max_threads_ && StartThread());
  return called_ && idle_ > 0;
}

// Not std::thread, which throws where the system refuses.
bool ThreadPool::StartThread() {
  const auto work = [](void* pool) -> void* {
    static_cast<ThreadPool*>(pool)->Work();
    return nullptr;
  };
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  size_t stack_bytes = 0;
  pthread_attr_getstacksize(&attributes, &stack_bytes);
  pthread_attr_setstacksize(&attributes, std::max(stack_bytes, kMinStackBytes));
  const sigset_t blocked = ForeignSignals();
  sigset_t before;
  pthread_t thread;
  pthread_sigmask(SIG_BLOCK, &blocked, &before);  // the new thread begins with it
  const int error = pthread_create(&thread, &attributes, work, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (error != 0) return false;
  pthread_detach(thread);
  ++threads_;
  return true;
}

void ThreadPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    // Whoever was called, a thread has come.
    called_ = false;
    while (!tasks_.empty() && !abandoned_) RunFirst(lock);
    ++idle_;
    const std::cv_status waited = wake_.wait_for(lock, kIdleTime);
    --idle_;
    if (waited == std::cv_status::timeout && (tasks_.empty() || abandoned_)) break;
  }
  // The call may have been for this one.
  called_ = false;
  --threads_;
}

void ThreadPool::RunFirst(std::unique_lock<std::mutex>& lock) {
  std::function<void()> task = std::move(tasks_.front());
  tasks_.pop_front();
  const bool notify = CallThread();
  lock.unlock();
  if (notify) wake_.notify_one();
  task();
  lock.lock();
  if (abandoned_) {
    // What it holds may need an allocator that is gone.
    kept_.push_back(std::move(task));
    return;
  }
  ++freeing_;
  lock.unlock();
  task = nullptr;
  lock.lock();
  if (--freeing_ == 0) all_freed_.notify_all();
}

}  // namespace springboard::glue
