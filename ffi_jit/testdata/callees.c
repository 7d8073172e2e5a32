// Native functions for the stub tests, one per line of cases.inc. See callees.h.
//
// Compiled with -DPREFIX=gcc_ by gcc and with -DPREFIX=clang_ by clang; on x86-64 once more with
// -DPREFIX=gcc_win64_ -DFUNCTION_ABI=ms_abi, so that all that stubs call or are called by is of the
// other convention.

#include "ffi_jit/testdata/callees.h"

#include <complex.h>
#include <stdbool.h>
#include <string.h>

#ifdef FUNCTION_ABI
#define NATIVE __attribute__((FUNCTION_ABI))
#else
#define NATIVE
#endif

typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned u32;
typedef long i64;
typedef unsigned long u64;
typedef __int128 i128;
typedef float f32;
typedef double f64;
typedef long double ld;
typedef void* ptr;
typedef float complex c32;
typedef double complex c64;
typedef long double complex cld;
typedef float v4 __attribute__((vector_size(16)));

#define BYTES(n)   \
  typedef struct { \
    i8 bytes[n];   \
  } B##n
BYTES(1);
BYTES(2);
BYTES(3);
BYTES(4);
BYTES(5);
BYTES(6);
BYTES(7);
BYTES(8);
BYTES(9);
BYTES(10);
BYTES(11);
BYTES(12);
BYTES(13);
BYTES(14);
BYTES(15);
BYTES(16);
BYTES(17);
BYTES(18);
BYTES(19);
BYTES(20);
BYTES(21);
BYTES(23);
BYTES(24);
BYTES(25);
BYTES(31);
BYTES(32);
BYTES(33);
BYTES(40);
BYTES(47);
BYTES(48);
BYTES(55);
BYTES(56);
BYTES(57);
BYTES(63);
BYTES(64);
BYTES(127);
BYTES(128);
BYTES(129);
BYTES(143);
BYTES(4097);
BYTES(65536);

typedef struct {
  f32 a, b;
} FF;
typedef struct {
  f32 a, b, c;
} FFF;
typedef struct {
  f32 a, b, c, d;
} FFFF;
typedef struct {
  i32 a;
  f32 b;
} IF;
typedef struct {
  i32 a, b;
  f32 c;
} IIF;
typedef struct {
  f64 a;
  i64 b;
} DL;
typedef struct {
  i64 a;
  f64 b;
} LD;
typedef struct {
  i64 a, b;
} LL;
typedef struct {
  f64 a, b;
} DD;
typedef struct {
  f64 a;
} D;
typedef struct {
  f64 a, b, c, d;
} DDDD;
typedef struct {
  i64 a, b, c;
} LLL;
typedef struct {
  i8 a;
  i64 b;
} CL;
typedef struct {
  f64 a;
  i8 b;
} DC;
typedef struct {
  f32 a;
  i8 b[3];
} FC;
typedef struct {
  ld a;
} LDS;
typedef struct {
  IF a;
  FF b;
} Nested;
typedef struct __attribute__((packed)) {
  i8 a;
  i32 b;
} Packed;
typedef struct __attribute__((packed)) {
  f32 a, b;
} PackedFF;
typedef struct __attribute__((packed)) {
  i8 a;
  f64 b;
  i16 c;
} PackedMix;
typedef struct {
  i64 a;
} __attribute__((aligned(16))) Aligned16;
typedef struct {
  i64 a[8];
} __attribute__((aligned(64))) Aligned64;
typedef union {
  f32 a;
  i32 b;
} UFI;
typedef union {
  f64 a;
  f32 b[2];
} UDF;
typedef struct {
  i64 a[8];
} L8;

#define PASTE2(a, b) a##b
#define PASTE(a, b) PASTE2(a, b)
#define NAME(id) PASTE(PREFIX, id)

static unsigned char record[kRecordBytes] __attribute__((aligned(64)));
static unsigned char reply[kRecordBytes] __attribute__((aligned(64)));

#define SKIP(type) (at += (sizeof(type) + kRecordStride - 1) / kRecordStride * kRecordStride)
#define RETURN(type)                    \
  type result;                          \
  memcpy(&result, reply, sizeof(type)); \
  return result

// EACH(action, separator, types...) is action(type, name) for each type; names are p, px, pxx, ...
#define EXPAND(...) EXPAND16(EXPAND16(EXPAND16(EXPAND16(__VA_ARGS__))))
#define EXPAND16(...) EXPAND4(EXPAND4(EXPAND4(EXPAND4(__VA_ARGS__))))
#define EXPAND4(...) EXPAND1(EXPAND1(EXPAND1(EXPAND1(__VA_ARGS__))))
#define EXPAND1(...) __VA_ARGS__
#define EACH(action, separator, ...) __VA_OPT__(EXPAND(STEP(action, separator, p, __VA_ARGS__)))
#define STEP(action, separator, name, type, ...) \
  action(type, name)                             \
      __VA_OPT__(separator() AGAIN PARENTHESES(action, separator, name##x, __VA_ARGS__))
#define AGAIN() STEP
#define PARENTHESES ()
#define COMMA() ,
#define NOTHING()
#define DECLARE(type, name) type name
#define USE(type, name) name
#define KEEP(type, name) memcpy(record + at, &name, sizeof(type)), SKIP(type);
#define TAKE(type, name) \
  type name;             \
  memcpy(&name, record + at, sizeof(type)), SKIP(type);

// A case is named by its line, which is the same in both readings of cases.inc.
#define ID(name) NAME(PASTE(name, __LINE__))

// First reading: the functions.
#define CALLEE(R, ...)                                      \
  NATIVE R ID(callee_)(EACH(DECLARE, COMMA, __VA_ARGS__)) { \
    unsigned at = 0;                                        \
    EACH(KEEP, NOTHING, __VA_ARGS__)                        \
    (void)at;
#define CALLER(R, ...)                                                 \
  void ID(caller_)(R(NATIVE * f)(EACH(DECLARE, COMMA, __VA_ARGS__))) { \
    unsigned at = 0;                                                   \
    EACH(TAKE, NOTHING, __VA_ARGS__)                                   \
    (void)at;
#define CASE(signature, R, ...)                \
  CALLEE(R, __VA_ARGS__)                       \
  RETURN(R);                                   \
  }                                            \
  CALLER(R, __VA_ARGS__)                       \
  R result = f(EACH(USE, COMMA, __VA_ARGS__)); \
  memcpy(reply, &result, sizeof(R));           \
  }
#define CASE_VOID(signature, ...)   \
  CALLEE(void, __VA_ARGS__)         \
  }                                 \
  CALLER(void, __VA_ARGS__)         \
  f(EACH(USE, COMMA, __VA_ARGS__)); \
  }
#include "ffi_jit/testdata/cases.inc"
#undef CASE
#undef CASE_VOID

// Second reading: the table.
#define CASE(signature, ...) \
  {signature, (void (*)(void))ID(callee_), (void (*)(void (*)(void)))ID(caller_)},
#define CASE_VOID CASE
static const struct CalleeCase cases[] = {
#include "ffi_jit/testdata/cases.inc"
};

#define NARROW(id, type)                                                                       \
  NATIVE long NAME(widen_##id)(type a) { return a; }                                           \
  NATIVE long NAME(widen_stack_##id)(long a, long b, long c, long d, long e, long f, type g) { \
    return g + 0 * (a + b + c + d + e + f);                                                    \
  }                                                                                            \
  NATIVE type NAME(narrow_##id)(long a) { return (type)a; }                                    \
  long NAME(call_narrow_##id)(type(NATIVE * f)(long), long a) { return f(a); }
NARROW(i8, i8)
NARROW(u8, u8)
NARROW(i16, i16)
NARROW(u16, u16)
NARROW(bool, _Bool)

#define FUNCTIONS(kind)                                                     \
  {                                                                         \
    (void (*)(void)) NAME(kind##_i8), (void (*)(void))NAME(kind##_u8),      \
        (void (*)(void))NAME(kind##_i16), (void (*)(void))NAME(kind##_u16), \
        (void (*)(void))NAME(kind##_bool)                                   \
  }

#define STRING2(text) #text
#define STRING(text) STRING2(text)

const struct CalleeTable* NAME(callees)(void) {
  static const struct CalleeTable table = {
      .compiler = STRING(PREFIX),
      .cases = cases,
      .count = sizeof(cases) / sizeof(cases[0]),
      .record = record,
      .reply = reply,
      .widen = FUNCTIONS(widen),
      .widen_stack = FUNCTIONS(widen_stack),
      .narrow = FUNCTIONS(narrow),
      .call_narrow = FUNCTIONS(call_narrow),
  };
  return &table;
}
