// out: functions that give results through pointers, and that set errno.

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint32_t calls;
uint32_t out_calls(void) { return calls; }

// Sets errno to `number` and returns `result`.
int32_t fail_i32(int32_t number, int32_t result) {
  ++calls;
  errno = number;
  return result;
}
int64_t fail_i64(int32_t number, int64_t result) { return fail_i32(number, 0) + result; }
double fail_f64(int32_t number, double result) { return fail_i32(number, 0) + result; }
int8_t fail_i8(int32_t number, int32_t result) { return (int8_t)fail_i32(number, result); }
uint32_t fail_u32(int32_t number, uint32_t result) {
  return (uint32_t)fail_i32(number, 0) + result;
}
void fail_void(int32_t number) { errno = number; }
void* fail_pointer(int32_t number, int64_t address) {
  errno = number;
  return (void*)address;
}
// errno as it is on entry, which stays.
int32_t errno_on_entry(void) { return errno; }
int32_t fail_buffer(int32_t number, const uint8_t* bytes) { return fail_i32(number, bytes[0]); }

// Sets errno `times` times in a row while other threads do the same, and returns whether it stayed.
int32_t keep_errno(int32_t number, int32_t times) {
  for (int32_t i = 0; i < times; ++i) {
    errno = number;
    if (i % 1000 == 0) usleep(0);
    if (errno != number && errno != EINTR) return 0;
    errno = number;
  }
  return -1;
}

// Sets errno, calls back, which may set it, and sets it again.
int32_t fail_around(int32_t number, void (*callback)(void)) {
  errno = number;
  callback();
  errno = number;
  return -1;
}

#define OUT(name, type)                         \
  int32_t put_##name(type value, type* place) { \
    ++calls;                                    \
    *place = value;                             \
    return 7;                                   \
  }                                             \
  void take_##name(type* place, type* before) { \
    ++calls;                                    \
    *before = *place;                           \
    *place = (type)1;                           \
  }
OUT(bool, bool)
OUT(u8, uint8_t)
OUT(i8, int8_t)
OUT(u16, uint16_t)
OUT(i16, int16_t)
OUT(u32, uint32_t)
OUT(i32, int32_t)
OUT(u64, uint64_t)
OUT(i64, int64_t)
OUT(f32, float)
OUT(f64, double)

int32_t put_pointer(void* value, void** place) {
  *place = value;
  return 7;
}
void swap_pointer(void** place, void** before) {
  *before = *place;
  *place = NULL;
}
// A bool of which more than the lowest bit is set, as a C compiler would not write it.
void put_byte(uint8_t value, uint8_t* place) { *place = value; }

struct Point {
  double x, y;
};
int32_t put_point(double x, double y, struct Point* place) {
  *place = (struct Point){x, y};
  return 7;
}
void double_point(struct Point* place) {
  place->x *= 2;
  place->y *= 2;
}

void put_two(int32_t* a, double* b) {
  *a = 42;
  *b = 0.5;
}
void put_nothing(int32_t* place) { (void)place; }
void put_address(uint64_t* place) { *place = (uint64_t)(uintptr_t)place; }
int32_t divide(int32_t a, int32_t b, int32_t* quotient, int32_t* rest) {
  *quotient = a / b;
  *rest = a % b;
  return -1;
}

// Writes, calls back, and looks whether what it wrote is still there.
int32_t put_around(int32_t value, int32_t* place, void (*callback)(int32_t)) {
  *place = value;
  callback(value);
  return *place == value;
}
