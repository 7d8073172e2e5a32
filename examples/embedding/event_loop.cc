// event_loop: see event_loop.h.

#include "examples/embedding/event_loop.h"

#include <utility>

namespace embedding {

void EventLoop::Post(Task task) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!open_) return;
  tasks_.push_back(std::move(task));
  posted_.notify_one();
}

void EventLoop::Run(const Task& after_each) {
  while (const Task task = Next()) {
    task();
    after_each();
  }
}

void EventLoop::Close() {
  std::deque<Task> dropped;  // destroyed without the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  open_ = false;
  dropped.swap(tasks_);
}

EventLoop::Task EventLoop::Next() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (alive_) posted_.wait(lock, [this] { return !tasks_.empty(); });
  if (tasks_.empty()) return nullptr;
  Task task = std::move(tasks_.front());
  tasks_.pop_front();
  return task;
}

}  // namespace embedding
