// nonblocking: functions that wait at gates, so that a test decides when a call ends, and that tell
// which calls run and on what kind of thread.

#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;  // guards what follows
static pthread_cond_t g_changed = PTHREAD_COND_INITIALIZER;
static uint64_t g_open_gates;  // a bit for each
static uint32_t g_running;
static uint32_t g_most_running;
static uint32_t g_entered;

typedef struct {
  double x, y;
} Point;

static void wait_at(uint32_t gate) {
  pthread_mutex_lock(&g_mutex);
  ++g_entered;
  ++g_running;
  if (g_running > g_most_running) g_most_running = g_running;
  pthread_cond_broadcast(&g_changed);
  while (!(g_open_gates >> gate & 1)) pthread_cond_wait(&g_changed, &g_mutex);
  --g_running;
  pthread_mutex_unlock(&g_mutex);
}

// Waits until the gate, 0 to 63, is open; it stays open.
uint32_t pass_gate(uint32_t gate) {
  wait_at(gate);
  return gate;
}
void open_gate(uint32_t gate) {
  pthread_mutex_lock(&g_mutex);
  g_open_gates |= (uint64_t)1 << gate;
  pthread_cond_broadcast(&g_changed);
  pthread_mutex_unlock(&g_mutex);
}
// Returns when `count` calls have come to a gate.
void wait_for_entered(uint32_t count) {
  pthread_mutex_lock(&g_mutex);
  while (g_entered < count) pthread_cond_wait(&g_changed, &g_mutex);
  pthread_mutex_unlock(&g_mutex);
}
uint32_t entered(void) {
  pthread_mutex_lock(&g_mutex);
  const uint32_t count = g_entered;
  pthread_mutex_unlock(&g_mutex);
  return count;
}
uint32_t most_running(void) {
  pthread_mutex_lock(&g_mutex);
  const uint32_t most = g_most_running;
  pthread_mutex_unlock(&g_mutex);
  return most;
}

uint32_t sum_at_gate(const uint8_t* bytes, uint32_t count, uint32_t gate) {
  wait_at(gate);
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += bytes[i];
  return sum;
}
void fill_at_gate(uint8_t* bytes, uint32_t count, uint8_t value, uint32_t gate) {
  wait_at(gate);
  memset(bytes, value, count);
}
Point swap_at_gate(Point point, uint32_t gate) {
  wait_at(gate);
  return (Point){point.y, point.x};
}

void sleep_ms(uint32_t milliseconds) {
  const struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
  nanosleep(&time, NULL);
}
void block_forever(void) {
  while (1) pause();
}

// The signals that the calling thread blocks, one bit each.
uint64_t blocked_signals(void) {
  sigset_t blocked;
  uint64_t bits = 0;
  pthread_sigmask(SIG_BLOCK, NULL, &blocked);
  for (int number = 1; number < 32; ++number) {
    if (sigismember(&blocked, number)) bits |= (uint64_t)1 << number;
  }
  return bits;
}

// What is allocated from the C library, in bytes.
uint64_t bytes_allocated(void) { return mallinfo2().uordblks; }

// When this library is unloaded, *told becomes 1. `unload_told` is there for it.
uint8_t unload_told;
static uint8_t* g_told;
void tell_unload(uint8_t* told) { g_told = told; }
__attribute__((destructor)) static void unload(void) {
  if (g_told != NULL) *g_told = 1;
}
