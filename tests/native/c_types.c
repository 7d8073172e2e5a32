// c_types: types of C that are more than Deno's, in and out, and what the compiler knows of their
// layout.
//
// twist_X returns its argument changed, so that what is read from or written to the wrong place
// shows. back_X hands its arguments to a callback and returns what that gave.

#include <complex.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <uchar.h>
#include <wchar.h>

static uint64_t g_calls;
uint64_t calls_made(void) { return g_calls; }

__extension__ typedef __int128 I128;
__extension__ typedef unsigned __int128 U128;
typedef float Float4 __attribute__((vector_size(16)));
typedef double Double2 __attribute__((vector_size(16)));
typedef int8_t Byte8 __attribute__((vector_size(8)));
typedef uint64_t Long2 __attribute__((vector_size(16)));
typedef int16_t Short8 __attribute__((vector_size(16)));

// Scalars: echo and a callback for each.
#define SCALAR(name, type, change)                                                 \
  type twist_##name(type value) {                                                  \
    ++g_calls;                                                                     \
    return change;                                                                 \
  }                                                                                \
  type back_##name(type (*callback)(type), type value) { return callback(value); } \
  type mixed_##name(int32_t a, type value, double b, int8_t c, type other) {       \
    return a == -1 && b == 2.5 && c == 3 ? value - other : value;                  \
  }

SCALAR(i128, I128, value * 3 + 1)
SCALAR(u128, U128, value * 3 + 1)
SCALAR(long_double, long double, value * 2 + 1)
SCALAR(complex_float, float complex, value * 2 + 1i)
SCALAR(complex_double, double complex, value * 2 + 1i)
SCALAR(complex_long_double, long double complex, value * 2 + 1i)
SCALAR(float4, Float4, value * 2)
SCALAR(double2, Double2, value * 2)
SCALAR(byte8, Byte8, value + 1)
SCALAR(long2, Long2, value + 1)
SCALAR(short8, Short8, value + 1)
#if defined(__FLT16_MAX__)
SCALAR(f16, _Float16, value * 2)
typedef _Float16 Half8 __attribute__((vector_size(16)));
SCALAR(half8, Half8, value + value)
#endif

I128 big = -5;
long double wide = 1.25L;
long some_long = -9;
size_t some_size = 7;

// Of a long double: what its double has not.
int64_t last_bit(long double value) { return (value - (double)value) * 0x1p63L; }

// Aggregates.
#define AGGREGATE(name, type)                                                      \
  type echo_##name(type value) {                                                   \
    ++g_calls;                                                                     \
    return value;                                                                  \
  }                                                                                \
  type back_##name(type (*callback)(type), type value) { return callback(value); } \
  type behind_##name(int64_t a, double b, type value, int8_t c) {                  \
    type none;                                                                     \
    memset(&none, 0, sizeof(none));                                                \
    return a == -7 && b == 0.5 && c == -2 ? value : none;                          \
  }

typedef union {
  int64_t integer;
  double number;
} Number;
typedef union {
  float numbers[3];
  double number;
} Floats;
typedef union {
  uint8_t bytes[33];
  int32_t word;
} Bytes33;
typedef struct __attribute__((packed)) {
  int8_t a;
  double b;
  int16_t c;
} Packed;
#pragma pack(push, 2)
typedef struct {
  int8_t a;
  double b;
  int32_t c;
} Packed2;
#pragma pack(pop)
typedef struct __attribute__((aligned(16))) {
  int64_t a;
} Aligned16;
typedef struct {
  float matrix[2][2];
} Matrix;
typedef struct {
  int32_t kind;
  Number value;
  uint8_t name[5];
} Tagged;
typedef struct {
  uint32_t a : 3;
  uint32_t b : 17;
  int32_t c : 20;
  uint8_t d;
} Bits;
typedef struct {
  float a;
  uint64_t b : 40;
} FloatBits;
typedef struct {
  double a;
  int64_t b : 12;
  _Bool c : 1;
} DoubleBits;
typedef struct __attribute__((packed)) {
  uint8_t a : 3;
  uint64_t b : 60;
  int16_t c : 5;
  int16_t d;
} PackedBits;
typedef union {
  uint32_t a : 9;
  float b;
} BitsUnion;
typedef union __attribute__((packed)) {
  uint8_t a : 8;
  uint64_t b : 32;
} PackedUnion;
// Not aligned as its bits' integer: in memory.
typedef struct {
  long a : 7;
  PackedUnion b;
  int8_t c;
} MisalignedUnion;
#pragma pack(push, 2)
typedef union {
  long a : 42;
  long b : 8;
} SmallUnion;
#pragma pack(pop)
// As PackedUnion, of an integer that the union is too small for.
typedef struct {
  int32_t a;
  SmallUnion b;
} MisalignedSmallUnion;
typedef struct {
  I128 a;
  int8_t b;
} WideStruct;
typedef struct {
  long double a;
} LongDoubleStruct;
typedef struct {
  double complex a;
} ComplexStruct;
typedef struct {
  Float4 a;
} VectorStruct;
typedef struct {
  uint16_t length;
  uint32_t items[];
} Flexible;

AGGREGATE(number, Number)
AGGREGATE(floats, Floats)
AGGREGATE(bytes33, Bytes33)
AGGREGATE(packed, Packed)
AGGREGATE(packed2, Packed2)
AGGREGATE(aligned16, Aligned16)
AGGREGATE(matrix, Matrix)
AGGREGATE(tagged, Tagged)
AGGREGATE(bits, Bits)
AGGREGATE(float_bits, FloatBits)
AGGREGATE(double_bits, DoubleBits)
AGGREGATE(packed_bits, PackedBits)
AGGREGATE(bits_union, BitsUnion)
AGGREGATE(misaligned_union, MisalignedUnion)
AGGREGATE(misaligned_small_union, MisalignedSmallUnion)
AGGREGATE(wide_struct, WideStruct)
AGGREGATE(long_double_struct, LongDoubleStruct)
AGGREGATE(complex_struct, ComplexStruct)
AGGREGATE(vector_struct, VectorStruct)

double number_of(Number value) {
  ++g_calls;
  return value.number;
}

// What bit-fields a caller's bytes hold.
int64_t bits_value(Bits value) {
  return value.a + 10 * (int64_t)value.b + 10000000 * (int64_t)value.c + value.d;
}
double packed_value(Packed value) { return value.a + value.b + value.c; }

uint32_t flexible_sum(const Flexible* value) {
  uint32_t sum = 0;
  for (uint16_t i = 0; i < value->length; ++i) sum += value->items[i];
  return sum;
}

// size, alignment: the compiler's own.
#define SIZE(name, type)                              \
  uint32_t size_##name(void) { return sizeof(type); } \
  uint32_t align_##name(void) { return _Alignof(type); }

SIZE(number, Number)
SIZE(floats, Floats)
SIZE(bytes33, Bytes33)
SIZE(packed, Packed)
SIZE(packed2, Packed2)
SIZE(aligned16, Aligned16)
SIZE(matrix, Matrix)
SIZE(tagged, Tagged)
SIZE(bits, Bits)
SIZE(float_bits, FloatBits)
SIZE(double_bits, DoubleBits)
SIZE(packed_bits, PackedBits)
SIZE(bits_union, BitsUnion)
SIZE(misaligned_union, MisalignedUnion)
SIZE(misaligned_small_union, MisalignedSmallUnion)
SIZE(wide_struct, WideStruct)
SIZE(long_double_struct, LongDoubleStruct)
SIZE(complex_struct, ComplexStruct)
SIZE(vector_struct, VectorStruct)
SIZE(flexible, Flexible)

// C's names: what a value of all bits is in 64 bits tells size and sign.
#define NAME(name, type)                                     \
  int64_t bits_##name(type value) { return (int64_t)value; } \
  type ones_##name(void) { return (type) ~(type)0; }         \
  uint32_t size_##name(void) { return sizeof(type); }

NAME(char, char)
NAME(signed_char, signed char)
NAME(unsigned_char, unsigned char)
NAME(short, short)
NAME(unsigned_short, unsigned short)
NAME(int, int)
NAME(unsigned_int, unsigned int)
NAME(unsigned, unsigned)
NAME(long, long)
NAME(unsigned_long, unsigned long)
NAME(long_long, long long)
NAME(unsigned_long_long, unsigned long long)
NAME(size_t, size_t)
NAME(ssize_t, ssize_t)
NAME(ptrdiff_t, ptrdiff_t)
NAME(intptr_t, intptr_t)
NAME(uintptr_t, uintptr_t)
NAME(int8_t, int8_t)
NAME(uint8_t, uint8_t)
NAME(int16_t, int16_t)
NAME(uint16_t, uint16_t)
NAME(int32_t, int32_t)
NAME(uint32_t, uint32_t)
NAME(int64_t, int64_t)
NAME(uint64_t, uint64_t)
NAME(wchar_t, wchar_t)
NAME(char16_t, char16_t)
NAME(char32_t, char32_t)
NAME(time_t, time_t)
NAME(off_t, off_t)
