// threads: native threads that call back, in every way the tests need.
//
// start_xxx() starts a thread and returns its Job, which done() tells the end of and take_xxx()
// joins and frees, giving what the callback returned.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  double x, y;
} Point;
typedef void* Address;

typedef struct {
  pthread_t thread;
  void (*body)(void* job);
  atomic_int id;  // the system's, once it runs
  atomic_int done;
} Job;

static void* run(void* data) {
  Job* job = data;
  atomic_store(&job->id, gettid());
  job->body(data);
  atomic_store(&job->done, 1);
  return 0;
}

// Null if the system refuses a thread.
static void* start(Job* job, void (*body)(void*)) {
  job->body = body;
  if (pthread_create(&job->thread, 0, run, job) == 0) return job;
  free(job);
  return 0;
}

bool done(Job* job) { return atomic_load(&job->done); }

static void sleep_us(long us) {
  nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, 0);
}
void sleep_ms(int32_t ms) { sleep_us(ms * 1000L); }

static bool sleeps(int id) {
  char path[64], state = 0;
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", id);
  FILE* file = fopen(path, "r");
  if (!file) return false;
  const int read = fscanf(file, "%*d (%*[^)]) %c", &state);
  fclose(file);
  return read == 1 && state == 'S';
}

// Returns once the thread blocks, which it does nowhere but in its callback.
void await_blocked(Job* job) {
  for (int blocked = 0; blocked < 5; sleep_us(300)) {
    const int id = atomic_load(&job->id);
    blocked = id && sleeps(id) ? blocked + 1 : 0;
  }
}

// One call with one value of each kind.
#define KIND(name, type)                                   \
  typedef struct {                                         \
    Job job;                                               \
    type (*callback)(type);                                \
    type value, result;                                    \
  } Job_##name;                                            \
  static void body_##name(void* data) {                    \
    Job_##name* job = data;                                \
    job->result = job->callback(job->value);               \
  }                                                        \
  void* start_##name(type (*callback)(type), type value) { \
    Job_##name* job = calloc(1, sizeof *job);              \
    job->callback = callback;                              \
    job->value = value;                                    \
    return start(&job->job, body_##name);                  \
  }                                                        \
  type take_##name(Job_##name* job) {                      \
    pthread_join(job->job.thread, 0);                      \
    const type result = job->result;                       \
    free(job);                                             \
    return result;                                         \
  }
KIND(i8, int8_t)
KIND(u8, uint8_t)
KIND(i16, int16_t)
KIND(u16, uint16_t)
KIND(i32, int32_t)
KIND(u32, uint32_t)
KIND(i64, int64_t)
KIND(u64, uint64_t)
KIND(f32, float)
KIND(f64, double)
KIND(bool, bool)
KIND(pointer, Address)
KIND(point, Point)
#undef KIND

typedef double (*Eleven)(int8_t, uint16_t, int32_t, uint64_t, float, double, bool, void*, Point,
                         int64_t, double);
typedef struct {
  Job_f64 as;  // so that take_f64() takes it
  Eleven callback;
} ElevenJob;
static void body_eleven(void* data) {
  ElevenJob* job = data;
  job->as.result =
      job->callback(-1, 2, -3, 4, 5.5f, 6.5, true, (void*)0x1234, (Point){7.5, 8.5}, -9, 10.5);
}
void* start_eleven(Eleven callback) {
  ElevenJob* job = calloc(1, sizeof *job);
  job->callback = callback;
  return start(&job->as.job, body_eleven);
}

// `count` calls in a row; take_i32() gives how many results were wrong.
typedef struct {
  Job_i32 as;
  int32_t (*callback)(int32_t, int32_t);
  int32_t number, count;
} RowJob;
static void body_row(void* data) {
  RowJob* job = data;
  for (int32_t i = 0; i < job->count; ++i) {
    if (job->callback(job->number, i) != job->number * 10000 + i) ++job->as.result;
  }
}
void* start_row(int32_t (*callback)(int32_t, int32_t), int32_t number, int32_t count) {
  RowJob* job = calloc(1, sizeof *job);
  job->callback = callback;
  job->number = number;
  job->count = count;
  return start(&job->as.job, body_row);
}

// Passes the address of an int; take_i32() gives what is there when the callback has returned.
typedef struct {
  Job_i32 as;
  void (*callback)(int32_t*);
} SeenJob;
static void body_seen(void* data) {
  SeenJob* job = data;
  job->callback(&job->as.value);
  job->as.result = job->as.value;
}
void* start_seen(void (*callback)(int32_t*)) {
  SeenJob* job = calloc(1, sizeof *job);
  job->callback = callback;
  return start(&job->as.job, body_seen);
}

// Threads that nobody waits for: they call until stop_callers(), or for ever.
static atomic_int g_callers, g_stop;
static _Atomic int64_t g_nonzero;
static void* call_on(void* callback) {
  while (!atomic_load(&g_stop)) {
    if (((int32_t(*)(int32_t))callback)(1)) {
      atomic_fetch_add(&g_nonzero, 1);
    } else {
      sleep_us(50);
    }
  }
  atomic_fetch_sub(&g_callers, 1);
  return 0;
}
int32_t start_callers(int32_t (*callback)(int32_t), int32_t count) {
  atomic_store(&g_stop, 0);
  int32_t started = 0;
  for (; started < count; ++started) {
    pthread_t thread;
    if (pthread_create(&thread, 0, call_on, callback) != 0) break;
    pthread_detach(thread);
    atomic_fetch_add(&g_callers, 1);
  }
  return started;
}
void stop_callers(void) { atomic_store(&g_stop, 1); }
int32_t callers(void) { return atomic_load(&g_callers); }
int64_t answered(void) { return atomic_load(&g_nonzero); }

// Waits for a thread that calls back, for `ms` at most: true if it came to its end.
bool wait_for(Job* job, int32_t ms) {
  for (; ms > 0 && !done(job); --ms) sleep_us(1000);
  return done(job);
}

// The same in a call that makes the thread itself; 0 while it waits for the callback.
static Job_i32* g_waited;
int32_t call_and_wait(int32_t (*callback)(int32_t), int32_t ms) {
  g_waited = start_i32(callback, 41);
  return wait_for(&g_waited->job, ms) ? take_i32(g_waited) : 0;
}

// The job that call_and_wait() did not see the end of.
void* waited(void) { return g_waited; }
