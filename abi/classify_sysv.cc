// The classification algorithm of psABI 3.2.3.
//
// All section references are to the System V x86-64 psABI. Recursion is bounded by kMaxNesting.
// Pure functions.

#include "abi/classify_sysv.h"

#include <cassert>

namespace springboard::abi {
namespace {

constexpr SysvClasses kInMemory = {SysvClass::kMemory, SysvClass::kMemory};
constexpr SysvClasses kInDispute = {SysvClass::kDisputed, SysvClass::kDisputed};

// 3.2.3 "Classification", basic types: the classes of a scalar or vector from its first eightbyte.
SysvClasses LeafClasses(const Type* type, uint64_t size) {
  if (type->kind() == TypeKind::kLongDouble) {
    // "The 64-bit mantissa of arguments of type long double belongs to class X87, the 16-bit
    // exponent plus 6 bytes of padding belongs to class X87UP."
    return {SysvClass::kX87, SysvClass::kX87Up};
  }
  if (type->kind() == TypeKind::kVector || type->is_floating()) {
    // Types float, double and __m64 are SSE; __m128 is SSE with SSEUP above it.
    return {SysvClass::kSse, size > kEightbyte ? SysvClass::kSseUp : SysvClass::kNone};
  }
  assert(type->is_integer());
  // Integers and pointers are INTEGER; __int128 is treated as a struct of two longs.
  return {SysvClass::kInteger, size > kEightbyte ? SysvClass::kInteger : SysvClass::kNone};
}

bool IsX87(SysvClass one) {
  return one == SysvClass::kX87 || one == SysvClass::kX87Up || one == SysvClass::kComplexX87;
}

// 3.2.3 "Classification" of aggregates, step 4: the class of an eightbyte that two fields share.
SysvClass Merge(SysvClass a, SysvClass b) {
  if (a == b) return a;                                                               // (a)
  if (a == SysvClass::kNone) return b;                                                // (b)
  if (b == SysvClass::kNone) return a;                                                // (b)
  if (a == SysvClass::kMemory || b == SysvClass::kMemory) return SysvClass::kMemory;  // (c)
  if (a == SysvClass::kDisputed || b == SysvClass::kDisputed) return SysvClass::kDisputed;
  if (a == SysvClass::kInteger || b == SysvClass::kInteger) return SysvClass::kInteger;  // (d)
  if (IsX87(a) || IsX87(b)) return SysvClass::kMemory;                                   // (e)
  return SysvClass::kSse;                                                                // (f)
}

// 3.2.3 "Classification" of aggregates, step 5, the post merger clean-up.
SysvClasses CleanUp(SysvClasses classes) {
  const auto [low, high] = classes;
  // (a) If one class is MEMORY, the whole argument is passed in memory.
  if (low == SysvClass::kMemory || high == SysvClass::kMemory) return kInMemory;
  if (low == SysvClass::kDisputed || high == SysvClass::kDisputed) return kInDispute;
  // (b) If X87UP is not preceded by X87, the whole argument is passed in memory.
  if (high == SysvClass::kX87Up && low != SysvClass::kX87) return kInMemory;
  // (d) If SSEUP is not preceded by SSE or SSEUP, it is converted to SSE.
  if (high == SysvClass::kSseUp && low != SysvClass::kSse) return {low, SysvClass::kSse};
  // (c), of types beyond two eightbytes, leaves nothing but __m256 and __m512, which are no Types.
  return classes;
}

// Steps 2 to 4 for one field: its classes, found on their own, are merged into the aggregate's.
void MergeClasses(const SysvClasses& own, SysvClasses* classes) {
  for (size_t i = 0; i < classes->size(); ++i) (*classes)[i] = Merge((*classes)[i], own[i]);
}

// The classes that `type` gives the two eightbytes of the whole value when it lies at `offset`.
// "Each field of an object is classified recursively": a nested aggregate is cleaned up before it
// is merged, so that its MEMORY is not absorbed by a neighbour's INTEGER, nor its INTEGER missed.
// REQUIRES: the type ends within the two eightbytes, so no type has more than 16 elements here.
SysvClasses ClassifyAt(const Type* type, uint64_t offset, const Convention& convention) {
  const StatusOr<Layout> layout = LayoutOf(type, convention);
  assert(layout.ok() && offset + layout->size <= 2 * kEightbyte);
  SysvClasses classes = {SysvClass::kNone, SysvClass::kNone};
  if (layout->size == 0) return classes;  // also bounds the count of elements below
  switch (type->kind()) {
    case TypeKind::kStruct:
    case TypeKind::kUnion:
      // Step 1, of the integers that gcc has bit-fields for.
      if (type->options().unit != 0 && offset % type->options().unit != 0) return kInMemory;
      for (size_t i = 0; i < type->members().size(); ++i) {
        MergeClasses(ClassifyAt(type->members()[i], offset + layout->offsets[i], convention),
                     &classes);
      }
      return CleanUp(classes);
    case TypeKind::kArray:
    case TypeKind::kComplex: {
      const uint64_t count = type->kind() == TypeKind::kComplex ? 2 : type->count();
      const uint64_t stride = layout->size / count;
      MergeClasses(ClassifyAt(type->members()[0], offset, convention), &classes);
      const bool first_in_memory = classes == kInMemory;
      for (uint64_t i = 1; i < count; ++i) {
        SysvClasses own = ClassifyAt(type->members()[0], offset + i * stride, convention);
        // An array of packed elements whose first is aligned and another is not: gcc looks at the
        // first alone and uses registers, clang follows step 1 and uses memory.
        if (!first_in_memory && own == kInMemory) own = kInDispute;
        MergeClasses(own, &classes);
      }
      return CleanUp(classes);
    }
    default: {
      // Step 1: an aggregate with unaligned fields has class MEMORY.
      if (offset % layout->align != 0) return kInMemory;
      const SysvClasses own = LeafClasses(type, layout->size);
      const size_t eightbyte = offset / kEightbyte;
      for (size_t i = eightbyte; i < classes.size(); ++i) classes[i] = own[i - eightbyte];
      return classes;
    }
  }
}

}  // namespace

SysvClasses ClassifySysv(const Type* type, const Layout& layout, const Convention& convention) {
  if (layout.size <= 2 * kEightbyte) return ClassifyAt(type, 0, convention);
  // "A variable of type complex long double is classified as type COMPLEX_X87", but a struct of
  // more than two eightbytes is in memory whatever it holds (step 1 and clean-up (c)).
  if (type->kind() == TypeKind::kComplex) return {SysvClass::kComplexX87, SysvClass::kNone};
  return kInMemory;
}

}  // namespace springboard::abi
