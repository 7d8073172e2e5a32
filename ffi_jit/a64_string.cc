// The instructions that unwrap a string on AArch64. See a64_unwrapper.h.

#include "ffi_jit/a64_unwrapper.h"

namespace springboard::jit {

namespace a64 = asmjit::a64;

// Eight characters at a time: those of 1 to 127 are greater than 0 as signed bytes. An object's
// memory reaches to a multiple of 8 bytes, so the last ones can be read as a whole.
void A64Unwrapper::String(const Task& task) {
  const Label typed = a_.newLabel(), other = a_.newLabel(), wide = a_.newLabel();
  const Label again = a_.newLabel(), rest = a_.newLabel();
  const Label end = a_.newLabel(), found = a_.newLabel();
  const Gp left = task.map, mask = task.data, destination = task.other;
  const auto look = [&] {
    a_.cmgt(task.vector_other.b8(), task.vector.b8(), 0);
    a_.fmov(mask, task.vector_other.d());
  };
  a_.tst(task.object.w(), 1);
  a_.b_eq(task.failed);
  a_.bind(typed);
  LoadType(task);
  LoadImmediate(task.data, layout_.string_mask);
  a_.and_(task.map, task.map, task.data);
  Compare(task.map.w(), layout_.string_type, task.data);
  a_.b_ne(other);
  a_.ldr(left.w(), Field(task.object, layout_.string_length));
  Compare(left.w(), kMaxStackCharacters, task.data);
  a_.b_hi(task.failed);
  a_.add(task.object, task.object, layout_.string_characters - 1);
  LoadImmediate(destination, frame_->local_bytes() - task.unwrap.memory.offset);
  a_.sub(destination, a64::x29, destination);
  a_.bind(again);
  a_.cmp(left, 8);
  a_.b_lo(rest);
  a_.ldr(task.vector.d(), a64::ptr_post(task.object, 8));
  look();
  a_.cmn(mask, 1);
  a_.b_ne(wide);
  a_.str(task.vector.d(), a64::ptr_post(destination, 8));
  a_.sub(left, left, 8);
  a_.b(again);
  a_.bind(rest);
  a_.cbz(left, end);
  a_.ldr(mask, a64::ptr(task.object));
  // Shifts are modulo 64.
  a_.lsl(left, left, 3);
  a_.neg(task.object, left);
  a_.lsl(mask, mask, task.object);
  a_.lsr(mask, mask, task.object);
  a_.str(mask, a64::ptr(destination));
  a_.fmov(task.vector.d(), mask);
  look();
  // The first bad byte is the first one behind the string.
  a_.mvn(mask, mask);
  a_.rbit(mask, mask);
  a_.clz(mask, mask);
  a_.cmp(mask, left);
  a_.b_ne(wide);
  a_.b(found);
  a_.bind(end);
  a_.str(a64::xzr, a64::ptr(destination));
  a_.bind(found);
  LoadImmediate(task.data, frame_->local_bytes() - task.unwrap.memory.offset);
  a_.sub(task.to, a64::x29, task.data);
  Later(other, [this, task, typed] { OtherString(task, typed); });
  Later(wide, [this, task] { WideString(task); });
}

// A character is not ASCII: U+0080 to U+00FF become two bytes each, or it is zero. Begins anew,
// from the handle, one character at a time.
void A64Unwrapper::WideString(const Task& task) {
  const Label typed = a_.newLabel(), pair = a_.newLabel(), found = a_.newLabel();
  const Label again = a_.newLabel(), two = a_.newLabel(), end = a_.newLabel();
  const Gp left = task.map, character = task.data, destination = task.other;
  const Location& place = task.unwrap.place;
  if (place.is_register()) {
    a_.ldr(task.object, a64::ptr(a64::x(place.number)));
  } else {
    a_.ldr(task.object, Incoming(place));
    a_.ldr(task.object, a64::ptr(task.object));
  }
  a_.bind(typed);
  LoadType(task);
  LoadImmediate(task.data, layout_.string_mask);
  a_.and_(task.map, task.map, task.data);
  Compare(task.map.w(), layout_.string_type, task.data);
  a_.b_eq(found);
  Compare(task.map.w(), layout_.pair_type, task.data);
  a_.b_eq(pair);
  a_.ldr(task.object, Field(task.object, layout_.thin_actual));
  a_.b(typed);
  a_.bind(pair);
  a_.ldr(task.object, Field(task.object, layout_.pair_first));
  a_.b(typed);
  a_.bind(found);
  a_.ldr(left.w(), Field(task.object, layout_.string_length));
  Compare(left.w(), kMaxStackLatin1, task.data);
  a_.b_hi(task.failed);
  a_.add(task.object, task.object, layout_.string_characters - 1);
  LoadImmediate(destination, frame_->local_bytes() - task.unwrap.memory.offset);
  a_.sub(destination, a64::x29, destination);
  a_.bind(again);
  a_.cbz(left, end);
  a_.sub(left, left, 1);
  a_.ldrb(character.w(), a64::ptr_post(task.object, 1));
  a_.cbz(character.w(), task.failed);
  a_.tbnz(character.w(), 7, two);
  a_.strb(character.w(), a64::ptr_post(destination, 1));
  a_.b(again);
  a_.bind(two);
  a_.strb(character.w(), a64::ptr(destination, 1));
  a_.lsr(character.w(), character.w(), 6);
  a_.orr(character.w(), character.w(), 0xC0);
  a_.strb(character.w(), a64::ptr_post(destination, 1));
  a_.ldrb(character.w(), a64::ptr(destination));
  a_.and_(character.w(), character.w(), 0xFFFFFFBF);
  a_.strb(character.w(), a64::ptr_post(destination, 1));
  a_.b(again);
  a_.bind(end);
  a_.strb(a64::wzr, a64::ptr(destination));
  LoadImmediate(task.data, frame_->local_bytes() - task.unwrap.memory.offset);
  a_.sub(task.to, a64::x29, task.data);
  a_.b(task.done);
}

// The masked type, in the map's register, is not that of a string in one piece. Goes to `typed`
// with the one that it stands for.
void A64Unwrapper::OtherString(const Task& task, const Label& typed) {
  const Label thin = a_.newLabel(), null = a_.newLabel();
  Compare(task.map.w(), layout_.pair_type, task.data);
  a_.b_ne(thin);
  a_.ldr(task.map, Field(task.object, layout_.pair_second));
  Compare(task.map, layout_.empty_string, task.data);
  a_.b_ne(task.failed);
  a_.ldr(task.object, Field(task.object, layout_.pair_first));
  a_.b(typed);
  a_.bind(thin);
  Compare(task.map.w(), layout_.thin_type, task.data);
  a_.b_ne(null);
  a_.ldr(task.object, Field(task.object, layout_.thin_actual));
  a_.b(typed);
  a_.bind(null);
  Compare(task.object, layout_.null_value, task.map);
  a_.b_ne(task.failed);
  a_.mov(task.to, a64::xzr);
  a_.b(task.done);
}

}  // namespace springboard::jit
