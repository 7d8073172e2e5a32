// Callees of the call benchmark. See callees.c.

#ifndef SPRINGBOARD_BENCHMARKS_CALLEES_H_
#define SPRINGBOARD_BENCHMARKS_CALLEES_H_

#ifdef __cplusplus
extern "C" {
#endif

struct Pair {
  double x, y;
};
struct Big {
  long v[8];
};

void bench_nop(void);
int bench_two_i32(int a, int b);
double bench_two_f64(double a, double b);
double bench_six_mixed(int a, double b, long c, float d, void* e, short f);
int bench_twelve_i32(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k,
                     int l);
struct Pair bench_two_pairs(struct Pair a, struct Pair b);
struct Big bench_big(struct Big a);
double bench_variadic(int count, ...);

#ifdef __cplusplus
}
#endif

#endif  // SPRINGBOARD_BENCHMARKS_CALLEES_H_
