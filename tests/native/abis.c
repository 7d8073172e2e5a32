// Every function once in each calling convention of the processor: NAME_host, and on x86-64
// NAME_sysv and NAME_win64. A test that names the wrong one sees wrong values or worse.

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>

struct small {  // by address in Win64, in two registers in SysV
  double x;
  int64_t n;
};
struct byte3 {
  uint8_t bytes[3];
};
struct eight {  // in one general register in Win64, in one vector register in SysV
  float x, y;
};
struct large {
  int64_t values[5];
};

static uint32_t entered;
uint32_t abis_calls(void) { return entered; }

#define FUNCTIONS(ABI, ATTRIBUTE, LIST, START, ARGUMENT, END)                                   \
  ATTRIBUTE double mixed_##ABI(int32_t a, double b, int64_t c, float d, uint8_t e, double f,    \
                               int16_t g, int32_t h) {                                          \
    ++entered;                                                                                  \
    return a + 10 * b + 100 * (double)c + 1000 * d + 1e4 * e + 1e5 * f + 1e6 * g + 1e7 * h;     \
  }                                                                                             \
  ATTRIBUTE int64_t narrow_##ABI(int8_t a, uint16_t b, int32_t c, int8_t d, int8_t e, int8_t f, \
                                 int8_t g) {                                                    \
    ++entered;                                                                                  \
    return (int64_t)a + b + c + d + e + f + g;                                                  \
  }                                                                                             \
  ATTRIBUTE int8_t narrow_result_##ABI(int32_t a) { return (int8_t)a; }                         \
  ATTRIBUTE uint64_t sum_bytes_##ABI(const uint8_t* bytes, uint32_t count) {                    \
    uint64_t sum = 0;                                                                           \
    ++entered;                                                                                  \
    for (uint32_t i = 0; i < count; ++i) sum += bytes[i];                                       \
    return sum;                                                                                 \
  }                                                                                             \
  ATTRIBUTE struct small add_small_##ABI(struct small a, struct byte3 b, struct eight c,        \
                                         struct large d) {                                      \
    struct small sum = {a.x + c.x + c.y, a.n + b.bytes[0] + b.bytes[1] + b.bytes[2]};           \
    ++entered;                                                                                  \
    for (int i = 0; i < 5; ++i) sum.n += d.values[i];                                           \
    /* The copies are the callee's. */                                                          \
    for (int i = 0; i < 5; ++i) ((volatile int64_t*)d.values)[i] = -1;                          \
    ((volatile struct small*)&a)->n = -1;                                                       \
    return sum;                                                                                 \
  } ATTRIBUTE struct eight swap_##ABI(struct eight a) {                                         \
    return (struct eight){a.y, a.x};                                                            \
  } ATTRIBUTE int32_t fail_##ABI(int32_t number) {                                              \
    ++entered;                                                                                  \
    errno = number;                                                                             \
    return -1;                                                                                  \
  }                                                                                             \
  ATTRIBUTE double call_##ABI(                                                                  \
      ATTRIBUTE double (*f)(int8_t, double, int64_t, float, int32_t, struct small),             \
      int32_t times) {                                                                          \
    double sum = 0;                                                                             \
    ++entered;                                                                                  \
    for (int32_t i = 0; i < times; ++i) {                                                       \
      sum += f((int8_t)-i, 0.5, 3000000000 + i, 1.5f, i, (struct small){i, i});                 \
    }                                                                                           \
    return sum;                                                                                 \
  }                                                                                             \
  ATTRIBUTE struct small make_##ABI(ATTRIBUTE struct small (*f)(struct eight), float x) {       \
    return f((struct eight){x, 2 * x});                                                         \
  } ATTRIBUTE double sum_variadic_##ABI(int32_t count, ...) {                                   \
    LIST list;                                                                                  \
    double sum = 0;                                                                             \
    ++entered;                                                                                  \
    START(list, count);                                                                         \
    for (int32_t i = 0; i < count; ++i) {                                                       \
      sum += i % 2 == 0 ? ARGUMENT(list, double) : (double)ARGUMENT(list, int64_t);             \
    }                                                                                           \
    END(list);                                                                                  \
    return sum;                                                                                 \
  }

FUNCTIONS(host, , va_list, va_start, va_arg, va_end)
#if defined(__x86_64__)
FUNCTIONS(sysv, __attribute__((sysv_abi)), __builtin_sysv_va_list, __builtin_sysv_va_start,
          __builtin_va_arg, __builtin_sysv_va_end)
FUNCTIONS(win64, __attribute__((ms_abi)), __builtin_ms_va_list, __builtin_ms_va_start,
          __builtin_va_arg, __builtin_ms_va_end)
#endif
