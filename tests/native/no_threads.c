// no_threads: loaded before the C library (LD_PRELOAD), refuses threads when it is told to.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

static atomic_bool g_refuse;
void refuse_threads(bool refuse) { g_refuse = refuse; }

typedef int Create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument);

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  if (g_refuse) return EAGAIN;
  Create* create = (Create*)dlsym(RTLD_NEXT, "pthread_create");
  return create(thread, attributes, start, argument);
}
