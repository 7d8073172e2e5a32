// Variadic functions that tell what they were given.

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t entered;
uint32_t variadic_calls(void) { return entered; }

// Writes what `kinds` says of the arguments: i int, u unsigned, l int64_t, d double, s string,
// p pointer (whether it is null), t struct of two doubles, q struct of five int64_t.
struct two {
  double x, y;
};
struct five {
  int64_t values[5];
};
int32_t variadic_text(char* to, uint32_t size, const char* kinds, ...) {
  ++entered;
  size_t at = 0;
  va_list list;
  va_start(list, kinds);
  to[0] = 0;
  for (; *kinds != 0; ++kinds) {
    char* end = to + at;
    const size_t left = size - at;
    int wrote = 0;
    if (*kinds == 'i') wrote = snprintf(end, left, "%d ", va_arg(list, int));
    if (*kinds == 'u') wrote = snprintf(end, left, "%u ", va_arg(list, unsigned));
    if (*kinds == 'l') wrote = snprintf(end, left, "%lld ", (long long)va_arg(list, int64_t));
    if (*kinds == 'd') wrote = snprintf(end, left, "%.17g ", va_arg(list, double));
    if (*kinds == 's') {
      const char* text = va_arg(list, const char*);
      wrote = snprintf(end, left, "%s ", text == NULL ? "(none)" : text);
    }
    if (*kinds == 'p') wrote = snprintf(end, left, va_arg(list, void*) == NULL ? "null " : "some ");
    if (*kinds == 't') {
      const struct two pair = va_arg(list, struct two);
      wrote = snprintf(end, left, "{%g %g} ", pair.x, pair.y);
    }
    if (*kinds == 'q') {
      const struct five many = va_arg(list, struct five);
      wrote =
          snprintf(end, left, "{%lld %lld} ", (long long)many.values[0], (long long)many.values[4]);
    }
    at += (size_t)wrote;
  }
  va_end(list);
  return (int32_t)at;
}

int32_t variadic_sum(int32_t count, ...) {
  ++entered;
  va_list list;
  va_start(list, count);
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += va_arg(list, int32_t);
  va_end(list);
  return sum;
}
