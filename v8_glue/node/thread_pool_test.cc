// thread_pool_test: as many threads as there are tasks that block, and no more than there may be.

#include "v8_glue/node/thread_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace springboard::glue {
namespace {

// Where threads wait for each other, and which counts them. Shared: the last to leave may do so
// after the test has gone on.
class Gate {
 public:
  // Waits until `count` threads have come.
  void Meet(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    ++came_;
    changed_.notify_all();
    changed_.wait(lock, [this, count] { return came_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int came_ = 0;
};

// A pool is never destroyed while its threads are there, which nobody can wait for.
ThreadPool& NewPool(size_t max_threads) {
  static auto* const pools = new std::vector<std::unique_ptr<ThreadPool>>;
  pools->push_back(std::make_unique<ThreadPool>());
  pools->back()->SetMaxThreads(max_threads);
  return *pools->back();
}

TEST(ThreadPool, TasksThatBlockRunAtTheSameTime) {
  constexpr int kTasks = 16;
  ThreadPool& pool = NewPool(kTasks);
  for (int round = 0; round < 50; ++round) {
    const auto inside = std::make_shared<Gate>();
    const auto done = std::make_shared<Gate>();
    for (int i = 0; i < kTasks; ++i) {
      ASSERT_TRUE(pool.Run([inside, done] {
        inside->Meet(kTasks);
        done->Meet(1);
      }));
    }
    done->Meet(kTasks + 1);
  }
}

TEST(ThreadPool, NoMoreThreadsThanThereMayBe) {
  constexpr int kThreads = 3;
  constexpr int kTasks = 2000;
  ThreadPool& pool = NewPool(kThreads);
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  const auto done = std::make_shared<Gate>();
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_TRUE(pool.Run([&running, &most, done] {
      const int now = ++running;
      int before = most;
      while (before < now && !most.compare_exchange_weak(before, now)) {
      }
      --running;
      done->Meet(1);
    }));
  }
  done->Meet(kTasks + 1);
  EXPECT_LE(most, kThreads);
}

TEST(ThreadPool, OneThreadKeepsTheOrder) {
  constexpr int kTasks = 500;
  ThreadPool& pool = NewPool(1);
  std::vector<int> order;
  const auto done = std::make_shared<Gate>();
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_TRUE(pool.Run([&order, done, i] {
      order.push_back(i);
      done->Meet(1);
    }));
  }
  done->Meet(kTasks + 1);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size(), kTasks);
}

TEST(ThreadPool, AnAbandonedPoolBeginsAndDestroysNothing) {
  ThreadPool& pool = NewPool(1);
  const auto begun = std::make_shared<Gate>();
  const auto ended = std::make_shared<Gate>();
  const auto held = std::make_shared<int>(0);
  ASSERT_TRUE(pool.Run([begun, ended, held] {
    begun->Meet(2);
    ended->Meet(2);
  }));
  const auto second = std::make_shared<std::atomic<bool>>(false);
  ASSERT_TRUE(pool.Run([second] { *second = true; }));
  begun->Meet(2);
  pool.Abandon();
  ended->Meet(2);
  EXPECT_FALSE(*second);
  EXPECT_GE(held.use_count(), 2);
}

}  // namespace
}  // namespace springboard::glue
