// Microsoft x64: a slot of eight bytes for every argument, whatever it is.
//
// Unless another page is named, quotations are of sections of Microsoft's "x64 calling convention";
// what it does not say is what gcc and clang for Windows agree on. A Placer lives for one call of
// PlaceWin64() and owns nothing but the placement it builds.

#include "abi/place_win64.h"

#include <algorithm>
#include <utility>

#include "abi/layout.h"
#include "abi/placer.h"

namespace springboard::abi {
namespace {

constexpr uint32_t kSlotBytes = 8;

// "Parameter passing": memory that the caller allocates for a copy "must be 16-byte aligned".
constexpr uint32_t kCopyAlign = 16;

// Where a convention of slots can carry a value.
enum class Carrier : uint8_t {
  kNothing,    // it has no bytes
  kGeneral,    // a general register, or the slot itself
  kVector,     // a vector register, or the slot itself
  kReference,  // memory, whose address travels
};

Piece InRegister(RegisterFile file, uint8_t number, uint32_t size) {
  return InRegister(file, number, 0, size);
}

// "Parameter passing": "structs or unions of size 8, 16, 32, or 64 bits" travel "as if they were
// integers of the same size", all others by their address. So do complex numbers.
bool FitsASlot(uint32_t size) { return size == 1 || size == 2 || size == 4 || size == 8; }

// f32 and f64: the floating types of C that fit a slot and have one place in all compilers.
bool IsFloatingInVector(const Type* type, uint32_t size) {
  return type->is_floating() && size <= kSlotBytes;
}

// Types whose place depends on the compiler.
Status CheckAgreed(const Type* type, uint32_t size) {
  // gcc passes and returns _Float16 in general registers, clang in vector registers.
  if (type->kind() == TypeKind::kF16 || type->kind() == TypeKind::kBf16) {
    return Status::Error("compilers for Windows agree on no register for " + type->text() +
                         "; a struct around it has one place");
  }
  // "Parameter passing" has __m64 as an integer. It has one element; vectors of more elements are
  // integers to gcc and go by reference, and return in xmm0, in clang.
  if (type->kind() == TypeKind::kVector && size == kSlotBytes) {
    return Status::Error("compilers for Windows disagree on " + type->text() +
                         ", a vector of 8 bytes; a struct around it has one place");
  }
  return Status::Ok();
}

// "Return values": a type returned in rax has "no user-defined constructor, destructor, or copy
// assignment operator", and "can only have data members that also meet these requirements".
bool HoldsClass(const Type* type) {
  if (type->options().is_class) return true;
  return std::any_of(type->members().begin(), type->members().end(), HoldsClass);
}

// Places one signature's values: the result first, since its address takes the first slot.
class Placer {
 public:
  Placer(const Signature& signature, const Convention& convention)
      : convention_(convention), variadic_(signature.variadic_from.has_value()) {
    placement_.convention = &convention;
    placement_.stack_align = convention.stack_alignment;
    placement_.parameters.reserve(signature.parameters.size());
  }

  Status Result(const Type* type) {
    ValuePlacement& value = placement_.result;
    value.type = type;
    if (type->is_void()) return Status::Ok();
    Status status = Measure(type, &value);
    if (!status.ok()) return status;
    if (value.size == 0) {
      // gcc returns nothing, clang expects an address in rcx.
      return Status::Error("compilers for Windows disagree on how " + type->text() +
                           ", which has no bytes, is returned");
    }
    switch (ResultCarrier(type, value.size)) {
      case Carrier::kNothing:
        break;
      case Carrier::kGeneral:
        SetDirect(RegisterFile::kGeneral, convention_.general_results[0], &value);
        break;
      case Carrier::kVector:
        SetDirect(RegisterFile::kVector, convention_.vector_results[0], &value);
        break;
      case Carrier::kReference:
        ResultInMemory();
        break;
    }
    return Status::Ok();
  }

  Status Parameter(const Type* type) {
    ValuePlacement& value = placement_.parameters.emplace_back();
    value.type = type;
    Status status = Measure(type, &value);
    if (!status.ok()) return status;
    const uint32_t slot = slots_++;
    switch (ArgumentCarrier(type, value.size)) {
      case Carrier::kNothing:
        // GNU C's empty struct: gcc and clang hand over the address of no bytes, which no callee
        // can use.
        break;
      case Carrier::kGeneral:
        value.how = ValuePlacement::How::kDirect;
        value.pieces = {InSlot(slot, RegisterFile::kGeneral, value.size)};
        break;
      case Carrier::kVector:
        FloatingInSlot(slot, &value);
        break;
      case Carrier::kReference:
        value.how = ValuePlacement::How::kByReference;
        value.align = std::max(value.align, kCopyAlign);
        value.pieces = {InSlot(slot, RegisterFile::kGeneral, kSlotBytes)};
        break;
    }
    return Status::Ok();
  }

  Placement Finish() {
    // "Calling convention defaults": the caller always leaves room for four register parameters.
    const uint32_t used = std::max(slots_ * kSlotBytes, convention_.home_bytes);
    placement_.stack_bytes = RoundUp(used, placement_.stack_align);
    return std::move(placement_);
  }

 private:
  // Size and alignment of `type`, if it has a place at all.
  Status Measure(const Type* type, ValuePlacement* value) const {
    const StatusOr<Layout> layout = LayoutOf(type, convention_);
    if (!layout.ok()) return layout.status();
    value->size = static_cast<uint32_t>(layout->size);
    value->align = layout->align;
    return CheckAgreed(type, value->size);
  }

  // "Parameter passing": __m128, arrays, strings, 80-bit long double and __int128 go by reference.
  static Carrier ArgumentCarrier(const Type* type, uint32_t size) {
    if (size == 0) return Carrier::kNothing;
    if (IsFloatingInVector(type, size)) return Carrier::kVector;
    return FitsASlot(size) ? Carrier::kGeneral : Carrier::kReference;
  }

  // "Return values": scalars that fit 64 bits in rax, float, double and __m128 in xmm0, types of
  // the user in rax if they fit, all others in memory. Compilers treat __int128 as an __m128.
  Carrier ResultCarrier(const Type* type, uint32_t size) const {
    if (IsFloatingInVector(type, size)) return Carrier::kVector;
    switch (type->kind()) {
      case TypeKind::kVector:
      case TypeKind::kI128:
      case TypeKind::kU128:
        return Carrier::kVector;
      default:
        break;
    }
    if (!FitsASlot(size)) return Carrier::kReference;
    const bool in_memory = convention_.classes_in_memory && HoldsClass(type);
    return in_memory ? Carrier::kReference : Carrier::kGeneral;
  }

  static void SetDirect(RegisterFile file, uint8_t number, ValuePlacement* value) {
    value->how = ValuePlacement::How::kDirect;
    value->pieces = {InRegister(file, number, value->size)};
  }

  // "Return values": the caller passes the address of the result's memory "as the first argument",
  // the other arguments shift to the right, and the callee returns the address in rax.
  void ResultInMemory() {
    ++slots_;
    placement_.result.how = ValuePlacement::How::kByReference;
    placement_.result.pieces = {
        InRegister(RegisterFile::kGeneral, convention_.sret_register, kSlotBytes)};
    placement_.result_address =
        InRegister(RegisterFile::kGeneral, convention_.general_results[0], kSlotBytes);
  }

  // "Parameter passing": the first four slots are registers, chosen by position; the others are on
  // the stack above the home space, whose slots stay those of the registers.
  Piece InSlot(uint32_t slot, RegisterFile file, uint32_t size) const {
    const std::span<const uint8_t> registers = file == RegisterFile::kVector
                                                   ? convention_.vector_arguments
                                                   : convention_.general_arguments;
    if (slot < registers.size()) return InRegister(file, registers[slot], size);
    return {Piece::Place::kStack, RegisterFile::kGeneral, 0, slot * kSlotBytes, 0, size};
  }

  // "Varargs": for floating-point values "both the integer register and the floating-point register
  // must contain the value". clang does so for named arguments also, gcc only for those that match
  // "..."; as no callee of theirs reads a named one from the general register, both are served.
  void FloatingInSlot(uint32_t slot, ValuePlacement* value) const {
    value->how = ValuePlacement::How::kDirect;
    const Piece first = InSlot(slot, RegisterFile::kVector, value->size);
    if (variadic_ && first.place == Piece::Place::kRegister) {
      value->pieces = {first, InSlot(slot, RegisterFile::kGeneral, value->size)};
    } else {
      value->pieces = {first};
    }
  }

  const Convention& convention_;
  const bool variadic_;
  uint32_t slots_ = 0;  // taken so far
  Placement placement_;
};

}  // namespace

StatusOr<Placement> PlaceWin64(const Signature& signature, const Convention& convention) {
  return PlaceValues(signature, Placer(signature, convention));
}

}  // namespace springboard::abi
