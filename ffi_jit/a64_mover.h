// A64Mover: the instructions of one move on AArch64.
//
// Used by emitter_a64.cc only. Needs no more than ARMv8.0. Immediates that stamping fills in are
// literals behind the code, so the emitter ends with EmitLiterals(). Lives on the stack of one
// emission.

#ifndef SPRINGBOARD_FFI_JIT_A64_MOVER_H_
#define SPRINGBOARD_FFI_JIT_A64_MOVER_H_

#include <asmjit/a64.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "ffi_jit/emitter.h"
#include "ffi_jit/frame.h"
#include "ffi_jit/move_plan.h"

namespace springboard::jit {

class A64Mover {
 public:
  A64Mover(asmjit::a64::Assembler& assembler, const Frame& frame, const Scratch& scratch)
      : a_(assembler), frame_(frame), scratch_(scratch) {}

  void Perform(const Move& move);

  // Forgets what the pointer scratch register holds: a call has changed it.
  void ForgetPointer() { loaded_.reset(); }

  // Places the immediates used so far, aligned to 8 bytes, and says where they are.
  std::vector<PatchPoint> EmitLiterals();

 private:
  using Gp = asmjit::a64::Gp;
  using Vec = asmjit::a64::Vec;
  using Mem = asmjit::a64::Mem;

  // Memory before it is known whether an instruction can hold its offset. `far` is a scratch
  // register for its address if not.
  struct Memory {
    Gp base;
    int64_t offset;
    Gp far;
  };

  // The memory of a location, loading the pointer of an indirect one first.
  Memory Resolve(const Location& location, const Gp& far);
  // The operand of one access of `size` bytes, a power of two, `delta` bytes into `memory`, with
  // delta + size at most kNearBytes. Moves `memory` to its far register where that is needed.
  Mem At(Memory& memory, uint32_t delta, uint32_t size);
  void AddOffset(const Gp& destination, const Gp& base, int64_t offset);

  Gp pointer() const { return asmjit::a64::x(scratch_.pointer); }
  Gp address() const { return asmjit::a64::x(scratch_.address); }
  Gp data() const { return asmjit::a64::x(scratch_.data); }
  Vec vector_data() const { return asmjit::a64::v(scratch_.vector_data); }

  void ToGeneral(const Gp& destination, const Move& move);
  void ToVector(const Vec& destination, const Move& move);
  void ToMemory(const Move& move);

  void LoadGeneral(const Gp& destination, Memory source, uint32_t size);
  void ConvertMemory(const Gp& destination, Memory source, const Move& move);
  void Truncate(const Gp& destination, const Location& source);
  void ConvertRegister(const Gp& destination, const Gp& source, const Move& move);
  void StoreGeneral(Memory destination, const Gp& source, uint32_t size);
  void CopyMemory(Memory source, Memory destination, uint32_t size);
  void CopyLoop(const Memory& source, const Memory& destination, uint32_t size);
  void ZeroMemory(Memory destination, uint32_t size);
  void ZeroLoop(const Memory& destination, uint32_t size);
  void LoadPatch(const Gp& destination, PatchKind kind);

  struct Literal {
    PatchKind kind;
    asmjit::Label label;
  };

  asmjit::a64::Assembler& a_;
  const Frame& frame_;
  const Scratch& scratch_;
  std::vector<Literal> literals_;
  // The indirect location, offset 0, whose pointer the scratch register holds. Moves happen at
  // once, so it stays right when the register that led to it changes.
  std::optional<Location> loaded_;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_A64_MOVER_H_
