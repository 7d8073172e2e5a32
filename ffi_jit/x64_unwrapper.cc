// The instructions of one unwrap on x86-64. See x64_unwrapper.h.

#include "ffi_jit/x64_unwrapper.h"

#include <cassert>

namespace springboard::jit {

namespace x86 = asmjit::x86;

// Above the return address, and the saved frame pointer if there is one.
X64Unwrapper::Mem X64Unwrapper::Incoming(const Location& place) const {
  assert(place.kind == Location::Kind::kIncoming);
  const int32_t offset = static_cast<int32_t>(place.offset);
  return frame_ != nullptr ? x86::qword_ptr(x86::rbp, offset + 16)
                           : x86::qword_ptr(x86::rsp, offset + 8);
}

X64Unwrapper::Mem X64Unwrapper::Field(const Gp& object, uint8_t offset, uint32_t size) const {
  return Mem(object, int32_t{offset} - 1, size);
}

void X64Unwrapper::Perform(const Unwrap& unwrap, const UnwrapRegisters& registers,
                           const Label& failed) {
  const bool in_register = unwrap.place.is_register();
  const bool in_place = in_register && unwrap.replaces;
  const Task task = {.unwrap = unwrap,
                     .object = x86::gpq(registers.object),
                     .map = x86::gpq(registers.map),
                     .data = x86::gpq(registers.data),
                     .to = x86::gpq(in_place ? unwrap.place.number : registers.data),
                     .vector = x86::xmm(registers.vector),
                     .vector_other = x86::xmm(registers.vector_other),
                     .failed = failed,
                     .done = a_.newLabel()};
  if (unwrap.use == FastUse::kSafeInteger) return SafeInteger(task);
  if (in_register) {
    a_.mov(task.object, x86::qword_ptr(x86::gpq(unwrap.place.number)));
  } else {
    a_.mov(task.object, Incoming(unwrap.place));
    a_.mov(task.object, x86::qword_ptr(task.object));
  }
  switch (unwrap.use) {
    case FastUse::kBytes:
      Bytes(task);
      break;
    case FastUse::kAggregate:
      Aggregate(task);
      break;
    case FastUse::kString:
      String(task);
      break;
    default:
      Integer(task);
  }
  a_.bind(task.done);
  if (!in_register && unwrap.replaces) a_.mov(Incoming(unwrap.place), task.to);
}

void X64Unwrapper::EmitRest() {
  for (const std::function<void()>& emit : rest_) emit();
  rest_.clear();
}

void X64Unwrapper::LoadType(const Task& task) {
  a_.mov(task.map, Field(task.object, 0));
  a_.movzx(task.map.r32(), Field(task.map, layout_.map_type, 2));
}

void X64Unwrapper::CheckStore(const Task& task) {
  a_.mov(task.map, Field(task.object, layout_.view_buffer));
  a_.cmp(Field(task.map, layout_.buffer_store), 0);
  a_.je(task.failed);
}

void X64Unwrapper::Bytes(const Task& task) {
  const Label other = a_.newLabel();
  a_.test(task.object.r8(), 1);
  a_.jz(task.failed);
  LoadType(task);
  a_.cmp(task.map.r32(), layout_.typed_array);
  a_.jne(other);
  if (task.unwrap.movable) {
    const Label movable = a_.newLabel();
    a_.mov(task.map, Field(task.object, layout_.view_base));
    a_.test(task.map, task.map);
    a_.jnz(movable);
    Later(movable, [this, task] {
      // Of no bytes the address is null, which is the ordinary function's to say.
      a_.cmp(Field(task.object, layout_.view_length), 0);
      a_.je(task.failed);
      a_.add(task.map, Field(task.object, layout_.view_external));
      a_.mov(task.to, task.map);
      a_.jmp(task.done);
    });
  } else {
    a_.cmp(Field(task.object, layout_.view_base), 0);
    a_.jne(task.failed);
  }
  a_.test(Field(task.object, layout_.view_bits, 1), layout_.view_variable);
  a_.jnz(task.failed);
  CheckStore(task);
  a_.mov(task.to, Field(task.object, layout_.view_external));
  Later(other, [this, task] { OtherBytes(task); });
}

// The type, in the map's register, is not that of typed arrays.
void X64Unwrapper::OtherBytes(const Task& task) {
  const Label view = a_.newLabel();
  const Label null = a_.newLabel();
  a_.cmp(task.map.r32(), layout_.array_buffer);
  a_.short_().jne(view);
  a_.mov(task.to, Field(task.object, layout_.buffer_store));
  a_.jmp(task.done);
  a_.bind(view);
  a_.cmp(task.map.r32(), layout_.data_view);
  a_.short_().jne(null);
  CheckStore(task);
  a_.mov(task.to, Field(task.object, layout_.data_view_data));
  a_.jmp(task.done);
  a_.bind(null);
  a_.mov(task.map, layout_.null_value);
  a_.cmp(task.object, task.map);
  a_.jne(task.failed);
  a_.xor_(task.to.r32(), task.to.r32());
  a_.jmp(task.done);
}

void X64Unwrapper::Aggregate(const Task& task) {
  const Label other = a_.newLabel();
  const Label address = a_.newLabel();
  a_.test(task.object.r8(), 1);
  a_.jz(task.failed);
  LoadType(task);
  a_.cmp(task.map.r32(), layout_.typed_array);
  a_.jne(other);
  a_.cmp(Field(task.object, layout_.view_length), task.unwrap.size);
  a_.jb(task.failed);
  a_.test(Field(task.object, layout_.view_bits, 1), layout_.view_variable);
  a_.jnz(task.failed);
  // Small arrays are part of the engine's heap as often as not: either way is straight.
  const Gp base = task.unwrap.replaces ? task.to : task.map;
  a_.mov(base, Field(task.object, layout_.view_base));
  a_.test(base, base);
  a_.short_().jnz(address);
  CheckStore(task);
  a_.bind(address);
  if (task.unwrap.replaces) a_.add(task.to, Field(task.object, layout_.view_external));
  Later(other, [this, task] { OtherAggregate(task); });
}

void X64Unwrapper::OtherAggregate(const Task& task) {
  const Label view = a_.newLabel();
  a_.cmp(task.map.r32(), layout_.array_buffer);
  a_.short_().jne(view);
  a_.cmp(Field(task.object, layout_.buffer_length), task.unwrap.size);
  a_.jb(task.failed);
  a_.mov(task.to, Field(task.object, layout_.buffer_store));
  a_.test(task.to, task.to);
  a_.jnz(task.done);
  a_.jmp(task.failed);
  a_.bind(view);
  a_.cmp(task.map.r32(), layout_.data_view);
  a_.jne(task.failed);
  a_.cmp(Field(task.object, layout_.view_length), task.unwrap.size);
  a_.jb(task.failed);
  CheckStore(task);
  a_.mov(task.to, Field(task.object, layout_.data_view_data));
  a_.jmp(task.done);
}

void X64Unwrapper::Integer(const Task& task) {
  const bool exact = task.unwrap.use == FastUse::kExactInteger;
  const Label object = a_.newLabel();
  const Label number = a_.newLabel();
  const Label other = a_.newLabel();
  a_.test(task.object.r8(), 1);
  a_.short_().jnz(object);
  a_.sar(task.object, 32);
  if (exact && !task.unwrap.is_signed) a_.js(task.failed);
  a_.mov(task.to, task.object);
  a_.short_().jmp(task.done);
  a_.bind(object);
  LoadType(task);
  a_.cmp(task.map.r32(), layout_.big_int);
  a_.jne(number);
  a_.mov(task.map.r32(), Field(task.object, layout_.big_int_bits, 4));
  a_.cmp(task.map.r32(), kOneDigit);
  a_.jne(other);
  a_.mov(task.to, Field(task.object, layout_.big_int_digit));
  if (exact && task.unwrap.is_signed) {
    a_.test(task.to, task.to);
    a_.js(task.failed);
  }
  Later(number, [this, task] { Number(task); });
  Later(other, [this, task] { OtherBigInt(task); });
}

// The bits, in the map's register, are not those of one digit without a sign.
void X64Unwrapper::OtherBigInt(const Task& task) {
  const bool exact = task.unwrap.use == FastUse::kExactInteger;
  a_.xor_(task.to.r32(), task.to.r32());
  a_.cmp(task.map.r32(), kOneDigit);
  a_.jb(task.done);
  if (exact) {
    if (task.unwrap.is_signed) {
      a_.cmp(task.map.r32(), kOneDigitNegative);
      a_.jne(task.failed);
    } else {
      a_.jmp(task.failed);
      return;
    }
  }
  a_.mov(task.to, Field(task.object, layout_.big_int_digit));
  if (!exact) {
    a_.test(task.map.r8(), 1);
    a_.jz(task.done);
  }
  a_.neg(task.to);
  // A magnitude of more than 2^63 does not come out negative.
  if (exact) a_.jns(task.failed);
  a_.jmp(task.done);
}

void X64Unwrapper::Number(const Task& task) {
  a_.cmp(task.map.r32(), layout_.number);
  a_.jne(task.failed);
  a_.cvttsd2si(task.to, Field(task.object, layout_.number_value));
  if (task.unwrap.use == FastUse::kInteger) {
    // The least integer stands for everything that has no place.
    a_.cmp(task.to, 1);
    a_.jo(task.failed);
  } else {
    a_.xorps(task.vector, task.vector);
    a_.cvtsi2sd(task.vector, task.to);
    a_.ucomisd(task.vector, Field(task.object, layout_.number_value));
    a_.jp(task.failed);
    a_.jne(task.failed);
    if (!task.unwrap.is_signed) {
      a_.test(task.to, task.to);
      a_.js(task.failed);
    }
  }
  a_.jmp(task.done);
}

void X64Unwrapper::SafeInteger(const Task& task) {
  const Location& place = task.unwrap.place;
  a_.xorps(task.vector, task.vector);
  if (place.is_register()) {
    const x86::Xmm source = x86::xmm(place.number);
    a_.cvttsd2si(task.object, source);
    a_.cvtsi2sd(task.vector, task.object);
    a_.ucomisd(task.vector, source);
  } else {
    a_.cvttsd2si(task.object, Incoming(place));
    a_.cvtsi2sd(task.vector, task.object);
    a_.ucomisd(task.vector, Incoming(place));
  }
  // NaN compares as equal, but became the least integer, which is not safe.
  a_.jne(task.failed);
  CheckSafe(task.object, task.unwrap.is_signed, task.map, task.failed);
}

void X64Unwrapper::CheckSafe(const Gp& value, bool is_signed, const Gp& scratch,
                             const Label& failed) {
  a_.mov(scratch, value);
  if (is_signed) {
    a_.neg(scratch);
    a_.cmovs(scratch, value);
  }
  a_.shr(scratch, kSafeBits);
  a_.jnz(failed);
}

}  // namespace springboard::jit
