// native_stack: see native_stack.h.

#include "v8_glue/native_stack.h"

#include <link.h>
#include <unwind.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "ffi_jit/code_ranges.h"
#include "v8_glue/native_entry.h"
#include "v8_glue/open_libraries.h"
#include "v8_glue/raw_output.h"
#include "v8_glue/symbolize.h"

namespace springboard::glue {

namespace {

// A process has a few dozen libraries when Springboard comes. One that finds no room here counts
// as loaded later, which at worst makes a report of a crash that is none of ours.
constinit std::array<const link_map*, 512> with_program = {};
constinit const link_map* program = nullptr;
constinit const link_map* springboard_itself = nullptr;
constinit std::atomic<bool> anything_called = false;

#if defined(__x86_64__)
constexpr int kFramePointerRegister = 6;
uint64_t PcOf(const ucontext_t& context) {
  return static_cast<uint64_t>(context.uc_mcontext.gregs[REG_RIP]);
}
uint64_t FramePointerOf(const ucontext_t& context) {
  return static_cast<uint64_t>(context.uc_mcontext.gregs[REG_RBP]);
}
// As if the call that led to nowhere had returned.
void UndoCall(ucontext_t& context) {
  greg_t* registers = context.uc_mcontext.gregs;
  std::memcpy(&registers[REG_RIP], reinterpret_cast<const void*>(registers[REG_RSP]),
              sizeof(greg_t));
  registers[REG_RSP] += sizeof(greg_t);
}
#elif defined(__aarch64__)
constexpr int kFramePointerRegister = 29;
uint64_t PcOf(const ucontext_t& context) { return context.uc_mcontext.pc; }
uint64_t FramePointerOf(const ucontext_t& context) {
  return context.uc_mcontext.regs[kFramePointerRegister];
}
void UndoCall(ucontext_t& context) { context.uc_mcontext.pc = context.uc_mcontext.regs[30]; }
#endif

// The fetch of the instruction itself failed.
bool JumpedNowhere(const siginfo_t& info, uint64_t pc) {
  return (info.si_signo == SIGSEGV || info.si_signo == SIGBUS) && info.si_code > 0 &&
         info.si_code != SI_KERNEL && reinterpret_cast<uint64_t>(info.si_addr) == pc;
}

CodeKind KindOf(uint64_t pc, const link_map* module) {
  if (module == nullptr) return jit::IsOurCode(pc) ? CodeKind::kStub : CodeKind::kGenerated;
  if (module == program) return CodeKind::kProgram;
  if (module != springboard_itself) return CodeKind::kLibrary;
  return EntersNative(pc) ? CodeKind::kEntry : CodeKind::kSpringboard;
}

bool CameWithProgram(const link_map* module) {
  return std::find(with_program.begin(), with_program.end(), module) != with_program.end();
}

}  // namespace

void NativeStack::Prepare() {
  springboard_itself = ModuleOf(reinterpret_cast<uint64_t>(&NativeStack::Prepare));
  size_t count = 0;
  for (const link_map* module = _r_debug.r_map; module != nullptr && count < with_program.size();
       module = module->l_next) {
    with_program[count++] = module;
  }
  program = with_program[0];
}

void NativeStack::AnythingMayBeCalled() { anything_called.store(true, std::memory_order_relaxed); }

bool NativeStack::InGeneratedCode(const siginfo_t& info, const ucontext_t& context) {
  const uint64_t pc = PcOf(context);
  return !JumpedNowhere(info, pc) && KindOf(pc, ModuleOf(pc)) == CodeKind::kGenerated;
}

void NativeStack::Walk(const siginfo_t& info, ucontext_t& context) {
  const ucontext_t original = context;
  const bool nowhere = JumpedNowhere(info, PcOf(context));
  if (nowhere) {
    Add(PcOf(context), CodeKind::kNowhere, false);
    // The unwinder begins with what is in `context`, and finds no record for nowhere.
    UndoCall(context);
  }
  struct Search {
    NativeStack& stack;
    uint64_t start;
    bool nowhere;
    bool started = false;
    uint64_t frame_pointer;
  } search = {*this, PcOf(context), nowhere, false, FramePointerOf(context)};
  const auto visit = [](_Unwind_Context* frame, void* data) {
    Search& found = *static_cast<Search*>(data);
    const uint64_t pc = _Unwind_GetIP(frame);
    // First come those of the signal's handler.
    if (!found.started && pc != found.start) return _URC_NO_REASON;
    const bool returns = found.started || found.nowhere;
    found.started = true;
    found.frame_pointer = _Unwind_GetGR(frame, kFramePointerRegister);
    const link_map* module = ModuleOf(pc);
    found.stack.Add(pc, KindOf(pc, module), returns);
    return module == nullptr || found.stack.count_ >= kMaxFrames ? _URC_NORMAL_STOP
                                                                 : _URC_NO_REASON;
  };
  static_cast<void>(_Unwind_Backtrace(visit, &search));
  if (!search.started) Add(search.start, KindOf(search.start, ModuleOf(search.start)), nowhere);
  context = original;
  FollowFramePointers(search.frame_pointer);
}

void NativeStack::FollowFramePointers(uint64_t frame_pointer) {
  // Larger than any frame of JavaScript.
  constexpr uint64_t kMaxFrameBytes = uint64_t{1} << 24;
  while (count_ < kMaxFrames && frame_pointer != 0 && frame_pointer % sizeof(uint64_t) == 0) {
    uint64_t frame[2];  // the caller's frame pointer, the return address
    std::memcpy(frame, reinterpret_cast<const void*>(frame_pointer), sizeof(frame));
    if (frame[1] == 0) return;
    Add(frame[1], KindOf(frame[1], ModuleOf(frame[1])), true);
    if (frame[0] <= frame_pointer || frame[0] - frame_pointer > kMaxFrameBytes) return;
    frame_pointer = frame[0];
  }
}

void NativeStack::Add(uint64_t pc, CodeKind kind, bool returns_there) {
  const Frame frame = {pc, kind, returns_there};
  if (count_ < kFirst) first_[count_] = frame;
  last_[count_ % kLast] = frame;
  if (verdict_ == Verdict::kOpen) Judge(frame, ModuleOf(pc));
  ++count_;
}

// From the inside outward, the first frame that tells decides. A stub without conversions jumps to
// the native function and leaves no frame: then JavaScript seems to have called it directly, which
// it does with nothing else but functions of the program.
void NativeStack::Judge(const Frame& frame, const link_map* module) {
  const bool anything = anything_called.load(std::memory_order_relaxed);
  switch (frame.kind) {
    case CodeKind::kNowhere:
      foreign_ = anything;
      return;
    case CodeKind::kStub:
    case CodeKind::kEntry:
      verdict_ = Verdict::kInside;
      return;
    case CodeKind::kGenerated:
      verdict_ = foreign_ ? Verdict::kInside : Verdict::kOutside;
      return;
    case CodeKind::kSpringboard:
      verdict_ = Verdict::kOutside;
      return;
    case CodeKind::kProgram:
      foreign_ = false;
      return;
    case CodeKind::kLibrary:
      break;
  }
  const bool listed = OpenLibraries::Has(module);
  const bool with_program = CameWithProgram(module);
  if (listed && !with_program) verdict_ = Verdict::kInside;
  foreign_ = listed || !with_program || anything;
}

void NativeStack::Write(RawOutput& out) const {
  const size_t head = std::min(count_, kFirst);
  for (size_t i = 0; i < head; ++i) WriteFrame(out, first_[i], i);
  const size_t tail = std::min(count_ - head, kLast);
  if (count_ - head > tail) {
    out.Text("  ... ").Decimal(count_ - head - tail).Text(" frames more\n");
  }
  for (size_t i = count_ - tail; i < count_; ++i) WriteFrame(out, last_[i % kLast], i);
}

void NativeStack::WriteFrame(RawOutput& out, const Frame& frame, size_t number) const {
  out.Text("  #").Decimal(number).Text(" ").Hex(frame.pc).Text(" ");
  const link_map* module = ModuleOf(frame.pc);
  if (frame.kind == CodeKind::kNowhere) {
    out.Text("no code is here");
  } else if (frame.kind == CodeKind::kStub) {
    out.Text("stub of Springboard");
  } else if (module == nullptr) {
    out.Text("JavaScript, or other generated code");
  } else {
    // The call itself: behind one that never returns another function may begin. The program and
    // Springboard export little of what they have, so that what is near says nothing.
    WritePlace(out, *module, frame.returns_there ? frame.pc - 1 : frame.pc,
               frame.kind == CodeKind::kLibrary);
  }
  out.Text("\n");
  out.Flush();
}

}  // namespace springboard::glue
