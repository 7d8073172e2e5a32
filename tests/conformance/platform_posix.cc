// platform.h for POSIX systems.

#include "tests/conformance/platform.h"

#ifndef _WIN32

#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace springboard::conformance {
namespace {

// Planning, emitting and printing a stub happen on the signal stack.
constexpr size_t kSignalStackBytes = 1 << 20;

CrashHandler crash_handler = nullptr;

uintptr_t Instruction(const ucontext_t& context) {
#if defined(__x86_64__)
  return static_cast<uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
#else
  return context.uc_mcontext.pc;
#endif
}

void OnSignal(int number, siginfo_t* info, void* context) {
  crash_handler(strsignal(number), Instruction(*static_cast<ucontext_t*>(context)),
                std::bit_cast<uintptr_t>(info->si_addr));
  _exit(3);
}

void* Map(void* address, size_t size, int flags) {
  void* memory =
      mmap(address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (memory == MAP_FAILED || (address != nullptr && memory != address)) {
    std::perror("mmap");
    std::exit(2);
  }
  return memory;
}

}  // namespace

size_t PageBytes() {
  static const size_t bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

void MapAt(uintptr_t address, size_t size) {
  Map(std::bit_cast<void*>(address), size, MAP_FIXED_NOREPLACE);
}

uint8_t* MapBeforeUnreadablePage(size_t pages) {
  const size_t usable = pages * PageBytes();
  auto* memory = static_cast<uint8_t*>(Map(nullptr, usable + PageBytes(), 0));
  if (mprotect(memory + usable, PageBytes(), PROT_NONE) != 0) {
    std::perror("mprotect");
    std::exit(2);
  }
  return memory;
}

StatusOr<const uint8_t*> MapCode(std::span<const uint8_t> code) {
  auto* memory = static_cast<uint8_t*>(Map(nullptr, code.size(), 0));
  std::memcpy(memory, code.data(), code.size());
  __builtin___clear_cache(reinterpret_cast<char*>(memory),
                          reinterpret_cast<char*>(memory) + code.size());
  if (mprotect(memory, code.size(), PROT_READ | PROT_EXEC) != 0) {
    return Status::Error("the system gives no executable memory");
  }
  return static_cast<const uint8_t*>(memory);
}

StatusOr<Library> Library::Open(const std::string& path) {
  // Without a slash dlopen would search the system's folders.
  const std::string found = path.find('/') == std::string::npos ? "./" + path : path;
  void* handle = dlopen(found.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Status::Error(dlerror());
  return Library(handle);
}

const void* Library::Symbol(const std::string& name) const { return dlsym(handle_, name.c_str()); }

void InstallCrashHandler(CrashHandler handler) {
  crash_handler = handler;
  stack_t stack = {};
  stack.ss_sp = Map(nullptr, kSignalStackBytes, 0);
  stack.ss_size = kSignalStackBytes;
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = OnSignal;
  // A crash of the report itself ends the process the usual way.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT}) {
    sigaction(number, &action, nullptr);
  }
}

}  // namespace springboard::conformance

#endif  // _WIN32
