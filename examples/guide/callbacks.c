// Not from the guide: the library that its callbacks program calls.

#include <stdint.h>

static void (*g_callback)(int32_t);

void setCallback(void (*callback)(int32_t)) { g_callback = callback; }

void runCallback(void) { g_callback(42); }
