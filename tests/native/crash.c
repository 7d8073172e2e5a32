// crash: functions that raise every signal a crash report is made of, in the ways that differ.
//
// Each is as small as it can be: what a report says of it is compared.

#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

int32_t fine(int32_t value) { return value + 1; }
double fine_f64(double value) { return value / 2; }

// Faults at the address that it is given.
int32_t read_at(const int32_t* address) { return *address; }
void write_at(int32_t* address) { *(volatile int32_t*)address = 1; }

// Memory that may be read, in this library.
const int32_t constant_data[4] = {1, 2, 3, 4};
void write_constant(void) { *(volatile int32_t*)&constant_data[1] = 1; }

// The fault is in libc, below this.
uint64_t length_of(const char* text) { return strlen(text) + 1; }

void raise_abort(void) { abort(); }
void raise_trap(void) {
#if defined(__x86_64__)
  __asm__ volatile("int3");
#else
  __asm__ volatile("brk #0");
#endif
}
void raise_ill(void) { __builtin_trap(); }
int32_t raise_fpe(int32_t divisor) {
#if defined(__x86_64__)
  // The compiler knows what division by zero may do; the processor traps.
  int32_t quotient = 1, rest = 0;
  __asm__ volatile("idivl %2" : "+a"(quotient), "+d"(rest) : "r"(divisor));
  return quotient;
#else
  raise(SIGFPE);
  return divisor;
#endif
}
// Beyond the end of a file that is mapped.
int32_t raise_bus(void) {
  char path[] = "/tmp/springboard-crash-XXXXXX";
  const int file = mkstemp(path);
  unlink(path);
  volatile int32_t* memory = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
  return *memory;
}

// A function that is not exported, behind one that is.
static NOINLINE int32_t hidden(volatile int32_t* address) { return *address + 1; }
int32_t call_hidden(int32_t* address) { return hidden(address) + 1; }

typedef int32_t (*Function)(int32_t);
int32_t call(Function function, int32_t value) { return function(value) + 1; }

// A function that does nothing, until there is none.
static void* code;
void* make_code(void) {
  code = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#if defined(__x86_64__)
  *(uint8_t*)code = 0xc3;
#else
  *(uint32_t*)code = 0xd65f03c0;
#endif
  mprotect(code, 4096, PROT_READ | PROT_EXEC);
  return code;
}
void drop_code(void) { munmap(code, 4096); }

NOINLINE int32_t recurse(int32_t depth) {
  volatile char frame[256];
  frame[depth & 255] = (char)depth;
  if (depth < 0) return 0;
  return recurse(depth + 1) + frame[depth & 255];
}

// A thread of this library's own.
static void* crash_soon(void* nothing) {
  usleep(1000);
  return (void*)(uintptr_t)read_at(nothing);
}
void start_thread(void) {
  pthread_t thread;
  pthread_create(&thread, 0, crash_soon, 0);
  pthread_detach(thread);
}

// A handler of the library's own, which repairs what it is called for.
static void* page;
static void repair(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)info, (void)context;
  mprotect(page, 4096, PROT_READ | PROT_WRITE);
}
int32_t repaired(void) {
  page = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct sigaction action = {.sa_sigaction = repair, .sa_flags = SA_SIGINFO}, before;
  sigaction(SIGSEGV, &action, &before);
  *(volatile int32_t*)page = 7;
  sigaction(SIGSEGV, &before, 0);
  return *(volatile int32_t*)page;
}

// libc notices, and aborts while it holds a lock that allocation needs.
static void (*volatile free_block)(void*) = free;
int32_t free_twice(void) {
  void* block = malloc(5000);
  free_block(block);
  free_block(block);
  return 1;
}
// Frame pointers and return addresses of this and of its callers become nonsense.
void smash_stack(void) {
  volatile uintptr_t* frame = __builtin_frame_address(0);
  for (int i = 0; i < 4; ++i) frame[i] = 0x1234567812345678;
}
