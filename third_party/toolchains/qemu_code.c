// qemu_code: preloaded by qemu.sh into AArch64 programs, so that qemu sees code that they generate.
//
// qemu keeps translations of code and drops them when the code is written to at the address where
// it runs. Springboard writes through a second mapping of the same file; the processor is told by
// instructions (ic ivau) which qemu heeds from version 8.1 on, and Debian 12 has 7.2. Changing the
// protection of the pages has the same effect. So this keeps the list of shared mappings, and when
// memcpy() has written to one, the executable mapping of the same file is made writable and not
// writable again. Any thread; nothing is freed before the program ends.

#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct Mapping {
  uintptr_t begin;
  uintptr_t end;
  ino_t file;
  int protection;
};

enum { kMaxMappings = 1024 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct Mapping mappings[kMaxMappings];
static volatile int count;

// Programs that this one starts may be this machine's own, which cannot load this library.
__attribute__((constructor)) static void ForgetPreload(void) { unsetenv("LD_PRELOAD"); }

static void Add(uintptr_t begin, size_t size, int protection, int file) {
  struct stat status;
  if (fstat(file, &status) != 0) return;
  pthread_mutex_lock(&mutex);
  if (count == kMaxMappings) __builtin_trap();
  mappings[count] = (struct Mapping){begin, begin + size, status.st_ino, protection};
  ++count;
  pthread_mutex_unlock(&mutex);
}

static void Remove(uintptr_t begin) {
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < count; ++i) {
    if (mappings[i].begin == begin) mappings[i--] = mappings[--count];
  }
  pthread_mutex_unlock(&mutex);
}

static void Written(uintptr_t address) {
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < count; ++i) {
    if (address < mappings[i].begin || address >= mappings[i].end) continue;
    for (int j = 0; j < count; ++j) {
      const struct Mapping* code = &mappings[j];
      if (code->file != mappings[i].file || (code->protection & PROT_EXEC) == 0) continue;
      mprotect((void*)code->begin, code->end - code->begin, code->protection | PROT_WRITE);
      mprotect((void*)code->begin, code->end - code->begin, code->protection);
    }
  }
  pthread_mutex_unlock(&mutex);
}

void* mmap(void* address, size_t size, int protection, int flags, int file, off_t offset) {
  void* mapped = (void*)syscall(SYS_mmap, address, size, protection, flags, file, offset);
  if (mapped != MAP_FAILED && file >= 0 && (flags & MAP_SHARED) != 0) {
    Add((uintptr_t)mapped, size, protection, file);
  }
  return mapped;
}

void* mmap64(void* address, size_t size, int protection, int flags, int file, off_t offset) {
  return mmap(address, size, protection, flags, file, offset);
}

int munmap(void* address, size_t size) {
  if (count != 0) Remove((uintptr_t)address);
  return (int)syscall(SYS_munmap, address, size);
}

void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  memmove(to, from, size);
  if (count != 0) Written((uintptr_t)to);
  return to;
}
