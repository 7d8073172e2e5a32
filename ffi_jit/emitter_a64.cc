// EmitA64: a stub plan as AArch64 code: entry, unwraps, frame, moves, call or jump, moves, return,
// the rare parts of the unwraps, literals.
//
// The frame is addressed from x29, outgoing arguments from sp. Every entry is a landing pad for
// indirect branches, so that stubs also run where those are checked. Literals stand behind the last
// instruction: they are data that is read where the code runs.

#include <asmjit/a64.h>

#include <cassert>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "ffi_jit/a64_mover.h"
#include "ffi_jit/a64_unwrapper.h"
#include "ffi_jit/assembly.h"
#include "ffi_jit/emitter.h"

namespace springboard::jit {

namespace a64 = asmjit::a64;

namespace {

// The guard below a thread's stack may be a single page, and no AArch64 page is smaller.
constexpr uint32_t kPageBytes = 4096;

// What sp has after the frame pointer and the return address are saved (AAPCS64 6.4.5.1).
constexpr uint32_t kStackAlignment = 16;

// "bti c" (Arm ARM C6.2): a target of blr, and of br through x16 or x17, by which tail stubs leave.
// A hint, so that processors without BTI pass over it.
constexpr uint32_t kHintBtiC = 34;

// Lowers sp, touching every page on the way down.
void AllocateStack(a64::Assembler& a, const Frame& frame, const a64::Gp& scratch) {
  const uint32_t pages = frame.total_bytes() / kPageBytes;
  const uint32_t rest = frame.total_bytes() % kPageBytes;
  const bool realigned = frame.alignment() > kStackAlignment;
  if (rest != 0) a.sub(a64::sp, a64::sp, rest);
  if (rest != 0 && (pages > 0 || realigned)) a.str(a64::xzr, a64::ptr(a64::sp));
  if (pages > 0) {
    const asmjit::Label again = a.newLabel();
    a.mov(scratch.w(), pages);
    a.bind(again);
    a.sub(a64::sp, a64::sp, kPageBytes);
    a.str(a64::xzr, a64::ptr(a64::sp));
    a.subs(scratch.w(), scratch.w(), 1);
    a.b_ne(again);
  }
  if (realigned) {
    a.mov(scratch, a64::sp);
    a.and_(a64::sp, scratch, ~(uint64_t{frame.alignment()} - 1));
  }
}

void EmitFrame(a64::Assembler& a, const StubPlan& plan) {
  if (plan.is_tail()) return;
  a.stp(a64::x29, a64::x30, a64::ptr_pre(a64::sp, -16));
  a.mov(a64::x29, a64::sp);
  AllocateStack(a, plan.frame, a64::x(plan.scratch.pointer));
}

class Emission {
 public:
  Emission(a64::Assembler& assembler, const StubPlan& plan)
      : a_(assembler),
        plan_(plan),
        mover_(assembler, plan.frame, plan.scratch),
        unwrapper_(assembler, plan.layout, plan.unwraps_in_frame() ? &plan.frame : nullptr) {}

  // The result is where the immediates are that stamping fills in.
  std::vector<PatchPoint> Run() {
    a_.hint(kHintBtiC);
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
    return mover_.EmitLiterals();
  }

 private:
  void Perform(const std::vector<Move>& moves) {
    for (const Move& move : moves) mover_.Perform(move);
  }
  void Leave();
  a64::Mem Errno();
  void StoreErrno();
  void LookAtResult();
  void CallKeepText();
  void LeaveFrame();
  void EmitEarlyEnds();
  // Sets the block's status and leaves the block's address in registers.data. A result is 0.
  void EndEarly(FastStatus status, const UnwrapRegisters& registers);

  a64::Assembler& a_;
  const StubPlan& plan_;
  A64Mover mover_;
  A64Unwrapper unwrapper_;
  // Where the stub ends early, and where it goes on from there if it has a frame. Valid where used.
  asmjit::Label declined_, lost_, unsafe_, restores_;
};

// Thread-local storage is found from tpidr_el0. Changes two scratch registers.
a64::Mem Emission::Errno() {
  const a64::Gp thread = a64::x(plan_.scratch.data);
  const a64::Gp offset = a64::x(plan_.scratch.cycle);
  a_.mrs(thread, a64::Predicate::SysReg::kTPIDR_EL0);
  a_.mov(offset, int64_t{*plan_.errno_offset});
  return a64::ptr(thread, offset);
}

void Emission::StoreErrno() {
  const a64::Gp number = a64::w(plan_.scratch.data);
  const a64::Mem place = Errno();
  a_.ldr(number, place);
  const uint8_t block = plan_.scratch.cycle;
  mover_.Perform(Move::Copy(Location::General(block), Location::Patch(PatchKind::kBlock), 8));
  a_.str(number, a64::ptr(a64::x(block), offsetof(FastBlock, error)));
}

void Emission::Leave() {
  if (plan_.errno_offset.has_value()) {
    const a64::Mem place = Errno();
    a_.str(a64::wzr, place);
  }
  uint8_t target = plan_.target.number;
  if (plan_.target.kind == Location::Kind::kPatch) {
    target = plan_.scratch.cycle;
    mover_.Perform(Move::Copy(Location::General(target), plan_.target, 8));
  }
  if (plan_.is_tail()) {
    assert(target == 16 || target == 17);
    a_.br(a64::x(target));
    return;
  }
  a_.blr(a64::x(target));
  mover_.ForgetPointer();
  if (plan_.errno_offset.has_value()) StoreErrno();
  Perform(plan_.unlink);
  LookAtResult();
  Perform(plan_.after);
  if (!plan_.keep_text.empty()) CallKeepText();
  if (restores_.isValid()) a_.bind(restores_);
  Perform(plan_.restores);
  LeaveFrame();
  a_.ret(a64::x30);
}

void Emission::CallKeepText() {
  Perform(plan_.keep_text);
  const uint8_t function = plan_.scratch.cycle;
  mover_.Perform(Move::Copy(Location::General(function), Location::Patch(PatchKind::kHandler), 8));
  a_.blr(a64::x(function));
  mover_.ForgetPointer();
}

void Emission::LeaveFrame() {
  if (plan_.frame.total_bytes() != 0 || plan_.frame.alignment() > kStackAlignment) {
    a_.mov(a64::sp, a64::x29);
  }
  a_.ldp(a64::x29, a64::x30, a64::ptr_post(a64::sp, 16));
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
    unwrapper_.CheckSafe(a64::x(plan_.safe_check->value.number), plan_.safe_check->is_signed,
                         a64::x(plan_.return_registers.object), unsafe_);
  }
}

void Emission::EmitEarlyEnds() {
  if (declined_.isValid()) {
    a_.bind(declined_);
    EndEarly(FastStatus::kDeclined, plan_.entry_registers);
    if (plan_.unwraps_in_frame()) LeaveFrame();
    a_.ret(a64::x30);
  }
  const UnwrapRegisters& registers = plan_.return_registers;
  if (lost_.isValid()) {
    a_.bind(lost_);
    EndEarly(FastStatus::kLost, registers);
    a_.b(restores_);
  }
  if (unsafe_.isValid()) {
    a_.bind(unsafe_);
    EndEarly(FastStatus::kUnsafe, registers);
    a_.str(a64::x(plan_.safe_check->value.number),
           a64::ptr(a64::x(registers.data), offsetof(FastBlock, result)));
    a_.b(restores_);
  }
}

void Emission::EndEarly(FastStatus status, const UnwrapRegisters& registers) {
  const a64::Gp value = a64::w(registers.object);
  mover_.Perform(
      Move::Copy(Location::General(registers.data), Location::Patch(PatchKind::kBlock), 8));
  a_.mov(value, static_cast<uint32_t>(status));
  a_.str(value, a64::ptr(a64::x(registers.data), offsetof(FastBlock, status)));
  if (!plan_.returned.has_value()) return;
  if (plan_.returned->file == abi::RegisterFile::kVector) {
    a_.movi(a64::v(plan_.returned->number).d2(), 0);
  } else {
    a_.mov(a64::x(plan_.returned->number), a64::xzr);
  }
}

}  // namespace

StatusOr<StubTemplate> EmitA64(const StubPlan& plan, std::string* listing) {
  assert(plan.architecture == abi::Architecture::kA64);
  assert(!plan.vector_count.has_value() && plan.scratch.address != plan.scratch.pointer);
  Assembly assembly(asmjit::Arch::kAArch64, listing);
  a64::Assembler a(assembly.code());
  std::vector<PatchPoint> patches = Emission(a, plan).Run();
  return assembly.Finish(std::move(patches));
}

}  // namespace springboard::jit
