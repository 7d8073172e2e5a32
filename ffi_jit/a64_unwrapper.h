// A64Unwrapper: the instructions of one unwrap on AArch64.
//
// What is met most falls straight through; the rest is kept back and emitted behind the stub by
// EmitRest(). Used by emitter_a64.cc only. Lives on the stack of one emission.

#ifndef SPRINGBOARD_FFI_JIT_A64_UNWRAPPER_H_
#define SPRINGBOARD_FFI_JIT_A64_UNWRAPPER_H_

#include <asmjit/a64.h>

#include <functional>
#include <vector>

#include "ffi_jit/frame.h"
#include "ffi_jit/object_layout.h"
#include "ffi_jit/unwrap.h"

namespace springboard::jit {

class A64Unwrapper {
 public:
  // `frame` is the stub's, if it is there when places on the stack are unwrapped, or null.
  A64Unwrapper(asmjit::a64::Assembler& assembler, const ObjectLayout& layout, const Frame* frame)
      : a_(assembler), layout_(layout), frame_(frame) {}

  // Goes to `failed` if the place holds none of what the unwrap takes.
  void Perform(const Unwrap& unwrap, const UnwrapRegisters& registers, const asmjit::Label& failed);

  // Goes to `failed` if the integer in `value` is beyond +-(2^53 - 1). Changes `scratch`.
  void CheckSafe(const asmjit::a64::Gp& value, bool is_signed, const asmjit::a64::Gp& scratch,
                 const asmjit::Label& failed);

  // Emits what was kept back.
  void EmitRest();

 private:
  using Gp = asmjit::a64::Gp;
  using Vec = asmjit::a64::Vec;
  using Mem = asmjit::a64::Mem;
  using Label = asmjit::Label;

  // One unwrap in the making.
  struct Task {
    Unwrap unwrap;
    Gp object, map, data, other;
    Gp to;  // where the result goes; the handle is there until then, if it is in a register
    Vec vector, vector_other;
    Label failed, done;
  };

  // An argument on the stack.
  Mem Incoming(const Location& place) const;
  // A field of the object whose tagged address is in `object`.
  Mem Field(const Gp& object, uint8_t offset) const;
  void LoadImmediate(const Gp& destination, uint64_t value);
  // Compares with a number of any size, by way of `scratch` if need be.
  void Compare(const Gp& value, uint64_t with, const Gp& scratch);
  void LoadType(const Task& task);
  // Goes to `failed` if the view's buffer has no store, ...
  void CheckStore(const Task& task);
  // ... if there are too few bytes, ...
  void CheckLength(const Task& task, uint8_t field);
  // ... or if their number may change.
  void CheckFixed(const Task& task);

  void Bytes(const Task& task);
  void OtherBytes(const Task& task);
  void Aggregate(const Task& task);
  void OtherAggregate(const Task& task);
  void Integer(const Task& task);
  void OtherBigInt(const Task& task);
  void Number(const Task& task);
  void SafeInteger(const Task& task);
  void String(const Task& task);
  void OtherString(const Task& task, const Label& typed);
  void WideString(const Task& task);

  template <typename Emit>
  void Later(const Label& label, Emit emit) {
    rest_.push_back([this, label, emit] {
      a_.bind(label);
      emit();
    });
  }

  asmjit::a64::Assembler& a_;
  const ObjectLayout& layout_;
  const Frame* const frame_;
  std::vector<std::function<void()>> rest_;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_A64_UNWRAPPER_H_
