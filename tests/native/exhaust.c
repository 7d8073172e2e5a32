// exhaust: takes from its own process what the system gives: maps, and leave to run new code.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { kMost = 1 << 20 };
static void* g_pages[kMost];
static int32_t g_count;

// Maps single pages, each unlike its neighbour so that the kernel cannot merge them, until the
// system refuses or there are a million; then gives `spare` back. Returns how many it keeps.
int32_t take_maps(int32_t spare) {
  while (g_count < kMost) {
    const int protection = g_count % 2 == 0 ? PROT_READ : PROT_NONE;
    void* page = mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) break;
    g_pages[g_count++] = page;
  }
  for (; spare > 0 && g_count > 0; --spare) munmap(g_pages[--g_count], 4096);
  return g_count;
}

void give_maps_back(void) {
  while (g_count > 0) munmap(g_pages[--g_count], 4096);
}

// From now on, and for ever, no thread of the process makes memory executable. 0, or an errno.
int32_t forbid_new_code(void) {
  enum { kProtection = offsetof(struct seccomp_data, args[2]) };
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pkey_mprotect, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kProtection),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return errno;
  return 0;
}
