// X64Mover: the instructions of one move on x86-64.
//
// Used by emitter_x64.cc only. It needs no more than SSE2, which every x86-64 has. Lives on the
// stack of one emission.

#ifndef SPRINGBOARD_FFI_JIT_X64_MOVER_H_
#define SPRINGBOARD_FFI_JIT_X64_MOVER_H_

#include <asmjit/x86.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "ffi_jit/emitter.h"
#include "ffi_jit/frame.h"
#include "ffi_jit/move_plan.h"

namespace springboard::jit {

class X64Mover {
 public:
  X64Mover(asmjit::x86::Assembler& assembler, const Frame& frame, const Scratch& scratch,
           std::vector<PatchPoint>& patches)
      : a_(assembler), frame_(frame), scratch_(scratch), patches_(patches) {}

  void Perform(const Move& move);

  // Forgets what the pointer scratch register holds: a call has changed it.
  void ForgetPointer() { loaded_.reset(); }

 private:
  using Gp = asmjit::x86::Gp;
  using Xmm = asmjit::x86::Xmm;
  using Mem = asmjit::x86::Mem;

  // The operand of memory, loading the pointer of an indirect location first.
  Mem Operand(const Location& location);
  Gp data() const { return asmjit::x86::gpq(scratch_.data); }
  Xmm vector_data() const { return asmjit::x86::xmm(scratch_.vector_data); }

  void ToGeneral(const Gp& destination, const Move& move);
  void ToVector(const Xmm& destination, const Move& move);
  void ToX87(const Move& move);
  void ToMemory(const Move& move);

  void LoadGeneral(const Gp& destination, const Mem& source, uint32_t size);
  void ConvertMemory(const Gp& destination, const Mem& source, const Move& move);
  void Truncate(const Gp& destination, const Location& source);
  void ConvertRegister(const Gp& destination, const Gp& source, const Move& move);
  void StoreGeneral(const Mem& destination, const Gp& source, uint32_t size);
  void LoadVector(const Xmm& destination, const Mem& source, uint32_t size);
  void StoreVector(const Mem& destination, const Xmm& source, uint32_t size);
  // Makes the emission fail: a piece of such a size has no access.
  void Refuse(uint32_t size);
  void CopyMemory(const Mem& destination, const Mem& source, uint32_t size);
  void ZeroMemory(const Mem& destination, uint32_t size);
  void LoadPatch(const Gp& destination, PatchKind kind);

  asmjit::x86::Assembler& a_;
  const Frame& frame_;
  const Scratch& scratch_;
  std::vector<PatchPoint>& patches_;
  // The indirect location, offset 0, whose pointer the scratch register holds. Moves happen at
  // once, so it stays right when the register that led to it changes.
  std::optional<Location> loaded_;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_X64_MOVER_H_
