// callbacks: native code that calls back, in every way the tests need.

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static uint64_t g_calls;
uint64_t calls_made(void) { return g_calls; }

typedef struct {
  double x, y;
} Point;
typedef struct {
  int8_t a;
  int64_t b;
} ByteLong;
typedef struct {
  int64_t words[8];
} Words8;

#define CALL_WITH(name, type)                            \
  type call_##name(type (*callback)(type), type value) { \
    ++g_calls;                                           \
    return callback(value);                              \
  }
CALL_WITH(i8, int8_t)
CALL_WITH(u8, uint8_t)
CALL_WITH(i16, int16_t)
CALL_WITH(u16, uint16_t)
CALL_WITH(i32, int32_t)
CALL_WITH(u32, uint32_t)
CALL_WITH(i64, int64_t)
CALL_WITH(u64, uint64_t)
CALL_WITH(isize, intptr_t)
CALL_WITH(usize, uintptr_t)
CALL_WITH(f32, float)
CALL_WITH(f64, double)
CALL_WITH(bool, bool)
CALL_WITH(pointer, void*)
CALL_WITH(point, Point)
CALL_WITH(byte_long, ByteLong)
CALL_WITH(words8, Words8)
#undef CALL_WITH

void call_void(void (*callback)(void)) {
  ++g_calls;
  callback();
}

// Calls back, then returns `value`: the result is the callee's own, whatever the callback did.
#define VIA(name, type)                                 \
  type via_##name(void (*callback)(void), type value) { \
    ++g_calls;                                          \
    callback();                                         \
    return value;                                       \
  }
VIA(i8, int8_t)
VIA(u8, uint8_t)
VIA(i16, int16_t)
VIA(u16, uint16_t)
VIA(i32, int32_t)
VIA(u32, uint32_t)
VIA(i64, int64_t)
VIA(u64, uint64_t)
VIA(f32, float)
VIA(f64, double)
VIA(bool, bool)
VIA(pointer, void*)
VIA(point, Point)
#undef VIA

// The callback is kept here and not passed, so that the caller's signature has scalars only.
static void (*g_kept)(void);
void keep(void (*callback)(void)) { g_kept = callback; }
#define THROUGH(name, type)         \
  type through_##name(type value) { \
    ++g_calls;                      \
    if (g_kept) g_kept();           \
    return value;                   \
  }
THROUGH(i8, int8_t)
THROUGH(u8, uint8_t)
THROUGH(i16, int16_t)
THROUGH(u16, uint16_t)
THROUGH(i32, int32_t)
THROUGH(u32, uint32_t)
THROUGH(i64, int64_t)
THROUGH(u64, uint64_t)
THROUGH(f32, float)
THROUGH(f64, double)
THROUGH(bool, bool)
THROUGH(pointer, void*)
THROUGH(point, Point)
THROUGH(words8, Words8)
#undef THROUGH
void through_void(void) {
  ++g_calls;
  if (g_kept) g_kept();
}

// Adds `add` to every byte, once the callback has returned; gives their sum.
uint32_t through_bytes(uint8_t* bytes, uint32_t count, uint8_t add) {
  through_void();
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += bytes[i] = (uint8_t)(bytes[i] + add);
  return sum;
}
double through_structs(Point point, Words8 words) {
  through_void();
  double sum = point.x + 2 * point.y;
  for (int i = 0; i < 8; ++i) sum += (i + 1) * (double)words.words[i];
  return sum;
}
int64_t through_mixed(int32_t a, const uint8_t* bytes, Point point, double b, int64_t c) {
  through_void();
  return a + bytes[0] + 2 * bytes[7] + (int64_t)(point.x + point.y + b) + c;
}
// Adds one to every byte behind each of several callbacks. Returns how many bytes were not what
// the one before had left.
uint32_t through_kept(uint8_t* bytes, uint32_t count, uint32_t rounds) {
  const uint8_t first = bytes[0];
  uint32_t wrong = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    through_void();
    for (uint32_t i = 0; i < count; ++i) {
      wrong += bytes[i] != (uint8_t)(first + round);
      bytes[i] = (uint8_t)(first + round + 1);
    }
  }
  return wrong;
}

typedef double (*Many)(int32_t, double, int64_t, float, uint8_t, Point, int16_t, uint64_t, int32_t,
                       int32_t, double, double, double, double, double, double, double);
double call_many(Many callback) {
  ++g_calls;
  return callback(1, 2.5, -3, 4.5f, 5, (Point){6.5, 7.5}, -8, 9, 10, 11, 12.5, 13.5, 14.5, 15.5,
                  16.5, 17.5, 18.5);
}

void sort_i32(int32_t* values, uint32_t count, int (*compare)(const void*, const void*)) {
  ++g_calls;
  qsort(values, count, sizeof *values, compare);
}
// Calls back `count` times and sums what comes.
int64_t repeat(int32_t (*callback)(int32_t), int32_t count) {
  ++g_calls;
  int64_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += callback(i);
  return sum;
}

// A callback kept for later, for example until it is closed.
static int32_t (*g_later)(int32_t);
void keep_later(int32_t (*callback)(int32_t)) { g_later = callback; }
int32_t call_later(int32_t value) {
  ++g_calls;
  return g_later(value);
}
