// plain: functions that do as little as possible, for measuring what a call costs.

#include <stdint.h>

void nop(void) {}
int32_t add_i32(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
double add_f64(double a, double b) { return a + b; }
uint64_t add_u64(uint64_t a, uint64_t b) { return a + b; }
void* same_pointer(void* pointer) { return pointer; }
int32_t call_back(int32_t (*callback)(int32_t), int32_t value) { return callback(value); }
