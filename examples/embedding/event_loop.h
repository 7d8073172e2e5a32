// event_loop: the example's event loop: a queue of tasks and the thread that runs them.
//
// Tasks are posted from any thread and run, one after the other, by the thread that calls Run().

#ifndef SPRINGBOARD_EXAMPLES_EMBEDDING_EVENT_LOOP_H_
#define SPRINGBOARD_EXAMPLES_EMBEDDING_EVENT_LOOP_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace embedding {

class EventLoop {
 public:
  using Task = std::function<void()>;

  // Any thread. After Close() the task is dropped.
  void Post(Task task);

  // Whether Run() waits for tasks although there is none. The loop's thread.
  void KeepAlive(bool alive) { alive_ = alive; }

  // Runs tasks, and `after_each` after each of them, until there is nothing left to run or to wait
  // for. The loop's thread.
  void Run(const Task& after_each);

  // Drops what is posted and what will be. Any thread.
  void Close();

 private:
  // Waits if there is a reason to. Empty when the loop is over.
  Task Next();

  bool alive_ = false;
  std::mutex mutex_;  // guards what follows
  std::condition_variable posted_;
  std::deque<Task> tasks_;
  bool open_ = true;
};

}  // namespace embedding

#endif  // SPRINGBOARD_EXAMPLES_EMBEDDING_EVENT_LOOP_H_
