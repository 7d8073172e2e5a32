// C's own view of what accessor classes describe: sizes, offsets, and what members hold.

#include <complex.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct inner {
  int8_t tag;
  double value;
};
struct every {
  char c;
  unsigned short us;
  long l;
  struct inner inner;
  float list[3];
  struct inner pair[2];
  const char* text;
  void* pointer;
  unsigned kind : 3;
  signed level : 5;
  uint64_t big : 40;
  _Bool on : 1;
  double _Complex z;
  __int128 wide;
};
struct __attribute__((packed)) tight {
  uint8_t a;
  double b;
  uint16_t list[2];
};
struct packet {
  uint32_t count;
  uint16_t values[];
};

uint32_t every_layout(uint32_t which) {
  const size_t places[] = {
      sizeof(struct every),         _Alignof(struct every),        offsetof(struct every, us),
      offsetof(struct every, l),    offsetof(struct every, inner), offsetof(struct every, list),
      offsetof(struct every, pair), offsetof(struct every, text),  offsetof(struct every, pointer),
      offsetof(struct every, z),    offsetof(struct every, wide),  sizeof(struct tight),
      offsetof(struct tight, list), sizeof(struct packet),
  };
  return (uint32_t)places[which];
}

void every_fill(struct every* e) {
  memset(e, 0, sizeof(*e));
  e->c = -5;
  e->us = 65000;
  e->l = -7000000000;
  e->inner.tag = 3;
  e->inner.value = 2.5;
  e->list[2] = 1.25f;
  e->pair[1].value = -9;
  e->text = "written in C";
  e->pointer = e;
  e->kind = 5;
  e->level = -11;
  e->big = 0xABCDEF0123;
  e->on = 1;
  e->z = 3 - 4 * I;
  e->wide = -((__int128)1 << 100);
}

// Which member is not what every_fill() writes, 0 for none.
int32_t every_check(const struct every* e) {
  struct every expected;
  every_fill(&expected);
  if (e->c != expected.c) return 1;
  if (e->us != expected.us) return 2;
  if (e->l != expected.l) return 3;
  if (e->inner.tag != 3 || e->inner.value != 2.5) return 4;
  if (e->list[0] != 0 || e->list[2] != 1.25f) return 5;
  if (e->pair[0].value != 0 || e->pair[1].value != -9) return 6;
  if (e->kind != 5) return 7;
  if (e->level != -11) return 8;
  if (e->big != 0xABCDEF0123) return 9;
  if (!e->on) return 10;
  if (e->z != expected.z) return 11;
  if (e->wide != expected.wide) return 12;
  return 0;
}

struct inner inner_twice(struct inner i) {
  i.tag *= 2;
  i.value *= 2;
  return i;
}
struct tight tight_next(struct tight t) {
  t.a += 1;
  t.b += 1;
  t.list[1] += 1;
  return t;
}
uint32_t packet_sum(const struct packet* p) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < p->count; ++i) sum += p->values[i];
  return sum;
}
