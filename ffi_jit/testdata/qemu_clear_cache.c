// __clear_cache() for code that is written through one mapping and run through another, under qemu.
//
// qemu's user emulation before 8.1 notices changed code only when it is written where it runs, and
// passes over the instructions that clean the caches: after a stub is freed and its memory used
// again, the old translation would go on running. A page that becomes writable loses its
// translations, so this definition, which stands in for the compiler's, makes it so for a moment.
// On a processor it cleans the caches as the compiler's does. Test code only; any thread.

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// What __clear_cache() is made of, in libgcc.
void __aarch64_sync_cache_range(const void* begin, const void* end);

// Whether `address` is in the view that code is written through, and not where it runs: whether the
// system can put a byte back where it took it from.
static int IsWritable(void* address) {
  int ends[2];
  if (pipe(ends) != 0) return 1;
  const int writable = write(ends[1], address, 1) == 1 && read(ends[0], address, 1) == 1;
  close(ends[0]);
  close(ends[1]);
  return writable;
}

void __clear_cache(void* begin, void* end) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t first = (uintptr_t)begin & ~(page - 1);
  const uintptr_t bytes = (uintptr_t)end - first;
  if (!IsWritable(begin) &&
      mprotect((void*)first, bytes, PROT_READ | PROT_WRITE | PROT_EXEC) == 0) {
    mprotect((void*)first, bytes, PROT_READ | PROT_EXEC);
  }
  __aarch64_sync_cache_range(begin, end);
}
