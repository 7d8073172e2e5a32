// crash_text: see crash_text.h.

#include "v8_glue/crash_text.h"

#include <link.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string_view>

#include "v8_glue/native_stack.h"
#include "v8_glue/open_libraries.h"
#include "v8_glue/raw_output.h"
#include "v8_glue/symbolize.h"

namespace springboard::glue {

namespace {

struct Reason {
  int signal;
  int code;
  const char* text;
};

constexpr Reason kReasons[] = {
    {SIGSEGV, SEGV_MAPERR, "no memory is mapped there"},
    {SIGSEGV, SEGV_ACCERR, "the memory may not be used so"},
    {SIGBUS, BUS_ADRALN, "the address is not aligned"},
    {SIGBUS, BUS_ADRERR, "there is nothing behind the memory"},
    {SIGILL, ILL_ILLOPN, "no such instruction"},
    {SIGILL, ILL_ILLOPC, "no such instruction"},
    {SIGFPE, FPE_INTDIV, "integer division by zero, or its overflow"},
    {SIGFPE, FPE_INTOVF, "integer overflow"},
};

bool HasAddress(const siginfo_t& info) {
  return (info.si_signo == SIGSEGV || info.si_signo == SIGBUS) && info.si_code > 0 &&
         info.si_code != SI_KERNEL;
}

void WriteReason(RawOutput& out, const siginfo_t& info) {
  if (info.si_code <= 0) {
    if (info.si_pid == getpid()) {
      out.Text(info.si_signo == SIGABRT ? " (abort)" : " (sent by this process)");
    } else {
      out.Text(" (sent by process ").Decimal(static_cast<uint64_t>(info.si_pid)).Text(")");
    }
    return;
  }
  if (info.si_code == SI_KERNEL && info.si_signo == SIGSEGV) {
    out.Text(" (the address is none that a pointer can have)");
    return;
  }
  for (const Reason& reason : kReasons) {
    if (reason.signal != info.si_signo || reason.code != info.si_code) continue;
    out.Text(" (").Text(reason.text).Text(")");
    return;
  }
}

void WriteThread(RawOutput& out) {
  const auto thread = static_cast<uint64_t>(syscall(SYS_gettid));
  char name[16] = "";
  prctl(PR_GET_NAME, name);
  out.Text("  thread: ").Decimal(thread).Text(" '").Text(name).Text("'");
  out.Text(thread == static_cast<uint64_t>(getpid()) ? ", the main thread\n" : "\n");
}

}  // namespace

const char* SignalName(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGILL:
      return "SIGILL";
    case SIGFPE:
      return "SIGFPE";
    case SIGABRT:
      return "SIGABRT";
    default:
      return "SIGTRAP";
  }
}

void WriteCrash(RawOutput& out, const siginfo_t& info, const NativeStack& stack) {
  out.Text("\nspringboard: ").Text(SignalName(info.si_signo));
  if (HasAddress(info)) {
    out.Text(" at address ").Hex(reinterpret_cast<uint64_t>(info.si_addr));
  }
  WriteReason(out, info);
  out.Text(" inside a native call\n");
  out.Flush();
  out.Text("  instruction: ").Hex(stack.pc()).Text(" ");
  if (const link_map* module = ModuleOf(stack.pc()); module == nullptr) {
    out.Text(stack.kind() == CodeKind::kStub ? "in a stub of Springboard"
                                             : "where no code is: a wild jump or call");
  } else {
    out.Text("in ");
    WritePlace(out, *module, stack.pc());
  }
  out.Text("\n");
  if (HasAddress(info)) {
    const auto address = reinterpret_cast<uint64_t>(info.si_addr);
    const link_map* module = ModuleOf(address);
    if (module != nullptr && address != stack.pc()) {
      out.Text("  address: in ");
      WritePlace(out, *module, address);
      out.Text("\n");
    }
  }
  WriteThread(out);
  out.Flush();
}

void WriteLibraries(RawOutput& out) {
  // A program that opens thousands has better uses for its screen.
  constexpr size_t kMaxListed = 64;
  size_t count = 0;
  out.Text("  libraries that Springboard has open:\n");
  OpenLibraries::ForEach([&](const OpenLibraries::Entry& entry) {
    if (++count > kMaxListed) return;
    const auto* module = static_cast<const link_map*>(entry.handle.load());
    if (module == nullptr) return;
    out.Text("    ").Text(PathOf(*module)).Text(" at ").Hex(module->l_addr).Text("\n");
  });
  if (count > kMaxListed) out.Text("    and ").Decimal(count - kMaxListed).Text(" more\n");
  out.Flush();
}

}  // namespace springboard::glue
