// statics: variables of every type, read once when a library is loaded.

#include <stdbool.h>
#include <stdint.h>

int8_t static_i8 = -8;
uint8_t static_u8 = 200;
int16_t static_i16 = -1600;
uint16_t static_u16 = 60000;
int32_t static_i32 = -320000;
uint32_t static_u32 = 4000000000u;
int64_t static_i64 = INT64_MIN;
uint64_t static_u64 = UINT64_MAX;
intptr_t static_isize = -64;
uintptr_t static_usize = 64;
float static_f32 = 1.5f;
double static_f64 = -2.25;
bool static_true = true;
bool static_false = false;
const char* static_text = "a static text";
char static_array[] = "bytes";
struct {
  int32_t a;
  double b;
} static_struct = {7, 8.5};

void set_static_i32(int32_t value) { static_i32 = value; }
