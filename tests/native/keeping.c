// keeping: native code that is given functions, objects and things to keep, for the tests of
// callback parameters, userdata and finalizers.

#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

typedef int32_t (*Function)(int32_t);
typedef int32_t (*Visitor)(void* userdata, int32_t value);

// --- Functions

static Function g_function;

int32_t call_now(Function function, int32_t value) { return function ? function(value) : -1; }
int32_t call_both(Function first, Function second, int32_t value) {
  return first(value) * 100 + second(value);
}
uintptr_t address_of(Function function) { return (uintptr_t)function; }
// Keeps the function, whether it may or not.
void set_function(Function function) { g_function = function; }
int32_t call_kept(int32_t value) { return g_function(value); }
int32_t set_and_call(Function function, int32_t value) {
  g_function = function;
  return function(value);
}
// Called without blocking: the function runs on the isolate's thread meanwhile.
int32_t call_slowly(Function function, int32_t times) {
  int32_t sum = 0;
  for (int32_t i = 0; i < times; ++i) {
    usleep(1000);
    sum += function(i);
  }
  return sum;
}
typedef Function (*Maker)(int32_t);
int32_t call_made(Maker maker, int32_t value) {
  Function made = maker(value);
  return made ? made(value) : -1;
}

// --- Objects

static void* g_userdata;

int32_t visit(Visitor visitor, void* userdata, int32_t value) { return visitor(userdata, value); }
void set_userdata(void* userdata) { g_userdata = userdata; }
void* get_userdata(void) { return g_userdata; }
int32_t visit_kept(Visitor visitor, int32_t value) { return visitor(g_userdata, value); }
void* same(void* userdata) { return userdata; }

// --- Things

typedef struct {
  int32_t value;
  int32_t freed;
} Thing;

static int32_t g_live;
static int32_t g_freed_twice;

int32_t things_live(void) { return __atomic_load_n(&g_live, __ATOMIC_SEQ_CST); }
int32_t things_freed_twice(void) { return g_freed_twice; }
Thing* thing_new(int32_t value) {
  if (value < 0) return NULL;
  Thing* thing = calloc(1, sizeof(Thing));
  thing->value = value;
  __atomic_add_fetch(&g_live, 1, __ATOMIC_SEQ_CST);
  return thing;
}
// Things stay allocated, so that a second time can be seen.
void thing_free(Thing* thing) {
  if (thing == NULL) return;
  if (thing->freed) ++g_freed_twice;
  thing->freed = 1;
  thing->value = -1;
  __atomic_sub_fetch(&g_live, 1, __ATOMIC_SEQ_CST);
}
int32_t thing_free_with(Thing* thing, int32_t code) {
  thing_free(thing);
  return code;
}
int32_t thing_value(Thing* thing) { return thing == NULL ? -2 : thing->value; }
int32_t thing_value_slowly(Thing* thing, int32_t ms) {
  usleep((useconds_t)ms * 1000);
  return thing->value;
}
int32_t thing_make(int32_t value, Thing** thing) {
  *thing = thing_new(value);
  return *thing == NULL ? 1 : 0;
}
// Puts a new thing in the place of another, and tells the value that was there.
int32_t thing_replace(Thing** thing, int32_t value, int32_t ms) {
  usleep((useconds_t)ms * 1000);
  const int32_t old = (*thing)->value;
  *thing = thing_new(value);
  return old;
}
int32_t thing_visit(Thing* thing, int32_t (*visitor)(Thing*)) {
  visitor(thing);
  return thing->value;
}

int64_t thing_free_telling(Thing* thing, int64_t result) {
  thing_free(thing);
  return result;
}
void thing_free_both(Thing* first, Thing* second) {
  thing_free(first);
  thing_free(second);
}
void thing_free_after(Thing* thing, Function function) {
  function(0);
  thing_free(thing);
}
typedef struct {
  int32_t x, y;
} Point;
int32_t thing_free_at(Thing* thing, Point point, int32_t value) {
  thing_free(thing);
  return point.x + point.y + value;
}
// The function is called last, when there is something to lose.
Thing* thing_new_calling(int32_t value, Function function) {
  Thing* thing = thing_new(value);
  function(value);
  return thing;
}
int32_t thing_make_calling(int32_t value, Thing** thing, Function function, int32_t result) {
  *thing = thing_new(value);
  function(value);
  return result;
}
int64_t thing_make_telling(int32_t value, Thing** thing, int64_t result) {
  *thing = thing_new(value);
  return result;
}
Thing* thing_new_and_make(int32_t value, Thing** thing, int64_t* number, Function function) {
  *thing = thing_new(value);
  *number = INT64_MAX;
  if (function != NULL) function(value);
  return thing_new(value + 1);
}
// Calls what set_function() was given.
void thing_free_telling_all(Thing* thing) {
  thing_free(thing);
  if (g_function != NULL) g_function(0);
}
static int32_t g_texts_live;
int32_t texts_live(void) { return g_texts_live; }
char* text_new_calling(int32_t value, Function function) {
  char* text = malloc(8);
  text[0] = (char)('a' + value);
  text[1] = 0;
  ++g_texts_live;
  function(value);
  return text;
}
void text_free(char* text) {
  --g_texts_live;
  free(text);
}
uintptr_t address_of_out(int32_t* out, Function function) {
  *out = 1;
  if (function != NULL) function(0);
  return (uintptr_t)out;
}

// --- Memory

static int32_t g_blocks_freed;
int32_t blocks_freed(void) { return g_blocks_freed; }
void* block_new(uint32_t size) {
  uint8_t* block = malloc(size == 0 ? 1 : size);
  for (uint32_t i = 0; i < size; ++i) block[i] = (uint8_t)i;
  return block;
}
void block_free(void* block) {
  ++g_blocks_freed;
  free(block);
}
int32_t block_sum_slowly(const uint8_t* block, int32_t size, int32_t ms) {
  usleep((useconds_t)ms * 1000);
  int32_t sum = 0;
  for (int32_t i = 0; i < size; ++i) sum += block[i];
  return sum;
}
