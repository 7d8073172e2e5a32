// buffers: what native code sees of a buffer, and writes into it.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint64_t g_calls;
static _Thread_local uint8_t* g_kept;
uint64_t calls_made(void) { return g_calls; }

uint64_t address_of(const void* buffer) {
  ++g_calls;
  return (uint64_t)(uintptr_t)buffer;
}
uint32_t sum_bytes(const uint8_t* bytes, uint32_t count) {
  ++g_calls;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += bytes[i];
  return sum;
}
double sum_scaled(const double* values, uint32_t count, double scale) {
  ++g_calls;
  double sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += values[i] * scale;
  return sum;
}
void fill(uint8_t* bytes, uint8_t value, size_t count) {
  ++g_calls;
  memset(bytes, value, count);
}
void* same(void* buffer) {
  ++g_calls;
  return buffer;
}

// Keeps the pointer, calls back, then writes through it: the bytes must not have moved meanwhile.
void write_after(uint8_t* bytes, uint32_t count, uint8_t value, void (*callback)(void)) {
  ++g_calls;
  g_kept = bytes;
  callback();
  memset(g_kept, value, count);
}

// Calls back twice, then adds up both.
uint32_t sum_after(const uint8_t* a, const uint8_t* b, uint32_t count, void (*callback)(void)) {
  ++g_calls;
  callback();
  callback();
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += (uint32_t)a[i] + b[i];
  return sum;
}
