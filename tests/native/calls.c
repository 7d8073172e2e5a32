// calls: scalar functions of every shape, each counting that it was entered.
//
// A test reads calls_made() around a call to learn whether the native function really ran.

#include <stdbool.h>
#include <stdint.h>

static uint64_t g_calls;
static uint64_t g_last;

uint64_t calls_made(void) { return g_calls; }

// The 64 bits that the last integer echo_* call received, widened as C widens its parameter.
uint64_t last_seen(void) { return g_last; }

void nop(void) { ++g_calls; }

#define ECHO(name, type)         \
  type echo_##name(type value) { \
    ++g_calls;                   \
    g_last = (uint64_t)value;    \
    return value;                \
  }
ECHO(i8, int8_t)
ECHO(u8, uint8_t)
ECHO(i16, int16_t)
ECHO(u16, uint16_t)
ECHO(i32, int32_t)
ECHO(u32, uint32_t)
ECHO(i64, int64_t)
ECHO(u64, uint64_t)
ECHO(isize, intptr_t)
ECHO(usize, uintptr_t)
ECHO(bool, bool)
#undef ECHO

float echo_f32(float value) {
  ++g_calls;
  return value;
}
double echo_f64(double value) {
  ++g_calls;
  return value;
}
void* echo_pointer(void* value) {
  ++g_calls;
  return value;
}

int32_t add_i32(int32_t a, int32_t b) {
  ++g_calls;
  return (int32_t)((uint32_t)a + (uint32_t)b);
}
double add_f64(double a, double b) {
  ++g_calls;
  return a + b;
}
float add_f32(float a, float b) {
  ++g_calls;
  return a + b;
}
uint64_t add_u64(uint64_t a, uint64_t b) {
  ++g_calls;
  return a + b;
}
bool less_f64(double a, double b) {
  ++g_calls;
  return a < b;
}
double mixed6(int32_t a, double b, uint8_t c, float d, int64_t e, double f) {
  ++g_calls;
  return a + 2 * b + 3 * c + 4 * d + 5 * (double)e + 6 * f;
}
void* offset_pointer(void* pointer, int32_t bytes) {
  ++g_calls;
  return (char*)pointer + bytes;
}

// Every argument has its own weight, so that no two can be exchanged unnoticed.
int32_t weigh12_i32(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f, int32_t g,
                    int32_t h, int32_t i, int32_t j, int32_t k, int32_t l) {
  ++g_calls;
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k +
         12 * l;
}
uint32_t weigh13_u16(uint16_t a, uint16_t b, uint16_t c, uint16_t d, uint16_t e, uint16_t f,
                     uint16_t g, uint16_t h, uint16_t i, uint16_t j, uint16_t k, uint16_t l,
                     uint16_t m) {
  ++g_calls;
  return (uint32_t)(a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j +
                    11 * k + 12 * l + 13 * m);
}
double weigh10_f64(double a, double b, double c, double d, double e, double f, double g, double h,
                   double i, double j) {
  ++g_calls;
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}
double weigh19(int32_t a, double b, const int32_t* c, float d, uint8_t e, int64_t f, double g,
               uint16_t h, float i, int8_t j, double k, uint64_t l, double m, double n, int16_t o,
               float p, bool q, double r, const int32_t* s) {
  ++g_calls;
  return a + 2 * b + 3 * *c + 4 * d + 5 * e + 6 * (double)f + 7 * g + 8 * h + 9 * i + 10 * j +
         11 * k + 12 * (double)l + 13 * m + 14 * n + 15 * o + 16 * p + 17 * q + 18 * r + 19 * *s;
}

// A callee is free to leave anything above a narrow result: these fill the whole register.
uint64_t noisy_low8(uint64_t low) {
  ++g_calls;
  return 0xdeadbeefcafe5a00u | (low & 0xff);
}
uint64_t noisy_low16(uint64_t low) {
  ++g_calls;
  return 0xdeadbeefcafe0000u | (low & 0xffff);
}
uint64_t noisy_low32(uint64_t low) {
  ++g_calls;
  return 0xdeadbeef00000000u | (low & 0xffffffff);
}
double noisy_low_f32(float value) {
  ++g_calls;
  union {
    struct {
      float low;
      uint32_t high;
    } parts;
    double whole;
  } noisy = {{value, 0x7ff12345u}};
  return noisy.whole;
}

#if defined(__x86_64__)

// Compilers rely on narrow arguments being extended to 32 bits (clang does): these read all 32.
#define SEE_32(name, type)                     \
  __asm__(".globl " #name                      \
          "\n"                                 \
          ".type " #name ", @function\n" #name \
          ":\n"                                \
          "  movslq %edi, %rax\n"              \
          "  ret\n");

// The stack pointer modulo 16 just before the return address was pushed; 0 by the ABI.
__asm__(
    ".globl stack_misalignment\n"
    ".type stack_misalignment, @function\n"
    "stack_misalignment:\n"
    "  leaq 8(%rsp), %rax\n"
    "  andl $15, %eax\n"
    "  ret\n");

#else

// By AAPCS64 the callee extends.
#define SEE_32(name, type) \
  int64_t name(type value) { return value; }

// The stack pointer modulo 16 at the entry; 0 by the ABI.
__asm__(
    ".globl stack_misalignment\n"
    ".type stack_misalignment, %function\n"
    "stack_misalignment:\n"
    "  mov x0, sp\n"
    "  and x0, x0, #15\n"
    "  ret\n");

#endif

SEE_32(see32_i8, int8_t)
SEE_32(see32_u8, uint8_t)
SEE_32(see32_i16, int16_t)
SEE_32(see32_u16, uint16_t)
SEE_32(see32_bool, bool)
#undef SEE_32

// 24 and 64 arguments of one kind, weighted by their place.
#define EIGHT(kind, n)                                                                \
  kind a##n##0, kind a##n##1, kind a##n##2, kind a##n##3, kind a##n##4, kind a##n##5, \
      kind a##n##6, kind a##n##7
#define SUM8(n)                                                                                    \
  ((n * 8 + 1) * a##n##0 + (n * 8 + 2) * a##n##1 + (n * 8 + 3) * a##n##2 + (n * 8 + 4) * a##n##3 + \
   (n * 8 + 5) * a##n##4 + (n * 8 + 6) * a##n##5 + (n * 8 + 7) * a##n##6 + (n * 8 + 8) * a##n##7)
#define WEIGH(name, kind)                                                                 \
  kind weigh24_##name(EIGHT(kind, 0), EIGHT(kind, 1), EIGHT(kind, 2)) {                   \
    ++g_calls;                                                                            \
    return SUM8(0) + SUM8(1) + SUM8(2);                                                   \
  }                                                                                       \
  kind weigh64_##name(EIGHT(kind, 0), EIGHT(kind, 1), EIGHT(kind, 2), EIGHT(kind, 3),     \
                      EIGHT(kind, 4), EIGHT(kind, 5), EIGHT(kind, 6), EIGHT(kind, 7)) {   \
    ++g_calls;                                                                            \
    return SUM8(0) + SUM8(1) + SUM8(2) + SUM8(3) + SUM8(4) + SUM8(5) + SUM8(6) + SUM8(7); \
  }
WEIGH(i32, int32_t)
WEIGH(i64, int64_t)
WEIGH(f64, double)
