// crash_report: the signal handlers. See crash_report.h.
//
// Order of a report: what needs nothing but the handler's own memory comes first, then what reads
// the loader's tables and the stack, and V8 last; each part is guarded (crash_guard).

#include "v8_glue/crash_report.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "v8_glue/crash_guard.h"
#include "v8_glue/crash_text.h"
#include "v8_glue/native_stack.h"
#include "v8_glue/raw_output.h"
#include "v8_glue/symbolize.h"
#include "v8_glue/trace_record.h"

namespace springboard::glue {

namespace {

// By signal: what is chained to, and what takes over once there has been a report.
constinit std::array<struct sigaction, NSIG> before = {};
constinit std::array<struct sigaction, NSIG> after = {};
constinit CrashReport::WriteJavaScript write_javascript = nullptr;
constinit std::atomic<bool> started = false;

// A fault comes again when the handler returns, with everything as it was. Other signals do not.
void Repeat(const siginfo_t& info) {
  if (info.si_code > 0 && info.si_signo != SIGTRAP) return;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, info.si_signo);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), info.si_signo);
}

// Lets whoever handled the signal before have it.
void Chain(siginfo_t* info, void* context) {
  const struct sigaction& previous = before[static_cast<size_t>(info->si_signo)];
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(info->si_signo, info, context);
    return;
  }
  if (previous.sa_handler == SIG_IGN && info->si_code <= 0) return;
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(info->si_signo);
    return;
  }
  sigaction(info->si_signo, &previous, nullptr);
  Repeat(*info);
}

// Nothing else is printed from here on if one part fails: the others still come.
void Report(RawOutput& out, const siginfo_t& info, const NativeStack& stack) {
  const auto part = [&out](const char* title, auto write) {
    if (!CrashGuard::Run([&] {
          out.Text(title);
          write();
        })) {
      out.Text("\n  (this part of the report failed)\n");
    }
    out.Flush();
  };
  part("", [&] { WriteCrash(out, info, stack); });
  part("", [&] { TraceRecord::WriteInnermost(out); });
  part("", [&] { WriteLibraries(out); });
  part("  native stack:\n", [&] { stack.Write(out); });
  part("  JavaScript stack:\n", [&] { write_javascript(out); });
  out.Text("springboard: the process now gets ").Text(SignalName(info.si_signo));
  out.Text(" as it would have without this report\n");
}

void Handle(int signal, siginfo_t* info, void* context) {
  const int saved = errno;
  if (CrashGuard::IsInside()) CrashGuard::Escape();
  auto& registers = *static_cast<ucontext_t*>(context);
  bool reported = false;
  // WebAssembly traps by signal, on several threads at once: they are not held up.
  if (!NativeStack::InGeneratedCode(*info, registers) && CrashGuard::Enter()) {
    // Not on the stack, of which there may be little. Whoever is inside has it alone.
    static NativeStack stack;
    static RawOutput out;
    stack = {};
    CrashGuard::Run([&] { stack.Walk(*info, registers); });
    reported = stack.InNativeCall();
    if (reported) {
      Report(out, *info, stack);
      out.Flush();
      sigaction(signal, &after[static_cast<size_t>(signal)], nullptr);
      Repeat(*info);
    }
    CrashGuard::Leave();
  }
  if (!reported) Chain(info, context);
  errno = saved;
}

// --- Copies of the package, loaded from different files

// Under this name a copy tells others what was there before it.
constexpr const char* kBeforeName = "springboard_handled_before";

// What handled `signal` before any copy did: of a crash that one has reported the others say
// nothing.
struct sigaction BeforeAllCopies(int signal, struct sigaction action) {
  Dl_info module;
  while (dladdr(reinterpret_cast<void*>(action.sa_handler), &module) != 0) {
    void* handle = dlopen(module.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) break;
    using Before = void (*)(int signal, struct sigaction* action);
    const auto handled_before = reinterpret_cast<Before>(dlsym(handle, kBeforeName));
    dlclose(handle);
    if (handled_before == nullptr) break;
    handled_before(signal, &action);
  }
  return action;
}

// --- Stacks for signal handlers

class SignalStack {
 public:
  SignalStack() {
    stack_t current;
    if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
    void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;
    const stack_t stack = {.ss_sp = memory, .ss_flags = 0, .ss_size = kBytes};
    if (sigaltstack(&stack, nullptr) == 0) {
      memory_ = memory;
    } else {
      munmap(memory, kBytes);
    }
  }
  ~SignalStack() {
    if (memory_ == nullptr) return;
    stack_t current;
    if (sigaltstack(nullptr, &current) == 0 && current.ss_sp == memory_) {
      const stack_t none = {.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
      sigaltstack(&none, nullptr);
    }
    munmap(memory_, kBytes);
  }
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  // V8 needs some to tell what JavaScript runs; what is not used takes no memory.
  static constexpr size_t kBytes = size_t{512} * 1024;

  void* memory_ = nullptr;
};

}  // namespace

void CrashReport::Start(WriteJavaScript write) {
  static std::once_flag once;
  std::call_once(once, [write] {
    write_javascript = write;
    PrepareSymbols();
    NativeStack::Prepare();
    struct sigaction action = {};
    action.sa_sigaction = Handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (const int signal : kCrashSignals) {
      const auto index = static_cast<size_t>(signal);
      // Both before the handler can run.
      sigaction(signal, nullptr, &before[index]);
      after[index] = BeforeAllCopies(signal, before[index]);
      sigaction(signal, &action, nullptr);
    }
    started = true;
  });
}

void CrashReport::PrepareThread() {
  if (!started.load(std::memory_order_relaxed)) return;
  static thread_local const SignalStack stack;
}

void CrashReport::AnythingMayBeCalled() { NativeStack::AnythingMayBeCalled(); }

}  // namespace springboard::glue

// See kBeforeName.
extern "C" [[gnu::visibility("default")]] void springboard_handled_before(
    int signal, struct sigaction* action) {
  *action = springboard::glue::before[static_cast<size_t>(signal)];
}
