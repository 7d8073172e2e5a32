// EmitA64: a stub plan as AArch64 code: entry, frame, moves, call or jump, moves, return, literals.
//
// The frame is addressed from x29, outgoing arguments from sp. Every entry is a landing pad for
// indirect branches, so that stubs also run where those are checked. Literals stand behind the last
// instruction: they are data that is read where the code runs.

#include <asmjit/a64.h>

#include <cassert>
#include <string>
#include <utility>

#include "ffi_jit/a64_mover.h"
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

void EmitEntry(a64::Assembler& a, const StubPlan& plan) {
  a.hint(kHintBtiC);
  if (plan.is_tail()) return;
  a.stp(a64::x29, a64::x30, a64::ptr_pre(a64::sp, -16));
  a.mov(a64::x29, a64::sp);
  AllocateStack(a, plan.frame, a64::x(plan.scratch.pointer));
}

void EmitBody(a64::Assembler& a, const StubPlan& plan, A64Mover& mover) {
  for (const Move& move : plan.before) mover.Perform(move);
  uint8_t target = plan.target.number;
  if (plan.target.kind == Location::Kind::kPatch) {
    target = plan.scratch.cycle;
    mover.Perform(Move::Copy(Location::General(target), plan.target, 8));
  }
  if (plan.is_tail()) {
    assert(target == 16 || target == 17);
    a.br(a64::x(target));
    return;
  }
  a.blr(a64::x(target));
  mover.ForgetPointer();
  for (const Move& move : plan.after) mover.Perform(move);
  if (plan.frame.total_bytes() != 0 || plan.frame.alignment() > kStackAlignment) {
    a.mov(a64::sp, a64::x29);
  }
  a.ldp(a64::x29, a64::x30, a64::ptr_post(a64::sp, 16));
  a.ret(a64::x30);
}

}  // namespace

StatusOr<StubTemplate> EmitA64(const StubPlan& plan, std::string* listing) {
  assert(plan.architecture == abi::Architecture::kA64);
  assert(!plan.vector_count.has_value() && plan.scratch.address != plan.scratch.pointer);
  Assembly assembly(asmjit::Arch::kAArch64, listing);
  a64::Assembler a(assembly.code());
  A64Mover mover(a, plan.frame, plan.scratch);
  EmitEntry(a, plan);
  EmitBody(a, plan, mover);
  return assembly.Finish(mover.EmitLiterals());
}

}  // namespace springboard::jit
