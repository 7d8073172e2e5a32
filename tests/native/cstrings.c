// Functions that take and give strings of 8, 16 and 32 bits a character, and tell what they saw.

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint32_t entered;
uint32_t string_calls(void) { return entered; }

// The length, or -1 for null.
int32_t string_length(const char* text) {
  ++entered;
  return text == NULL ? -1 : (int32_t)strlen(text);
}

// Copies at most `size` bytes and the zero; returns how long the text is.
int32_t string_copy(char* to, uint32_t size, const char* text) {
  ++entered;
  strncpy(to, text, size);
  return (int32_t)strlen(text);
}

int32_t strings_equal(const char* a, const char* b) {
  ++entered;
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

// More than there are registers.
uint64_t string_lengths(const char* a, const char* b, int32_t c, const char* d, double e,
                        const char* f, const char* g, const char* h, const char* i) {
  ++entered;
  uint64_t all = (uint64_t)c + (uint64_t)e;
  const char* texts[] = {a, b, d, f, g, h, i};
  for (int at = 0; at < 7; ++at) all = all * 3 + strlen(texts[at]);
  return all;
}

int32_t string16_length(const uint16_t* text) {
  ++entered;
  if (text == NULL) return -1;
  int32_t length = 0;
  while (text[length] != 0) ++length;
  return length;
}
uint32_t string16_at(const uint16_t* text, uint32_t index) { return text[index]; }
int32_t string32_length(const uint32_t* text) {
  ++entered;
  if (text == NULL) return -1;
  int32_t length = 0;
  while (text[length] != 0) ++length;
  return length;
}
uint32_t string32_at(const uint32_t* text, uint32_t index) { return text[index]; }

// Results: the kept text, or null.
static char kept[1024];
void string_keep(const char* text, uint32_t size) {
  memcpy(kept, text, size);
  memset(kept + size, 0, 4);
}
const void* string_kept(uint32_t none) {
  ++entered;
  return none ? NULL : kept;
}
const char* string_of(const char* text) {
  ++entered;
  strncpy(kept, text, sizeof(kept) - 1);
  return kept;
}

// Results that are a part of the text.
const char* string_find(const char* text, int32_t character) {
  ++entered;
  return strchr(text, character);
}
const char* string_after(const char* text, uint32_t at, void (*meanwhile)(void)) {
  ++entered;
  meanwhile();
  errno = (int)at;
  return text + at;
}

// Results that are the caller's.
static int32_t alive;
char* string_double(const char* text) {
  size_t length = strlen(text);
  char* made = malloc(2 * length + 1);
  memcpy(made, text, length);
  memcpy(made + length, text, length + 1);
  ++alive;
  return made;
}
void* string_nothing(void) { return NULL; }
void* string16_made(void) {
  uint16_t* made = malloc(6);
  made[0] = 'h', made[1] = 'i', made[2] = 0;
  ++alive;
  return made;
}
void string_give(void* text) {
  --alive;
  free(text);
}
int32_t strings_alive(void) { return alive; }

// Calls back, and then looks whether the text is still what it was.
int32_t string_through(const char* text, void (*callback)(const char*)) {
  ++entered;
  char copy[2048];
  strncpy(copy, text, sizeof(copy) - 1);
  callback(text);
  return strcmp(copy, text) == 0 ? (int32_t)strlen(text) : -1;
}
const char* string_from(const char* (*callback)(void)) { return callback(); }
const char* const string_variable = "a variable";
