// What the call benchmark calls: functions that do as little as their signature allows, in a file
// of their own so that no caller sees their bodies.

#include "benchmarks/callees.h"

#include <stdarg.h>

void bench_nop(void) {}
int bench_two_i32(int a, int b) { return a + b; }
double bench_two_f64(double a, double b) { return a + b; }
double bench_six_mixed(int a, double b, long c, float d, void* e, short f) {
  return a + b + (double)c + d + (e != 0) + f;
}
int bench_twelve_i32(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k,
                     int l) {
  return a + b + c + d + e + f + g + h + i + j + k + l;
}
struct Pair bench_two_pairs(struct Pair a, struct Pair b) {
  return (struct Pair){a.x + b.x, a.y + b.y};
}
struct Big bench_big(struct Big a) {
  return a;
}
double bench_variadic(int count, ...) {
  va_list list;
  va_start(list, count);
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += va_arg(list, double);
  va_end(list);
  return sum;
}
