// AArch64: registers and stack slots for the shapes that classify_aapcs64.cc finds.
//
// Rule numbers (B.4, C.12) are those of AAPCS64 6.8.2, "Parameter passing rules"; other documents
// are named: "Apple" is "Writing ARM64 code for Apple platforms", "Microsoft" is "Overview of ARM64
// ABI conventions". A Placer lives for one call of PlaceAapcs64() and owns nothing but the
// placement it builds.

#include "abi/place_aapcs64.h"

#include <algorithm>
#include <utility>

#include "abi/classify_aapcs64.h"
#include "abi/placer.h"

namespace springboard::abi {
namespace {

constexpr uint32_t kWordBytes = 8;   // of a general register, and of a stack slot
constexpr uint32_t kPairBytes = 16;  // alignment that asks for an even register

// Appends pieces for `size` bytes of a value, spread over `registers` with `each` bytes in one.
void Spread(RegisterFile file, std::span<const uint8_t> registers, uint32_t each, uint32_t size,
            std::vector<Piece>* pieces) {
  pieces->reserve((size + each - 1) / each);
  for (uint32_t offset = 0, i = 0; offset < size; offset += each, ++i) {
    pieces->push_back(InRegister(file, registers[i], offset, std::min(each, size - offset)));
  }
}

bool IsHalf(const Type* type) {
  return type->kind() == TypeKind::kF16 || type->kind() == TypeKind::kBf16;
}

class Placer {
 public:
  Placer(const Signature& signature, const Convention& convention)
      : convention_(convention),
        named_(
            signature.variadic_from.value_or(static_cast<uint32_t>(signature.parameters.size()))),
        general_only_(signature.variadic_from.has_value() &&
                      convention.variadic == VariadicRule::kGeneralOnly) {
    placement_.convention = &convention;
    placement_.stack_align = convention.stack_alignment;
    placement_.parameters.reserve(signature.parameters.size());
  }

  // 6.9: a result is where the first argument of its type would be, or in memory whose address
  // comes in x8.
  Status Result(const Type* type) {
    ValuePlacement& value = placement_.result;
    value.type = type;
    if (type->is_void()) return Status::Ok();
    const StatusOr<A64Shape> shape = ClassifyAapcs64(type, convention_, false);
    if (!shape.ok()) return shape.status();
    value.size = shape->size;
    value.align = shape->align;
    if (convention_.classes_in_memory && type->options().is_class) {
      ClassResult();
      return Status::Ok();
    }
    // Nobody reads a byte of an empty class, so nobody returns one.
    if (shape->kind == A64Class::kNothing || IsEmptyClass(type)) return Status::Ok();
    value.how = ValuePlacement::How::kDirect;
    value.extend_bits = ExtendBits(type, value.size, convention_.narrow.results);
    switch (shape->kind) {
      case A64Class::kGeneral:
        Spread(RegisterFile::kGeneral, convention_.general_results, kWordBytes, value.size,
               &value.pieces);
        break;
      case A64Class::kVector:
        Spread(RegisterFile::kVector, convention_.vector_results, shape->element, value.size,
               &value.pieces);
        break;
      default:
        value.how = ValuePlacement::How::kByReference;
        value.pieces = {
            InRegister(RegisterFile::kGeneral, convention_.sret_register, 0, kWordBytes)};
    }
    return Status::Ok();
  }

  Status Parameter(const Type* type) {
    // The argument matches "..." in the callee's prototype.
    const bool unnamed = placement_.parameters.size() >= named_;
    ValuePlacement& value = placement_.parameters.emplace_back();
    value.type = type;
    const StatusOr<A64Shape> shape = ClassifyAapcs64(type, convention_, general_only_);
    if (!shape.ok()) return shape.status();
    value.size = shape->size;
    value.align = shape->align;
    if (shape->kind == A64Class::kNothing) return Status::Ok();
    if (general_only_ && IsHalf(type)) {
      return Status::Error("clang for Windows has no place for " + type->text() +
                           " in a variadic call");
    }
    value.how = shape->kind == A64Class::kByReference ? ValuePlacement::How::kByReference
                                                      : ValuePlacement::How::kDirect;
    // Apple, "Update code that passes arguments to variadic functions": what matches "..." is on
    // the stack, each in slots of its own.
    if (unnamed && convention_.variadic == VariadicRule::kOnStack) {
      return UnnamedOnStack(*shape, &value);
    }
    return shape->kind == A64Class::kVector ? InVectors(*shape, &value)
                                            : InGenerals(*shape, &value);
  }

  Placement Finish() {
    placement_.stack_bytes = RoundUp(placement_.stack_bytes, placement_.stack_align);
    return std::move(placement_);
  }

 private:
  // clang for Windows: a class with a constructor of its own is returned in memory whose address is
  // an ordinary first argument, as for C++ member functions (Microsoft, "Return values": types that
  // are not aggregates of C++14), and the callee returns that address.
  void ClassResult() {
    placement_.result.how = ValuePlacement::How::kByReference;
    placement_.result.pieces = {
        InRegister(RegisterFile::kGeneral, convention_.general_arguments[0], 0, kWordBytes)};
    placement_.result_address =
        InRegister(RegisterFile::kGeneral, convention_.general_results[0], 0, kWordBytes);
    generals_used_ = 1;
  }

  // C.1 and C.2: one vector register for each element, if there are enough for all; otherwise
  // (C.3 to C.6) the stack, and no vector register is used any more.
  Status InVectors(const A64Shape& shape, ValuePlacement* value) {
    const std::span<const uint8_t> left = convention_.vector_arguments.subspan(vectors_used_);
    const uint32_t count = shape.size / shape.element;
    if (count <= left.size()) {
      Spread(RegisterFile::kVector, left, shape.element, shape.size, &value->pieces);
      vectors_used_ += count;
      return Status::Ok();
    }
    vectors_used_ = static_cast<uint32_t>(convention_.vector_arguments.size());
    if (shape.stack_disputed) {
      return Status::Error("compilers align the packed type " + value->type->text() +
                           " differently on the stack");
    }
    OnStack(shape, 0, value);
    return Status::Ok();
  }

  // C.9 to C.13: consecutive general registers, if there are enough for the whole value; otherwise
  // the stack, and no general register is used any more.
  Status InGenerals(const A64Shape& shape, ValuePlacement* value) {
    const bool by_reference = shape.kind == A64Class::kByReference;
    const uint32_t size = by_reference ? kWordBytes : shape.size;
    const uint32_t words = (size + kWordBytes - 1) / kWordBytes;
    // C.10.
    if (shape.slot_align == kPairBytes && convention_.pairs_begin_even) {
      generals_used_ = RoundUp(generals_used_, 2);
    }
    const auto all = static_cast<uint32_t>(convention_.general_arguments.size());
    const std::span<const uint8_t> left =
        convention_.general_arguments.subspan(std::min(generals_used_, all));
    if (words <= left.size()) {
      Spread(RegisterFile::kGeneral, left, kWordBytes, size, &value->pieces);
      value->extend_bits = ExtendBits(value->type, size, convention_.narrow.arguments);
      generals_used_ += words;
      return Status::Ok();
    }
    generals_used_ = all;
    // Microsoft, "Addendum: Variadic functions": the first 64 bytes of an imaginary stack are in
    // x0-x7, so a value may begin there and end on the stack. clang 14 splits only what va_arg
    // reads; its callers put the whole value on the stack.
    const uint32_t split = general_only_ ? static_cast<uint32_t>(left.size()) * kWordBytes : 0;
    Spread(RegisterFile::kGeneral, left, kWordBytes, split, &value->pieces);
    OnStack(shape, split, value);
    return Status::Ok();
  }

  // Apple, "Update code that passes arguments to variadic functions": slots of 8 bytes.
  Status UnnamedOnStack(const A64Shape& shape, ValuePlacement* value) {
    if (IsHalf(value->type)) {
      return Status::Error(value->type->text() +
                           " is variadic, where it travels as f64: declare that");
    }
    if (shape.kind == A64Class::kVector && std::max(shape.align, kWordBytes) != shape.slot_align) {
      return Status::Error("clang's callers and its va_arg align the variadic type " +
                           value->type->text() + " differently");
    }
    PutOnStack(shape.slot_align, kWordBytes, 0, value);
    return Status::Ok();
  }

  // What registers did not take, from byte `first` of the value on. C.14 and C.16: in slots of 8
  // bytes, aligned to 8 or 16; Apple, "Pass arguments to functions correctly": a scalar, or an
  // element of a homogeneous aggregate, in no more room than it has bytes.
  void OnStack(const A64Shape& shape, uint32_t first, ValuePlacement* value) {
    const bool packs = convention_.packs_stack_arguments;
    const uint32_t align = packs ? shape.packed_align : shape.slot_align;
    PutOnStack(align, packs ? std::min(align, kWordBytes) : kWordBytes, first, value);
  }

  // Takes the next multiple of `align`, and of `granule` bytes as many as the value needs.
  void PutOnStack(uint32_t align, uint32_t granule, uint32_t first, ValuePlacement* value) {
    const bool by_reference = value->how == ValuePlacement::How::kByReference;
    const uint32_t size = by_reference ? kWordBytes : value->size - first;
    const uint32_t offset = RoundUp(placement_.stack_bytes, align);
    placement_.stack_bytes = offset + RoundUp(size, granule);
    value->pieces.push_back({Piece::Place::kStack, RegisterFile::kGeneral, 0, offset, first, size});
  }

  const Convention& convention_;
  const uint32_t named_;        // how many parameters come before "..."
  const bool general_only_;     // no argument uses a vector register
  uint32_t generals_used_ = 0;  // AAPCS64's NGRN
  uint32_t vectors_used_ = 0;   // its NSRN
  Placement placement_;
};

}  // namespace

StatusOr<Placement> PlaceAapcs64(const Signature& signature, const Convention& convention) {
  return PlaceValues(signature, Placer(signature, convention));
}

}  // namespace springboard::abi
