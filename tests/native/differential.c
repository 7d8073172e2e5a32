// differential: functions that record the raw bits of their argument and that they were called, and
// functions that give the raw bits they are told to.
//
// JavaScript reads and writes `differential_record` as memory, so that to look at it is no call.

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// What the differential test reads; tests/differential/native.mjs knows the offsets.
typedef struct {
  uint64_t calls;     // how often any of the functions was entered
  uint64_t bits;      // the last argument, widened as its C type is
  uint64_t length;    // how many bytes see_pointer looks at
  uint64_t result;    // what give_* return
  uint8_t bytes[64];  // what see_pointer, see_* of structs and weigh_* saw; give_* of structs give
} Record;

Record differential_record;

// Where the ABI lets a callee read 32 bits of a narrow argument, and compilers do, so does this.
#if defined(__x86_64__)
typedef int32_t Narrow8, Narrow16;
typedef uint32_t NarrowU8, NarrowU16, NarrowBool;
#else
typedef int8_t Narrow8;
typedef int16_t Narrow16;
typedef uint8_t NarrowU8;
typedef uint16_t NarrowU16;
typedef bool NarrowBool;
#endif

#define SEE(name, type)                                  \
  type see_##name(type value) {                          \
    ++differential_record.calls;                         \
    differential_record.bits = (uint64_t)(int64_t)value; \
    return value;                                        \
  }
#define SEE_UNSIGNED(name, type)                \
  type see_##name(type value) {                 \
    ++differential_record.calls;                \
    differential_record.bits = (uint64_t)value; \
    return value;                               \
  }
SEE(i8, Narrow8)
SEE(i16, Narrow16)
SEE(i32, int32_t)
SEE(i64, int64_t)
SEE_UNSIGNED(u8, NarrowU8)
SEE_UNSIGNED(u16, NarrowU16)
SEE_UNSIGNED(u32, uint32_t)
SEE_UNSIGNED(u64, uint64_t)
SEE_UNSIGNED(bool, NarrowBool)

float see_f32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  ++differential_record.calls;
  differential_record.bits = bits;
  return value;
}

double see_f64(double value) {
  ++differential_record.calls;
  memcpy(&differential_record.bits, &value, sizeof(value));
  return value;
}

// Copies `length` bytes and adds 1 to each: the caller knows by it whose bytes they were.
void* see_pointer(uint8_t* value) {
  ++differential_record.calls;
  differential_record.bits = (uint64_t)(uintptr_t)value;
  for (uint64_t i = 0; i < differential_record.length; ++i) {
    differential_record.bytes[i] = value[i]++;
  }
  return value;
}

typedef struct {
  uint8_t a, b;
  uint16_t c;
} Small;  // a part of one register

typedef struct {
  double a;
  int64_t b;
} Pair;  // a register of either kind

typedef struct {
  int64_t a, b, c;
} Large;  // memory

// `mark` is `see` without a result, which may want an address to write to.
#define SEE_STRUCT(name, type)                                \
  void mark_##name(type value) {                              \
    ++differential_record.calls;                              \
    memcpy(differential_record.bytes, &value, sizeof(value)); \
  }                                                           \
  type see_##name(type value) {                               \
    mark_##name(value);                                       \
    return value;                                             \
  }                                                           \
  type give_##name(void) {                                    \
    type value;                                               \
    ++differential_record.calls;                              \
    memcpy(&value, differential_record.bytes, sizeof(value)); \
    return value;                                             \
  }
SEE_STRUCT(small, Small)
SEE_STRUCT(pair, Pair)
SEE_STRUCT(large, Large)

// All bits of the result register, whatever JavaScript was told of its width.
uint64_t give_bits(void) {
  ++differential_record.calls;
  return differential_record.result;
}

double give_double(void) {
  double value;
  ++differential_record.calls;
  memcpy(&value, &differential_record.result, sizeof(value));
  return value;
}

void nothing(void) { ++differential_record.calls; }

static void note(uint64_t* at, uint64_t value) { *at = *at * 31 + value; }

// Calls of several parameters: what was seen is mixed into `bits`.
double several_mixed(int32_t a, double b, uint8_t c, float d, int64_t e, bool f) {
  uint64_t* bits = &differential_record.bits;
  ++differential_record.calls;
  *bits = 0;
  note(bits, (uint32_t)a);
  note(bits, (uint64_t)(int64_t)(b * 4));
  note(bits, c);
  note(bits, (uint64_t)(int64_t)(d * 4));
  note(bits, (uint64_t)e);
  note(bits, f);
  return b;
}

uint64_t several_addresses(void* a, uint8_t* b, bool c, Small d, uint64_t e, int8_t f) {
  uint64_t* bits = &differential_record.bits;
  ++differential_record.calls;
  *bits = 0;
  note(bits, (uint64_t)(uintptr_t)a);
  note(bits, b[0]);
  note(bits, c);
  note(bits, (uint64_t)d.a + d.b + d.c);
  note(bits, e);
  note(bits, (uint64_t)(int64_t)f);
  return e;
}

// More than V8 inlines the wrapper of.
int32_t several_many(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f, int32_t g,
                     int32_t h, int32_t i, int32_t j, int32_t k, int32_t l, int32_t m, int32_t n,
                     int32_t o, int32_t p, int32_t q, int32_t r, int32_t s, int32_t t, int32_t u,
                     int32_t v, int32_t w, int32_t x, int32_t y, int32_t z) {
  const int32_t all[] = {a, b, c, d, e, f, g, h, i, j, k, l, m,
                         n, o, p, q, r, s, t, u, v, w, x, y, z};
  ++differential_record.calls;
  differential_record.bits = 0;
  for (unsigned at = 0; at < sizeof(all) / sizeof(all[0]); ++at) {
    note(&differential_record.bits, (uint32_t)all[at]);
  }
  return a;
}
