// calls: the native functions of the JavaScript rows, the same for every runtime and for the floor.
//
// Each does as little as its signature allows, gives a result that depends on every argument, and
// lives in a shared library, so that no caller sees its body.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// The processor time of the calling thread: the clock of every runtime.
double bench_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

struct Pair {
  double x, y;
};

void bench_nop(void) {}
bool bench_not(bool a) { return !a; }
int32_t bench_add_i32(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
double bench_add_f64(double a, double b) { return a + b; }
uint64_t bench_add_u64(uint64_t a, uint64_t b) { return a + b; }
int64_t bench_add_i64(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
uint32_t bench_length(size_t length, uint32_t seed) { return (uint32_t)length + seed; }

double bench_six_mixed(int32_t a, double b, uint32_t c, float d, int32_t e, double f) {
  return a + b + c + d + e + f;
}

int32_t bench_twelve_i32(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f,
                         int32_t g, int32_t h, int32_t i, int32_t j, int32_t k, int32_t l) {
  return (int32_t)((uint32_t)a + (uint32_t)b + (uint32_t)(c + d + e + f + g + h + i + j + k + l));
}

double bench_nineteen_mixed(int32_t a, double b, int32_t c, double d, int32_t e, double f,
                            int32_t g, double h, int32_t i, double j, int32_t k, double l,
                            int32_t m, double n, int32_t o, double p, int32_t q, double r,
                            int32_t s) {
  return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s;
}

double bench_variadic(int32_t a, ...) {
  va_list more;
  va_start(more, a);
  const int32_t b = va_arg(more, int32_t);
  const double c = va_arg(more, double);
  va_end(more);
  return a + b + c;
}

void* bench_next(void* pointer) { return (char*)pointer + 8; }

uint32_t bench_buffer_u32(const uint8_t* bytes, uint32_t n) { return bytes[n & 1023] + n; }
double bench_buffer_f64(const uint8_t* bytes, double x) { return bytes[0] + x; }
int32_t bench_put_i32(int32_t value, int32_t* place) {
  *place = value;
  return value + 1;
}
uint32_t bench_strlen(const char* text) { return (uint32_t)strlen(text); }
const char* bench_find(const char* text, int32_t character) { return strchr(text, character); }

double bench_pairs_in(struct Pair a, struct Pair b) { return a.x + a.y + b.x + b.y; }
struct Pair bench_add_pairs(struct Pair a, struct Pair b) {
  return (struct Pair){a.x + b.x, a.y + b.y};
}

// Calls back `times` times, each time with what came back before.
int32_t bench_call_back(int32_t (*callback)(int32_t), int32_t times) {
  int32_t x = 0;
  for (int32_t i = 0; i < times; ++i) x = callback(x);
  return x;
}

typedef int32_t (*Compare)(int32_t, int32_t);
static int compare_by(const void* a, const void* b, void* compare) {
  return (*(const Compare*)compare)(*(const int32_t*)a, *(const int32_t*)b);
}

// Sorts the same 10,000 numbers each time, comparing them by `compare`; the one in the middle.
int32_t bench_sort(Compare compare) {
  static int32_t numbers[10000];
  uint32_t random = 1;
  for (int32_t i = 0; i < 10000; ++i) {
    random = random * 1664525 + 1013904223;
    numbers[i] = (int32_t)(random >> 8);
  }
  qsort_r(numbers, 10000, sizeof(int32_t), compare_by, &compare);
  return numbers[5000];
}

struct ThreadCalls {
  int32_t (*callback)(int32_t);
  int32_t times, result;
};

static void* run_calls(void* data) {
  struct ThreadCalls* calls = data;
  calls->result = bench_call_back(calls->callback, calls->times);
  return 0;
}

// The same on a thread of its own; -1 if there is none to be had.
int32_t bench_call_back_from_thread(int32_t (*callback)(int32_t), int32_t times) {
  struct ThreadCalls calls = {callback, times, 0};
  pthread_t thread;
  if (pthread_create(&thread, 0, run_calls, &calls) != 0) return -1;
  pthread_join(thread, 0);
  return calls.result;
}

// For calls by pointer.
void* bench_add_i32_pointer(void) { return (void*)bench_add_i32; }
void* bench_add_f64_pointer(void) { return (void*)bench_add_f64; }
void* bench_add_u64_pointer(void) { return (void*)bench_add_u64; }
