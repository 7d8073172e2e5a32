// ends: native code that takes much of the stack, and that goes on calling back.

#include <alloca.h>
#include <stdint.h>

// Calls back from a frame of `bytes`, every page of which is written.
int32_t call_in_frame(int32_t (*callback)(int32_t), int32_t value, uint32_t bytes) {
  volatile char* frame = alloca(bytes + 1);
  for (uint32_t i = 0; i < bytes; i += 1024) frame[i] = 1;
  frame[bytes] = 0;
  return callback(value) + frame[bytes];
}

typedef struct {
  int64_t words[8192];
} Big;
Big call_big(Big (*callback)(Big), Big big) { return callback(big); }
int64_t call_with_bigs(int64_t (*callback)(int64_t), int64_t value, Big a, Big b, Big c, Big d) {
  return callback(value) + a.words[0] + b.words[1] + c.words[2] + d.words[8191];
}
typedef struct {
  int64_t words[1024];
} Middle;
int64_t call_with_middle(int64_t (*callback)(int64_t), int64_t value, Middle middle) {
  return callback(value) + middle.words[1023];
}

// 255 parameters, the most there may be, in and out.
#define FIVE(x) x, x, x, x, x
#define FIFTY(x) \
  FIVE(x), FIVE(x), FIVE(x), FIVE(x), FIVE(x), FIVE(x), FIVE(x), FIVE(x), FIVE(x), FIVE(x)
typedef int64_t (*Many)(FIFTY(int64_t), FIFTY(int64_t), FIFTY(int64_t), FIFTY(int64_t),
                        FIFTY(int64_t), FIVE(int64_t));
int64_t call_many(Many callback, int64_t value) {
  return callback(FIFTY(value), FIFTY(value), FIFTY(value), FIFTY(value), FIFTY(value),
                  FIVE(value));
}

// Calls back `count` times whatever comes of it, as sorting does: how many results were not zero.
int32_t count_nonzero(int32_t (*callback)(int32_t), int32_t count) {
  int32_t nonzero = 0;
  for (int32_t i = 0; i < count; ++i) nonzero += callback(i) != 0;
  return nonzero;
}

// Two calls, the second after what the first may have thrown.
#define TWICE(name, type)                                 \
  type twice_##name(type (*callback)(type), type value) { \
    callback(value);                                      \
    return callback(value);                               \
  }
typedef struct {
  double x, y;
} Point;
TWICE(i8, int8_t)
TWICE(u32, uint32_t)
TWICE(i64, int64_t)
TWICE(f32, float)
TWICE(f64, double)
TWICE(pointer, void*)
TWICE(point, Point)
TWICE(big, Big)
