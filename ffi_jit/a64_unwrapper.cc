// The instructions of one unwrap on AArch64. See a64_unwrapper.h.

#include "ffi_jit/a64_unwrapper.h"

#include <bit>
#include <cassert>

namespace springboard::jit {

namespace a64 = asmjit::a64;

namespace {

// The largest number that a comparison can hold.
constexpr uint64_t kLargestImmediate = 0xFFF;

// Whether the ones of a number stand together, so that an instruction can hold it as a mask.
bool IsRun(uint32_t value) {
  return value != 0 && std::has_single_bit((value >> std::countr_zero(value)) + 1);
}

}  // namespace

// Above the saved frame pointer and return address, if there are any. Stack arguments are few
// enough for an offset: kMaxParameters times 8 bytes.
A64Unwrapper::Mem A64Unwrapper::Incoming(const Location& place) const {
  assert(place.kind == Location::Kind::kIncoming);
  const int32_t offset = static_cast<int32_t>(place.offset);
  return frame_ != nullptr ? a64::ptr(a64::x29, offset + 16) : a64::ptr(a64::sp, offset);
}

A64Unwrapper::Mem A64Unwrapper::Field(const Gp& object, uint8_t offset) const {
  return a64::ptr(object, int32_t{offset} - 1);
}

void A64Unwrapper::LoadImmediate(const Gp& destination, uint64_t value) {
  a_.movz(destination, value & 0xFFFF);
  for (uint32_t shift = 16; shift < 64; shift += 16) {
    const uint64_t part = value >> shift & 0xFFFF;
    if (part != 0) a_.movk(destination, part, shift);
  }
}

void A64Unwrapper::Compare(const Gp& value, uint64_t with, const Gp& scratch) {
  if (with <= kLargestImmediate) {
    a_.cmp(value, with);
  } else {
    LoadImmediate(scratch.x(), with);
    a_.cmp(value, value.isGpX() ? scratch : Gp(scratch.w()));
  }
}

void A64Unwrapper::Perform(const Unwrap& unwrap, const UnwrapRegisters& registers,
                           const Label& failed) {
  const bool in_register = unwrap.place.is_register();
  const bool in_place = in_register && unwrap.replaces;
  const Gp data = a64::x(registers.data);
  const Task task = {.unwrap = unwrap,
                     .object = a64::x(registers.object),
                     .map = a64::x(registers.map),
                     .data = data,
                     .other = a64::x(registers.other),
                     .to = in_place ? a64::x(unwrap.place.number) : data,
                     .vector = a64::v(registers.vector),
                     .vector_other = a64::v(registers.vector_other),
                     .failed = failed,
                     .done = a_.newLabel()};
  if (unwrap.use == FastUse::kSafeInteger) return SafeInteger(task);
  if (in_register) {
    a_.ldr(task.object, a64::ptr(a64::x(unwrap.place.number)));
  } else {
    a_.ldr(task.object, Incoming(unwrap.place));
    a_.ldr(task.object, a64::ptr(task.object));
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
  if (!in_register && unwrap.replaces) a_.str(task.to, Incoming(unwrap.place));
}

void A64Unwrapper::EmitRest() {
  for (const std::function<void()>& emit : rest_) emit();
  rest_.clear();
}

void A64Unwrapper::LoadType(const Task& task) {
  a_.ldr(task.map, Field(task.object, 0));
  a_.ldrh(task.map.w(), Field(task.map, layout_.map_type));
}

void A64Unwrapper::CheckStore(const Task& task) {
  a_.ldr(task.map, Field(task.object, layout_.view_buffer));
  a_.ldr(task.map, Field(task.map, layout_.buffer_store));
  a_.cbz(task.map, task.failed);
}

void A64Unwrapper::CheckLength(const Task& task, uint8_t field) {
  a_.ldr(task.map, Field(task.object, field));
  Compare(task.map, task.unwrap.size, task.data);
  a_.b_lo(task.failed);
}

void A64Unwrapper::CheckFixed(const Task& task) {
  a_.ldrb(task.map.w(), Field(task.object, layout_.view_bits));
  if (IsRun(layout_.view_variable)) {
    a_.tst(task.map.w(), layout_.view_variable);
  } else {
    a_.mov(task.data.w(), layout_.view_variable);
    a_.tst(task.map.w(), task.data.w());
  }
  a_.b_ne(task.failed);
}

void A64Unwrapper::Bytes(const Task& task) {
  const Label other = a_.newLabel();
  a_.tst(task.object.w(), 1);
  a_.b_eq(task.failed);
  LoadType(task);
  Compare(task.map.w(), layout_.typed_array, task.data);
  a_.b_ne(other);
  a_.ldr(task.map, Field(task.object, layout_.view_base));
  if (task.unwrap.movable) {
    const Label movable = a_.newLabel();
    a_.cbnz(task.map, movable);
    Later(movable, [this, task] {
      // Of no bytes the address is null, which is the ordinary function's to say.
      a_.ldr(task.to, Field(task.object, layout_.view_length));
      a_.cbz(task.to, task.failed);
      a_.ldr(task.to, Field(task.object, layout_.view_external));
      a_.add(task.to, task.to, task.map);
      a_.b(task.done);
    });
  } else {
    a_.cbnz(task.map, task.failed);
  }
  CheckFixed(task);
  CheckStore(task);
  a_.ldr(task.to, Field(task.object, layout_.view_external));
  Later(other, [this, task] { OtherBytes(task); });
}

// The type, in the map's register, is not that of typed arrays.
void A64Unwrapper::OtherBytes(const Task& task) {
  const Label view = a_.newLabel();
  const Label null = a_.newLabel();
  Compare(task.map.w(), layout_.array_buffer, task.data);
  a_.b_ne(view);
  a_.ldr(task.to, Field(task.object, layout_.buffer_store));
  a_.b(task.done);
  a_.bind(view);
  Compare(task.map.w(), layout_.data_view, task.data);
  a_.b_ne(null);
  CheckStore(task);
  a_.ldr(task.to, Field(task.object, layout_.data_view_data));
  a_.b(task.done);
  a_.bind(null);
  Compare(task.object, layout_.null_value, task.map);
  a_.b_ne(task.failed);
  a_.mov(task.to, a64::xzr);
  a_.b(task.done);
}

void A64Unwrapper::Aggregate(const Task& task) {
  const Label other = a_.newLabel();
  const Label address = a_.newLabel();
  a_.tst(task.object.w(), 1);
  a_.b_eq(task.failed);
  LoadType(task);
  Compare(task.map.w(), layout_.typed_array, task.data);
  a_.b_ne(other);
  CheckLength(task, layout_.view_length);
  CheckFixed(task);
  // Small arrays are part of the engine's heap as often as not: either way is straight.
  a_.ldr(task.data, Field(task.object, layout_.view_base));
  a_.cbnz(task.data, address);
  CheckStore(task);
  a_.bind(address);
  if (task.unwrap.replaces) {
    a_.ldr(task.map, Field(task.object, layout_.view_external));
    a_.add(task.to, task.map, task.data);
  }
  Later(other, [this, task] { OtherAggregate(task); });
}

void A64Unwrapper::OtherAggregate(const Task& task) {
  const Label view = a_.newLabel();
  Compare(task.map.w(), layout_.array_buffer, task.data);
  a_.b_ne(view);
  CheckLength(task, layout_.buffer_length);
  a_.ldr(task.to, Field(task.object, layout_.buffer_store));
  a_.cbnz(task.to, task.done);
  a_.b(task.failed);
  a_.bind(view);
  Compare(task.map.w(), layout_.data_view, task.data);
  a_.b_ne(task.failed);
  CheckLength(task, layout_.view_length);
  CheckStore(task);
  a_.ldr(task.to, Field(task.object, layout_.data_view_data));
  a_.b(task.done);
}

void A64Unwrapper::Integer(const Task& task) {
  const bool exact = task.unwrap.use == FastUse::kExactInteger;
  const Label object = a_.newLabel();
  const Label number = a_.newLabel();
  const Label other = a_.newLabel();
  a_.tst(task.object.w(), 1);
  a_.b_ne(object);
  a_.asr(task.to, task.object, 32);
  if (exact && !task.unwrap.is_signed) {
    a_.tst(task.to, task.to);
    a_.b_mi(task.failed);
  }
  a_.b(task.done);
  a_.bind(object);
  LoadType(task);
  Compare(task.map.w(), layout_.big_int, task.data);
  a_.b_ne(number);
  a_.ldr(task.map.w(), Field(task.object, layout_.big_int_bits));
  a_.cmp(task.map.w(), kOneDigit);
  a_.b_ne(other);
  a_.ldr(task.to, Field(task.object, layout_.big_int_digit));
  if (exact && task.unwrap.is_signed) {
    a_.tst(task.to, task.to);
    a_.b_mi(task.failed);
  }
  Later(number, [this, task] { Number(task); });
  Later(other, [this, task] { OtherBigInt(task); });
}

// The bits, in the map's register, are not those of one digit without a sign. Leaves the flags of
// their comparison with kOneDigit as Integer() set them.
void A64Unwrapper::OtherBigInt(const Task& task) {
  const bool exact = task.unwrap.use == FastUse::kExactInteger;
  a_.mov(task.to, a64::xzr);
  a_.b_lo(task.done);
  if (exact && !task.unwrap.is_signed) {
    a_.b(task.failed);
    return;
  }
  if (exact) {
    a_.cmp(task.map.w(), kOneDigitNegative);
    a_.b_ne(task.failed);
  }
  a_.ldr(task.to, Field(task.object, layout_.big_int_digit));
  if (!exact) {
    a_.tst(task.map.w(), 1);
    a_.b_eq(task.done);
  }
  a_.negs(task.to, task.to);
  // A magnitude of more than 2^63 does not come out negative.
  if (exact) a_.b_pl(task.failed);
  a_.b(task.done);
}

void A64Unwrapper::Number(const Task& task) {
  Compare(task.map.w(), layout_.number, task.data);
  a_.b_ne(task.failed);
  const Vec value = task.vector.d(), back = task.vector_other.d();
  a_.ldr(value, Field(task.object, layout_.number_value));
  a_.fcvtzs(task.to, value);
  if (task.unwrap.use == FastUse::kInteger) {
    // The greatest and the least integer stand for everything that has no place.
    a_.eor(task.map, task.to, task.to, a64::asr(63));
    a_.cmn(task.map, 1);
    a_.b_vs(task.failed);
    a_.fcmp(value, value);
    a_.b_vs(task.failed);
  } else {
    a_.cmn(task.to, 1);
    a_.b_vs(task.failed);
    a_.scvtf(back, task.to);
    a_.fcmp(back, value);
    a_.b_ne(task.failed);
    if (!task.unwrap.is_signed) {
      a_.tst(task.to, task.to);
      a_.b_mi(task.failed);
    }
  }
  a_.b(task.done);
}

void A64Unwrapper::SafeInteger(const Task& task) {
  const Location& place = task.unwrap.place;
  const Vec back = task.vector_other.d();
  Vec value = task.vector.d();
  if (place.is_register()) {
    value = a64::v(place.number).d();
  } else {
    a_.ldr(value, Incoming(place));
  }
  a_.fcvtzs(task.object, value);
  a_.scvtf(back, task.object);
  a_.fcmp(back, value);
  a_.b_ne(task.failed);
  CheckSafe(task.object, task.unwrap.is_signed, task.map, task.failed);
}

void A64Unwrapper::CheckSafe(const Gp& value, bool is_signed, const Gp& scratch,
                             const Label& failed) {
  if (is_signed) {
    a_.cmp(value, 0);
    a_.cneg(scratch, value, a64::CondCode::kLT);
    a_.lsr(scratch, scratch, kSafeBits);
  } else {
    a_.lsr(scratch, value, kSafeBits);
  }
  a_.cbnz(scratch, failed);
}

}  // namespace springboard::jit
