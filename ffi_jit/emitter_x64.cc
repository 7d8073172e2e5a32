// EmitX64: a stub plan as x86-64 code: entry, unwraps, frame, moves, call or jump, moves, return,
// and behind that the rare parts of the unwraps.
//
// The frame is addressed from rbp, outgoing arguments from rsp. Every entry is an endbr64, so that
// stubs also run where indirect branches are checked.

#include <asmjit/x86.h>

#include <cassert>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "ffi_jit/assembly.h"
#include "ffi_jit/emitter.h"
#include "ffi_jit/x64_mover.h"
#include "ffi_jit/x64_unwrapper.h"

namespace springboard::jit {

namespace x86 = asmjit::x86;

namespace {

// The guard below a thread's stack may be a single page, so that each page of a larger frame is
// touched on the way down.
constexpr uint32_t kPageBytes = 4096;

void AllocateStack(x86::Assembler& a, uint32_t bytes, uint8_t scratch) {
  const x86::Gp limit = x86::gpq(scratch);
  const uint32_t pages = bytes / kPageBytes;
  if (pages > 0) {
    const asmjit::Label again = a.newLabel();
    a.lea(limit, x86::ptr(x86::rsp, -static_cast<int32_t>(pages * kPageBytes)));
    a.bind(again);
    a.sub(x86::rsp, kPageBytes);
    a.or_(x86::qword_ptr(x86::rsp), 0);
    a.cmp(x86::rsp, limit);
    a.jne(again);
  }
  if (bytes % kPageBytes != 0) a.sub(x86::rsp, bytes % kPageBytes);
}

void EmitFrame(x86::Assembler& a, const StubPlan& plan) {
  if (plan.is_tail()) return;
  a.push(x86::rbp);
  a.mov(x86::rbp, x86::rsp);
  AllocateStack(a, plan.frame.total_bytes(), plan.scratch.pointer);
  if (plan.frame.alignment() > 16) {
    // What is still untouched and what the alignment adds may be more than a page together.
    if (plan.frame.total_bytes() % kPageBytes + plan.frame.alignment() > kPageBytes) {
      a.or_(x86::qword_ptr(x86::rsp), 0);
    }
    a.and_(x86::rsp, -static_cast<int32_t>(plan.frame.alignment()));
  }
}

class Emission {
 public:
  Emission(x86::Assembler& assembler, const StubPlan& plan, std::vector<PatchPoint>& patches)
      : a_(assembler),
        plan_(plan),
        mover_(assembler, plan.frame, plan.scratch, patches),
        unwrapper_(assembler, plan.layout, plan.unwraps_in_frame() ? &plan.frame : nullptr) {}

  void Run() {
    a_.endbr64();
    if (!plan_.unwraps.empty()) declined_ = a_.newLabel();
    if (plan_.unwraps_in_frame()) EmitFrame(a_, plan_);
    Perform(plan_.keep);
    for (const Unwrap& unwrap : plan_.unwraps) {
      unwrapper_.Perform(unwrap, plan_.entry_registers, declined_);
    }
    if (!plan_.unwraps_in_frame()) EmitFrame(a_, plan_);
    Perform(plan_.before);
    Leave();
    unwrapper_.EmitRest();
    EmitEarlyEnds();
  }

 private:
  void Perform(const std::vector<Move>& moves) {
    for (const Move& move : moves) mover_.Perform(move);
  }
  void Leave();
  asmjit::x86::Mem Errno() const;
  void StoreErrno();
  void LookAtResult();
  void CallKeepText();
  void LeaveFrame();
  void EmitEarlyEnds();
  // Sets the block's status and leaves the block's address in registers.data. A result is 0.
  void EndEarly(FastStatus status, const UnwrapRegisters& registers);

  x86::Assembler& a_;
  const StubPlan& plan_;
  X64Mover mover_;
  X64Unwrapper unwrapper_;
  // Where the stub ends early, and where it goes on from there if it has a frame. Valid where used.
  asmjit::Label declined_, lost_, unsafe_, restores_;
};

// Thread-local storage is found from fs (psABI 3.4.6).
x86::Mem Emission::Errno() const {
  x86::Mem place = x86::dword_ptr(static_cast<uint64_t>(int64_t{*plan_.errno_offset}));
  place.setSegment(x86::fs);
  return place;
}

void Emission::StoreErrno() {
  const x86::Gp number = x86::gpd(plan_.scratch.data);
  a_.mov(number, Errno());
  const uint8_t block = plan_.scratch.cycle;
  mover_.Perform(Move::Copy(Location::General(block), Location::Patch(PatchKind::kBlock), 8));
  a_.mov(x86::dword_ptr(x86::gpq(block), offsetof(FastBlock, error)), number);
}

void Emission::Leave() {
  if (plan_.errno_offset.has_value()) a_.mov(Errno(), 0);
  uint8_t target = plan_.target.number;
  if (plan_.target.kind == Location::Kind::kPatch) {
    target = plan_.scratch.cycle;
    mover_.Perform(Move::Copy(Location::General(target), plan_.target, 8));
  }
  // psABI 3.5.7: al is an upper bound on the vector registers that a variadic call uses.
  if (plan_.vector_count.has_value()) a_.mov(x86::eax, *plan_.vector_count);
  if (plan_.is_tail()) {
    a_.jmp(x86::gpq(target));
    return;
  }
  a_.call(x86::gpq(target));
  mover_.ForgetPointer();
  if (plan_.errno_offset.has_value()) StoreErrno();
  Perform(plan_.unlink);
  LookAtResult();
  Perform(plan_.after);
  if (!plan_.keep_text.empty()) CallKeepText();
  if (restores_.isValid()) a_.bind(restores_);
  Perform(plan_.restores);
  LeaveFrame();
  a_.ret();
}

void Emission::CallKeepText() {
  Perform(plan_.keep_text);
  const uint8_t function = plan_.scratch.cycle;
  mover_.Perform(Move::Copy(Location::General(function), Location::Patch(PatchKind::kHandler), 8));
  a_.call(x86::gpq(function));
  mover_.ForgetPointer();
}

void Emission::LeaveFrame() {
  if (plan_.frame.total_bytes() == 0 && plan_.frame.alignment() <= 16) {
    a_.pop(x86::rbp);
  } else {
    a_.leave();
  }
}

void Emission::LookAtResult() {
  if (plan_.reread.has_value() || plan_.safe_check.has_value()) restores_ = a_.newLabel();
  if (plan_.reread.has_value()) {
    lost_ = a_.newLabel();
    mover_.Perform(plan_.reread->load);
    unwrapper_.Perform(plan_.reread->unwrap, plan_.return_registers, lost_);
  }
  if (plan_.safe_check.has_value()) {
    unsafe_ = a_.newLabel();
    unwrapper_.CheckSafe(x86::gpq(plan_.safe_check->value.number), plan_.safe_check->is_signed,
                         x86::gpq(plan_.return_registers.object), unsafe_);
  }
}

void Emission::EmitEarlyEnds() {
  if (declined_.isValid()) {
    a_.bind(declined_);
    EndEarly(FastStatus::kDeclined, plan_.entry_registers);
    if (plan_.unwraps_in_frame()) LeaveFrame();
    a_.ret();
  }
  const UnwrapRegisters& registers = plan_.return_registers;
  if (lost_.isValid()) {
    a_.bind(lost_);
    EndEarly(FastStatus::kLost, registers);
    a_.jmp(restores_);
  }
  if (unsafe_.isValid()) {
    a_.bind(unsafe_);
    EndEarly(FastStatus::kUnsafe, registers);
    a_.mov(x86::qword_ptr(x86::gpq(registers.data), offsetof(FastBlock, result)),
           x86::gpq(plan_.safe_check->value.number));
    a_.jmp(restores_);
  }
}

void Emission::EndEarly(FastStatus status, const UnwrapRegisters& registers) {
  const x86::Gp block = x86::gpq(registers.data);
  mover_.Perform(
      Move::Copy(Location::General(registers.data), Location::Patch(PatchKind::kBlock), 8));
  a_.mov(x86::dword_ptr(block, offsetof(FastBlock, status)), static_cast<uint32_t>(status));
  if (!plan_.returned.has_value()) return;
  if (plan_.returned->file == abi::RegisterFile::kVector) {
    a_.xorps(x86::xmm(plan_.returned->number), x86::xmm(plan_.returned->number));
  } else {
    a_.xor_(x86::gpd(plan_.returned->number), x86::gpd(plan_.returned->number));
  }
}

}  // namespace

StatusOr<StubTemplate> EmitX64(const StubPlan& plan, std::string* listing) {
  assert(plan.architecture == abi::Architecture::kX64);
  Assembly assembly(asmjit::Arch::kX64, listing);
  x86::Assembler a(assembly.code());
  std::vector<PatchPoint> patches;
  Emission(a, plan, patches).Run();
  return assembly.Finish(std::move(patches));
}

}  // namespace springboard::jit
