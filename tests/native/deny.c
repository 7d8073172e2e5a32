// deny: loaded before the C library (LD_PRELOAD), refuses the addon's requests for memory as an
// operating system might: the Nth one, or all of some kinds. What others ask for is left alone.
// DENY_FIRST=N in the environment refuses the first N of every kind, before deny() can be called.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum Kind {
  kMemoryFile = 1,    // memfd_create
  kSize = 2,          // ftruncate
  kExecutable = 4,    // a file's memory, executable
  kOther = 8,         // any memory that is not executable
  kAnonymous = 16,    // executable memory of no file
  kNamedMemory = 32,  // shm_open
};

static atomic_uint g_kinds;
static atomic_int g_first, g_last, g_error, g_asked, g_refused;

// From now on the addon's requests of `kinds` are counted, and those from number `first` to `last`,
// beginning with 1, fail with `error`.
void deny(uint32_t kinds, int32_t first, int32_t last, int32_t error) {
  g_kinds = 0;
  g_first = first;
  g_last = last;
  g_error = error;
  g_asked = 0;
  g_refused = 0;
  g_kinds = kinds;
}

__attribute__((constructor)) static void DenyFirst(void) {
  const char* first = getenv("DENY_FIRST");
  if (first != NULL) deny(UINT32_MAX, 1, atoi(first), EACCES);
}

// How many have failed since deny().
int32_t denied(void) { return g_refused; }

static int Refuses(enum Kind kind, const void* caller) {
  Dl_info about;
  if ((g_kinds & kind) == 0 || dladdr(caller, &about) == 0 ||
      strstr(about.dli_fname, "/springboard-") == NULL) {
    return 0;
  }
  const int number = ++g_asked;
  if (number < g_first || number > g_last) return 0;
  ++g_refused;
  errno = g_error;
  return 1;
}

#define REFUSES(kind) Refuses(kind, __builtin_return_address(0))
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static enum Kind KindOf(int protection, int flags) {
  if ((protection & PROT_EXEC) == 0) return kOther;
  return (flags & MAP_ANONYMOUS) != 0 ? kAnonymous : kExecutable;
}

void* mmap(void* hint, size_t size, int protection, int flags, int file, off_t offset) {
  if (REFUSES(KindOf(protection, flags))) return MAP_FAILED;
  return NEXT(mmap)(hint, size, protection, flags, file, offset);
}
void* mmap64(void* hint, size_t size, int protection, int flags, int file, off64_t offset) {
  if (REFUSES(KindOf(protection, flags))) return MAP_FAILED;
  return NEXT(mmap64)(hint, size, protection, flags, file, offset);
}
int mprotect(void* memory, size_t size, int protection) {
  if ((protection & PROT_EXEC) != 0 && REFUSES(kAnonymous)) return -1;
  return NEXT(mprotect)(memory, size, protection);
}
int ftruncate(int file, off_t size) { return REFUSES(kSize) ? -1 : NEXT(ftruncate)(file, size); }
int ftruncate64(int file, off64_t size) {
  return REFUSES(kSize) ? -1 : NEXT(ftruncate64)(file, size);
}
int shm_open(const char* name, int flags, mode_t mode) {
  return REFUSES(kNamedMemory) ? -1 : NEXT(shm_open)(name, flags, mode);
}

// The addon makes memory files by number.
long syscall(long number, ...) {
  if (number == SYS_memfd_create && REFUSES(kMemoryFile)) return -1;
  va_list arguments;
  long a[6];
  va_start(arguments, number);
  for (int i = 0; i < 6; ++i) a[i] = va_arg(arguments, long);
  va_end(arguments);
  return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
