// The instructions that unwrap a string on x86-64. See x64_unwrapper.h.

#include "ffi_jit/x64_unwrapper.h"

namespace springboard::jit {

namespace x86 = asmjit::x86;

// Eight characters at a time: a byte is good if neither it nor it less one has the highest bit. An
// object's memory reaches to a multiple of 8 bytes, so the last ones can be read as a whole.
void X64Unwrapper::String(const Task& task) {
  const Label typed = a_.newLabel(), other = a_.newLabel(), wide = a_.newLabel();
  const Label again = a_.newLabel(), rest = a_.newLabel();
  const Label end = a_.newLabel(), found = a_.newLabel();
  const Gp index = task.map;
  // Not `to`, which holds the handle until the end.
  const Gp mask = task.data;
  const Mem length = Field(task.object, layout_.string_length, 4);
  const Mem source(task.object, index, 0, layout_.string_characters - 1, 8);
  const int32_t place =
      static_cast<int32_t>(task.unwrap.memory.offset) - static_cast<int32_t>(frame_->local_bytes());
  const Mem destination(x86::rbp, index, 0, place, 8);
  const auto look = [&] {
    a_.pcmpeqd(task.vector_other, task.vector_other);
    a_.paddb(task.vector_other, task.vector);
    a_.por(task.vector_other, task.vector);
    a_.pmovmskb(mask.r32(), task.vector_other);
  };
  a_.test(task.object.r8(), 1);
  a_.jz(task.failed);
  a_.bind(typed);
  LoadType(task);
  a_.and_(task.map.r32(), layout_.string_mask);
  a_.cmp(task.map.r32(), layout_.string_type);
  a_.jne(other);
  a_.cmp(length, kMaxStackCharacters);
  a_.ja(task.failed);
  a_.xor_(index.r32(), index.r32());
  a_.bind(again);
  a_.lea(mask.r32(), x86::ptr(index, 8));
  a_.cmp(mask.r32(), length);
  a_.short_().ja(rest);
  a_.movq(task.vector, source);
  look();
  a_.test(mask.r8(), mask.r8());
  a_.jnz(wide);
  a_.movq(destination, task.vector);
  a_.add(index.r32(), 8);
  a_.short_().jmp(again);
  a_.bind(rest);
  a_.mov(mask.r32(), length);
  a_.sub(mask.r32(), index.r32());
  a_.short_().jz(end);
  a_.shl(mask.r32(), 3);
  a_.neg(mask.r32());
  a_.add(mask.r32(), 64);
  a_.movd(task.vector_other, mask.r32());
  a_.movq(task.vector, source);
  a_.psllq(task.vector, task.vector_other);
  a_.psrlq(task.vector, task.vector_other);
  a_.movq(destination, task.vector);
  look();
  // The first bad byte is the first one behind the string.
  a_.bsf(mask.r32(), mask.r32());
  a_.add(mask.r32(), index.r32());
  a_.cmp(mask.r32(), length);
  a_.jne(wide);
  a_.short_().jmp(found);
  a_.bind(end);
  a_.mov(destination, 0);
  a_.bind(found);
  a_.lea(task.to, x86::ptr(x86::rbp, place));
  Later(other, [this, task, typed] { OtherString(task, typed); });
  Later(wide, [this, task, place] { WideString(task, place); });
}

// A character is not ASCII: U+0080 to U+00FF become two bytes each, or it is zero. Begins anew, one
// character at a time; how many are left is behind the longest copy, for want of a register.
void X64Unwrapper::WideString(const Task& task, int32_t place) {
  const Label again = a_.newLabel(), two = a_.newLabel(), low = a_.newLabel();
  const Label end = a_.newLabel();
  const Gp index = task.map, character = task.data;
  const Mem left(x86::rbp, place + static_cast<int32_t>(kMaxStackCharacters) - 7, 4);
  const Mem first(x86::rbp, index, 0, place, 1);
  const Mem second(x86::rbp, index, 0, place + 1, 1);
  a_.mov(character.r32(), Field(task.object, layout_.string_length, 4));
  a_.cmp(character.r32(), kMaxStackLatin1);
  a_.ja(task.failed);
  a_.mov(left, character.r32());
  a_.xor_(index.r32(), index.r32());
  a_.bind(again);
  a_.sub(left, 1);
  a_.js(end);
  a_.movzx(character.r32(), Mem(task.object, layout_.string_characters - 1, 1));
  a_.inc(task.object);
  a_.test(character.r8(), character.r8());
  a_.js(two);
  a_.jz(task.failed);
  a_.mov(first, character.r8());
  a_.inc(index.r32());
  a_.jmp(again);
  a_.bind(two);
  a_.mov(first, 0xC2);
  a_.test(character.r8(), 0x40);
  a_.jz(low);
  a_.mov(first, 0xC3);
  a_.bind(low);
  a_.and_(character.r32(), 0xBF);
  a_.mov(second, character.r8());
  a_.add(index.r32(), 2);
  a_.jmp(again);
  a_.bind(end);
  a_.mov(first, 0);
  a_.lea(task.to, x86::ptr(x86::rbp, place));
  a_.jmp(task.done);
}

// The masked type, in the map's register, is not that of a string in one piece. Goes to `typed`
// with the one that it stands for.
void X64Unwrapper::OtherString(const Task& task, const Label& typed) {
  const Label thin = a_.newLabel(), null = a_.newLabel();
  a_.cmp(task.map.r32(), layout_.pair_type);
  a_.short_().jne(thin);
  a_.mov(task.map, layout_.empty_string);
  a_.cmp(Field(task.object, layout_.pair_second), task.map);
  a_.jne(task.failed);
  a_.mov(task.object, Field(task.object, layout_.pair_first));
  a_.jmp(typed);
  a_.bind(thin);
  a_.cmp(task.map.r32(), layout_.thin_type);
  a_.short_().jne(null);
  a_.mov(task.object, Field(task.object, layout_.thin_actual));
  a_.jmp(typed);
  a_.bind(null);
  a_.mov(task.map, layout_.null_value);
  a_.cmp(task.object, task.map);
  a_.jne(task.failed);
  a_.xor_(task.to.r32(), task.to.r32());
  a_.jmp(task.done);
}

}  // namespace springboard::jit
