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

enum { kPage = 4096, kPages = 1 << 18, kMost = 64 };
static char* g_region;
static void* g_last[kMost];
static int32_t g_count;

// Takes maps until the system refuses, then gives `spare` of the last ones back. Returns how many
// of those are left, or -1 if the system never refused.
int32_t take_maps(int32_t spare) {
  g_region = mmap(NULL, (size_t)kPages * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (g_region == MAP_FAILED) return -1;
  // Each page that is unlike its neighbours makes two maps more.
  int32_t page = 1;
  while (page < kPages && mprotect(g_region + (size_t)page * kPage, kPage, PROT_READ) == 0)
    page += 2;
  if (page >= kPages) return -1;
  // What is left is a few, which the kernel must not merge.
  while (g_count < kMost) {
    void* last = mmap(NULL, kPage, g_count % 2 == 0 ? PROT_READ : PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (last == MAP_FAILED) break;
    g_last[g_count++] = last;
  }
  for (; spare > 0 && g_count > 0; --spare) munmap(g_last[--g_count], kPage);
  return g_count;
}

void give_maps_back(void) {
  munmap(g_region, (size_t)kPages * kPage);
  while (g_count > 0) munmap(g_last[--g_count], kPage);
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
