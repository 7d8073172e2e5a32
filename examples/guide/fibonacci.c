// Not from the guide: lib.rs in C, for machines without rustc.

#include <stdint.h>

uint32_t fibonacci(uint32_t n) {
  if (n <= 1) return n;
  return fibonacci(n - 1) + fibonacci(n - 2);
}
