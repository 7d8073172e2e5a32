// structs: structs by value, in and out, in every class of the x86-64 System V ABI.
//
// twist_X returns its argument changed field by field, so that a field read from or written to the
// wrong place shows; sum_X reads only.

#include <stdint.h>

static uint64_t g_calls;
uint64_t calls_made(void) { return g_calls; }

typedef struct {
  double x, y;
} Point;
typedef struct {
  float a, b, c;
} Float3;
typedef struct {
  int8_t a;
  int64_t b;
} ByteLong;
typedef struct {
  int64_t a, b;
} Long2;
typedef struct {
  uint8_t bytes[17];
} Bytes17;
typedef struct {
  double a;
  int64_t b;
  float c;
  int32_t d;
} Mixed24;
typedef struct {
  int64_t words[8];
} Words8;
typedef struct {
  float x, y;
} Float2;
typedef struct {
  Float2 a;
  int32_t b;
  float c;
} Nested16;
typedef struct {
  int8_t a;
  Point p;
  uint16_t b;
} NestedMemory;
typedef struct {
  double a;
  int64_t b;
} DoubleLong;
typedef struct {
  uint8_t a;
} Byte1;
typedef struct {
  uint8_t a, b, c;
} Byte3;
typedef struct {
  uint16_t a, b, c;
} Short3;
typedef struct {
  int32_t a, b;
  float c;
} IntIntFloat;
typedef struct {
  void* pointer;
  uint32_t length;
} Slice;

Point twist_point(Point p) {
  ++g_calls;
  return (Point){p.y + 1, p.x * 2};
}
Float3 twist_float3(Float3 v) {
  ++g_calls;
  return (Float3){v.c + 1, v.a + 2, v.b + 3};
}
ByteLong twist_byte_long(ByteLong v) {
  ++g_calls;
  return (ByteLong){(int8_t)(v.b + 1), (int64_t)v.a * 1000};
}
Long2 twist_long2(Long2 v) {
  ++g_calls;
  return (Long2){v.b - 1, v.a + 1};
}
Bytes17 twist_bytes17(Bytes17 v) {
  ++g_calls;
  Bytes17 out;
  for (int i = 0; i < 17; ++i) out.bytes[i] = (uint8_t)(v.bytes[16 - i] + i);
  return out;
}
Mixed24 twist_mixed24(Mixed24 v) {
  ++g_calls;
  return (Mixed24){v.c * 2, v.d + 3, (float)v.a, (int32_t)v.b};
}
Words8 twist_words8(Words8 v) {
  ++g_calls;
  Words8 out;
  for (int i = 0; i < 8; ++i) out.words[i] = v.words[7 - i] + i;
  return out;
}
Nested16 twist_nested16(Nested16 v) {
  ++g_calls;
  return (Nested16){{v.a.y, v.a.x}, v.b + 1, v.c + 0.5f};
}
NestedMemory twist_nested_memory(NestedMemory v) {
  ++g_calls;
  return (NestedMemory){(int8_t)(v.a - 1), {v.p.y, v.p.x}, (uint16_t)(v.b + 1)};
}
DoubleLong twist_double_long(DoubleLong v) {
  ++g_calls;
  return (DoubleLong){(double)v.b, (int64_t)v.a};
}
Byte1 twist_byte1(Byte1 v) {
  ++g_calls;
  return (Byte1){(uint8_t)(v.a + 1)};
}
Byte3 twist_byte3(Byte3 v) {
  ++g_calls;
  return (Byte3){v.c, v.a, v.b};
}
Short3 twist_short3(Short3 v) {
  ++g_calls;
  return (Short3){v.c, v.a, v.b};
}
IntIntFloat twist_int_int_float(IntIntFloat v) {
  ++g_calls;
  return (IntIntFloat){v.b, v.a, v.c * 2};
}
Slice twist_slice(Slice v) {
  ++g_calls;
  return (Slice){(char*)v.pointer + v.length, v.length * 2};
}

// Registers run out: the struct goes to memory whole, what follows takes the registers left.
int64_t after_six(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, DoubleLong s, Long2 t,
                  int64_t f, double g) {
  ++g_calls;
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * (int64_t)s.a + 7 * s.b + 8 * t.a + 9 * t.b +
         10 * f + 11 * (int64_t)g;
}
double after_seven_doubles(double a, double b, double c, double d, double e, double f, double g,
                           Point p, double h, int32_t i) {
  ++g_calls;
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * p.x + 9 * p.y + 10 * h + 11 * i;
}
// A result in memory takes the first integer register away from the parameters.
Words8 fill_words8(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g,
                   int64_t h) {
  ++g_calls;
  return (Words8){{a, b, c, d, e, f, g, h}};
}
double distance(Point a, Point b) {
  ++g_calls;
  double dx = a.x - b.x, dy = a.y - b.y;
  return __builtin_sqrt(dx * dx + dy * dy);
}
Point midpoint(Point a, Point b) {
  ++g_calls;
  return (Point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}
// Scribbles over its copy: the caller's bytes must stay.
int64_t scribble_words8(Words8 v) {
  ++g_calls;
  int64_t sum = 0;
  for (int i = 0; i < 8; ++i) {
    sum += v.words[i];
    *(volatile int64_t*)&v.words[i] = -1;
  }
  return sum;
}

// Call back, then return their argument.
Point point_after(void (*callback)(void), Point p) {
  callback();
  return p;
}
Words8 words8_after(void (*callback)(void), Words8 words) {
  callback();
  return words;
}
