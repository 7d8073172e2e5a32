// EmitX64: a stub plan as x86-64 code: entry, frame, moves, call or jump, moves, return.
//
// The frame is addressed from rbp, outgoing arguments from rsp. Every entry is an endbr64, so that
// stubs also run where indirect branches are checked.

#include <asmjit/x86.h>

#include <cassert>
#include <string>
#include <utility>
#include <vector>

#include "ffi_jit/assembly.h"
#include "ffi_jit/emitter.h"
#include "ffi_jit/x64_mover.h"

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

void EmitEntry(x86::Assembler& a, const StubPlan& plan) {
  a.endbr64();
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

void EmitBody(x86::Assembler& a, const StubPlan& plan, std::vector<PatchPoint>& patches) {
  X64Mover mover(a, plan.frame, plan.scratch, patches);
  for (const Move& move : plan.before) mover.Perform(move);
  uint8_t target = plan.target.number;
  if (plan.target.kind == Location::Kind::kPatch) {
    target = plan.scratch.cycle;
    mover.Perform(Move::Copy(Location::General(target), plan.target, 8));
  }
  // psABI 3.5.7: al is an upper bound on the vector registers that a variadic call uses.
  if (plan.vector_count.has_value()) a.mov(x86::eax, *plan.vector_count);
  if (plan.is_tail()) {
    a.jmp(x86::gpq(target));
    return;
  }
  a.call(x86::gpq(target));
  mover.ForgetPointer();
  for (const Move& move : plan.after) mover.Perform(move);
  if (plan.frame.total_bytes() == 0 && plan.frame.alignment() <= 16) {
    a.pop(x86::rbp);
  } else {
    a.leave();
  }
  a.ret();
}

}  // namespace

StatusOr<StubTemplate> EmitX64(const StubPlan& plan, std::string* listing) {
  assert(plan.architecture == abi::Architecture::kX64);
  Assembly assembly(asmjit::Arch::kX64, listing);
  x86::Assembler a(assembly.code());
  std::vector<PatchPoint> patches;
  EmitEntry(a, plan);
  EmitBody(a, plan, patches);
  return assembly.Finish(std::move(patches));
}

}  // namespace springboard::jit
