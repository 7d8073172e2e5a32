// System V x86-64: registers and stack slots for the classes that classify_sysv.cc finds.
//
// All section references are to the System V x86-64 psABI. A Placer lives for one call of
// PlaceSysv() and owns nothing but the placement it builds.

#include "abi/place_sysv.h"

#include <algorithm>
#include <utility>

#include "abi/classify_sysv.h"
#include "abi/layout.h"
#include "abi/placer.h"

namespace springboard::abi {
namespace {

constexpr uint32_t kSlotBytes = 8;
constexpr uint32_t kX87Bytes = 10;  // an 80-bit register's significant bytes

// 3.2.3: an empty aggregate, of C or C++, has class NO_CLASS and is passed nowhere.
bool IsNoClass(const SysvClasses& classes) {
  return classes[0] == SysvClass::kNone && classes[1] == SysvClass::kNone;
}

// The registers still free in a sequence of argument or result registers.
struct FreeRegisters {
  std::span<const uint8_t> general;
  std::span<const uint8_t> vector;
};

// Takes a register for each eightbyte of a value of `size` bytes. Takes none and returns false if
// they do not suffice or the value is not for these registers.
bool TakeRegisters(const SysvClasses& classes, uint32_t size, FreeRegisters* free,
                   std::vector<Piece>* pieces) {
  FreeRegisters left = *free;
  std::vector<Piece> taken;
  for (uint32_t i = 0; i < classes.size(); ++i) {
    const uint32_t offset = i * kEightbyte;
    uint32_t bytes = std::min(kEightbyte, size - std::min(size, offset));
    switch (classes[i]) {
      case SysvClass::kNone:   // padding travels nowhere
      case SysvClass::kSseUp:  // carried by the vector register of the eightbyte before
        continue;
      case SysvClass::kInteger:
        if (left.general.empty()) return false;
        taken.push_back(InRegister(RegisterFile::kGeneral, left.general[0], offset, bytes));
        left.general = left.general.subspan(1);
        continue;
      case SysvClass::kSse:
        if (left.vector.empty()) return false;
        if (i == 0 && classes[1] == SysvClass::kSseUp) bytes = size;
        // All scalars of class SSE have an even size: an odd byte belongs to an empty class of C++.
        bytes &= ~1u;
        taken.push_back(InRegister(RegisterFile::kVector, left.vector[0], offset, bytes));
        left.vector = left.vector.subspan(1);
        continue;
      default:
        return false;
    }
  }
  *free = left;
  *pieces = std::move(taken);
  return true;
}

// Places one signature's values in the order the psABI does: result, then arguments left to right.
class Placer {
 public:
  Placer(const Signature& signature, const Convention& convention)
      : convention_(convention), variadic_(signature.variadic_from.has_value()) {
    placement_.convention = &convention;
    placement_.stack_align = convention.stack_alignment;
    arguments_ = {convention.general_arguments, convention.vector_arguments};
  }

  Status Result(const Type* type) {
    ValuePlacement& value = placement_.result;
    value.type = type;
    if (type->is_void()) return Status::Ok();
    SysvClasses classes;
    Status status = Measure(type, &value, &classes);
    if (!status.ok() || IsNoClass(classes)) return status;
    value.how = ValuePlacement::How::kDirect;
    value.extend_bits = ExtendBits(type, value.size, convention_.narrow.results);
    FreeRegisters results = {convention_.general_results, convention_.vector_results};
    // 3.2.3 "Returning of Values", 3 and 4: INTEGER in the next of rax, rdx; SSE in the next of
    // xmm0, xmm1.
    if (TakeRegisters(classes, value.size, &results, &value.pieces)) return Status::Ok();
    if (classes[0] == SysvClass::kX87) {
      // 6: X87 is returned in st0, together with the X87UP after it.
      value.pieces = {InRegister(RegisterFile::kX87, 0, 0, kX87Bytes)};
    } else if (classes[0] == SysvClass::kComplexX87) {
      // 8: the real part of COMPLEX_X87 is returned in st0, the imaginary part in st1.
      value.pieces = {InRegister(RegisterFile::kX87, 0, 0, kX87Bytes),
                      InRegister(RegisterFile::kX87, 1, value.size / 2, kX87Bytes)};
    } else {
      ResultInMemory();
    }
    return Status::Ok();
  }

  Status Parameter(const Type* type) {
    ValuePlacement& value = placement_.parameters.emplace_back();
    value.type = type;
    SysvClasses classes;
    Status status = Measure(type, &value, &classes);
    if (!status.ok() || IsNoClass(classes)) return status;
    value.how = ValuePlacement::How::kDirect;
    value.extend_bits = ExtendBits(type, value.size, convention_.narrow.arguments);
    // 3.2.3 "Passing", last paragraphs: if there are no registers for one of the eightbytes, the
    // whole argument is passed on the stack, and registers already assigned are given back for
    // later arguments. That is also why an __int128 is never split.
    if (TakeRegisters(classes, value.size, &arguments_, &value.pieces)) return Status::Ok();
    // 3.2.3 "Passing", 1 and 6: MEMORY, X87, X87UP and COMPLEX_X87 are passed in memory.
    value.pieces = {OnStack(value)};
    return Status::Ok();
  }

  Placement Finish() {
    placement_.stack_bytes = RoundUp(placement_.stack_bytes, placement_.stack_align);
    if (variadic_) {
      // 3.5.7: al is an upper bound on the number of vector registers used, 0 to 8.
      placement_.variadic_vector_count =
          static_cast<uint8_t>(convention_.vector_arguments.size() - arguments_.vector.size());
    }
    return std::move(placement_);
  }

 private:
  // Size, alignment and classes of `type`.
  Status Measure(const Type* type, ValuePlacement* value, SysvClasses* classes) const {
    const StatusOr<Layout> layout = LayoutOf(type, convention_);
    if (!layout.ok()) return layout.status();
    value->size = static_cast<uint32_t>(layout->size);
    value->align = layout->align;
    *classes = ClassifySysv(type, *layout, convention_);
    if ((*classes)[0] == SysvClass::kDisputed) {
      return Status::Error("type " + type->text() +
                           " has an array of packed elements, some of "
                           "them misaligned, which compilers pass in different places");
    }
    return Status::Ok();
  }

  // 3.2.3 "Returning of Values", 2: the caller passes the address of the result's memory in rdi as
  // if it were the first argument, and the callee returns that address in rax.
  void ResultInMemory() {
    placement_.result.how = ValuePlacement::How::kByReference;
    placement_.result.pieces = {
        InRegister(RegisterFile::kGeneral, convention_.sret_register, 0, kSlotBytes)};
    if (convention_.sret_takes_argument) arguments_.general = arguments_.general.subspan(1);
    if (convention_.sret_returned) {
      placement_.result_address =
          InRegister(RegisterFile::kGeneral, convention_.general_results[0], 0, kSlotBytes);
    }
  }

  // 3.2.3 "Passing": arguments in memory are rounded up to eightbytes and follow one another
  // upwards from the stack pointer. 3.1.2: what is aligned more strictly keeps its alignment
  // there, and so does the stack pointer (3.2.2).
  Piece OnStack(const ValuePlacement& value) {
    const uint32_t align = std::max(value.align, kSlotBytes);
    const uint32_t offset = RoundUp(placement_.stack_bytes, align);
    placement_.stack_align = std::max(placement_.stack_align, align);
    placement_.stack_bytes = offset + RoundUp(value.size, kSlotBytes);
    return {Piece::Place::kStack, RegisterFile::kGeneral, 0, offset, 0, value.size};
  }

  const Convention& convention_;
  const bool variadic_;
  FreeRegisters arguments_;
  Placement placement_;
};

}  // namespace

StatusOr<Placement> PlaceSysv(const Signature& signature, const Convention& convention) {
  return PlaceValues(signature, Placer(signature, convention));
}

}  // namespace springboard::abi
