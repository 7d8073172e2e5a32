// c_aggregate: see c_aggregate.h.
//
// A bit-field becomes the bytes that it touches, as an array of u8, or an integer: those are
// INTEGER for the psABI, and no homogeneous aggregate for AAPCS64, as bit-fields are. The alignment
// that their declared types ask for becomes align(n) of the whole. What is skipped between two
// bit-fields becomes members, too, because nothing else puts the next byte where it belongs.

#include "abi/c_aggregate.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "abi/layout.h"

namespace springboard::abi {
namespace {

constexpr uint64_t kByteBits = 8;

uint64_t RoundUp(uint64_t value, uint64_t align) { return (value + align - 1) / align * align; }

bool IsPlain(const CMember& member) { return !member.width && !member.is_flexible; }

Status CheckBitField(const CMember& member, size_t index, uint64_t bytes) {
  const std::string field = "bit-field " + std::to_string(index);
  const TypeKind kind = member.type->kind();
  if (!member.type->is_integer() || kind == TypeKind::kPointer || bytes > sizeof(uint64_t)) {
    return Status::Error(field + " is of type " + member.type->text() +
                         ", not of an integer type up to 64 bits");
  }
  const uint64_t most = kind == TypeKind::kBool ? 1 : bytes * kByteBits;
  if (*member.width <= most) return Status::Ok();
  return Status::Error(field + " has " + std::to_string(*member.width) + " bits, " +
                       member.type->text() + " has " + std::to_string(most));
}

class Builder {
 public:
  Builder(AggregateOptions options, const Convention& convention)
      : options_(options), convention_(convention) {}

  Status AddToStruct(const CMember& member, size_t index) {
    const StatusOr<Layout> layout = LayoutOf(member.type, convention_);
    if (!layout.ok()) return layout.status();
    const uint32_t align = Capped(layout->align);
    if (member.width) {
      Status status = CheckBitField(member, index, layout->size);
      if (!status.ok()) return status;
      if (*member.width == 0) {
        EndRun(layout->align);
      } else {
        AddBits(*member.width, layout->size * kByteBits, align);
      }
      return status;
    }
    EndBits();
    const uint64_t offset = RoundUp(end_, align);
    places_.push_back({offset});
    if (member.is_flexible) {
      Skip(offset);
      RaiseAlignment(align);
      return Status::Ok();
    }
    types_.push_back(member.type);
    natural_align_ = std::max(natural_align_, align);
    end_ = offset + layout->size;
    end_bit_ = end_ * kByteBits;
    return Status::Ok();
  }

  Status AddToUnion(const CMember& member, size_t index) {
    places_.push_back({});
    if (!member.width) {
      types_.push_back(member.type);
      return Status::Ok();
    }
    const StatusOr<Layout> layout = LayoutOf(member.type, convention_);
    if (!layout.ok()) return layout.status();
    Status status = CheckBitField(member, index, layout->size);
    if (!status.ok()) return status;
    if (*member.width == 0) {
      // gcc passes such a union as if the bit-field had its whole type, clang does not.
      return Status::Error("bit-field " + std::to_string(index) +
                           " of a union has no bits: compilers disagree on how that is passed");
    }
    AddUnionBits((*member.width + kByteBits - 1) / kByteBits);
    RaiseAlignment(Capped(layout->align));
    return Status::Ok();
  }

  // What follows a bit-field of width 0, be it the end, begins where that says.
  void EndBits() { Skip(RoundUp(end_bit_, kByteBits) / kByteBits); }

  StatusOr<CAggregate> Finish(TypeKind kind) {
    options_.align = std::max(options_.align, align_);
    StatusOr<const Type*> type = kind == TypeKind::kUnion
                                     ? Type::Union(std::move(types_), options_)
                                     : Type::Struct(std::move(types_), options_);
    if (!type.ok()) return type.status();
    return CAggregate{*type, std::move(places_)};
  }

 private:
  uint32_t Capped(uint32_t align) const {
    return options_.packed == 0 ? align : std::min(align, options_.packed);
  }

  void RaiseAlignment(uint32_t align) {
    align_ = std::max(align_, align);
    natural_align_ = std::max(natural_align_, align);
  }

  // For a bit-field of width 0, whose declared type is aligned to `align`, also where others are
  // packed.
  void EndRun(uint32_t align) {
    // AAPCS64 10.1.8.1: its container aligns the struct, unnamed as it is. Elsewhere it does not.
    if (convention_.architecture == Architecture::kA64) RaiseAlignment(align);
    end_bit_ = RoundUp(end_bit_, align * kByteBits);
    places_.push_back({end_bit_ / kByteBits});
  }

  void AddBits(uint64_t width, uint64_t unit, uint32_t align) {
    RaiseAlignment(align);
    // "A bit-field must entirely reside in a storage unit appropriate for its declared type." A
    // packed one goes where the one before ends.
    if (options_.packed == 0 && end_bit_ % unit + width > unit) end_bit_ = RoundUp(end_bit_, unit);
    places_.push_back({end_bit_ / kByteBits, static_cast<uint32_t>(end_bit_ % kByteBits)});
    Skip(end_bit_ / kByteBits);
    const bool whole = IsWhole(width);
    end_bit_ += width;
    if (whole) {
      types_.push_back(IntegerOf(width / kByteBits));
    } else {
      AddBytes(end_, (end_bit_ + kByteBits - 1) / kByteBits);
    }
    end_ = std::max(end_, (end_bit_ + kByteBits - 1) / kByteBits);
  }

  // gcc has a bit-field that begins here for an integer if it is one's size and aligned as one, but
  // in a struct that is packed(1), which is __attribute__((packed)): where that is misaligned, what
  // the struct is in is MEMORY.
  bool IsWhole(uint64_t width) const {
    return width > kByteBits && std::has_single_bit(width) && end_bit_ % width == 0 &&
           options_.packed != 1;
  }

  static const Type* IntegerOf(uint64_t bytes) {
    return Type::Scalar(bytes == 1   ? TypeKind::kU8
                        : bytes == 2 ? TypeKind::kU16
                        : bytes == 4 ? TypeKind::kU32
                                     : TypeKind::kU64);
  }

  // gcc has a union's bit-field for the least integer that holds it: where that is not aligned,
  // what the union is in is MEMORY. A packed union may be too small for that integer, and has it as
  // its unit.
  void AddUnionBits(uint64_t bytes) {
    const uint64_t whole = std::bit_ceil(bytes);
    if (options_.packed != 0 && whole != bytes) {
      options_.unit = std::max(options_.unit, static_cast<uint32_t>(whole));
      return AddBytes(0, bytes);
    }
    types_.push_back(IntegerOf(whole));
  }

  void AddBytes(uint64_t from, uint64_t to) {
    if (to <= from) return;
    const Type* byte = Type::Scalar(TypeKind::kU8);
    types_.push_back(*Type::Array(byte, static_cast<uint32_t>(to - from)));
  }

  // Fills up to `offset` with what changes no class of the psABI: it follows a byte of the same
  // eightbyte, for a bit-field's unit is no more than one. Numbers of 16 bits leave an SSE
  // eightbyte what it is; an odd byte has an integer before it, and so has what is aligned to
  // bytes only. AAPCS64 has no classes.
  void Skip(uint64_t offset) {
    if (offset <= end_) return;
    const bool odd = (offset - end_) % 2 != 0 || end_ % 2 != 0;
    const bool aligned = options_.packed == 1 || natural_align_ > 1;
    if (odd || !aligned || convention_.architecture == Architecture::kA64) {
      AddBytes(end_, offset);
    } else {
      const Type* half = Type::Scalar(TypeKind::kF16);
      types_.push_back(*Type::Array(half, static_cast<uint32_t>((offset - end_) / 2)));
    }
    end_ = offset;
  }

  AggregateOptions options_;
  const Convention& convention_;
  std::vector<const Type*> types_;
  std::vector<CPlace> places_;
  uint64_t end_ = 0;      // of the members in types_, in bytes
  uint64_t end_bit_ = 0;  // of the member before
  uint32_t align_ = 0;    // what members of types_ do not show
  uint32_t natural_align_ = 1;
};

// What is the same with and without bit-fields.
StatusOr<CAggregate> Plain(TypeKind kind, const std::vector<CMember>& members,
                           AggregateOptions options, const Convention& convention) {
  std::vector<const Type*> types;
  types.reserve(members.size());
  for (const CMember& member : members) types.push_back(member.type);
  const StatusOr<const Type*> type = kind == TypeKind::kUnion
                                         ? Type::Union(std::move(types), options)
                                         : Type::Struct(std::move(types), options);
  if (!type.ok()) return type.status();
  const StatusOr<Layout> layout = LayoutOf(*type, convention);
  if (!layout.ok()) return layout.status();
  CAggregate aggregate = {*type, {}};
  for (const uint64_t offset : layout->offsets) aggregate.places.push_back({offset});
  return aggregate;
}

}  // namespace

StatusOr<CAggregate> CStruct(const std::vector<CMember>& members, AggregateOptions options,
                             const Convention& convention) {
  if (std::all_of(members.begin(), members.end(), IsPlain)) {
    return Plain(TypeKind::kStruct, members, options, convention);
  }
  Builder builder(options, convention);
  for (size_t i = 0; i < members.size(); ++i) {
    // C17 6.7.2.1p18
    if (members[i].is_flexible && (i == 0 || i + 1 < members.size())) {
      return Status::Error("member " + std::to_string(i) +
                           " is a flexible array: it must be the last of several");
    }
    const Status status = builder.AddToStruct(members[i], i);
    if (!status.ok()) return status;
  }
  builder.EndBits();
  return builder.Finish(TypeKind::kStruct);
}

StatusOr<CAggregate> CUnion(const std::vector<CMember>& members, AggregateOptions options,
                            const Convention& convention) {
  if (std::all_of(members.begin(), members.end(), IsPlain)) {
    return Plain(TypeKind::kUnion, members, options, convention);
  }
  Builder builder(options, convention);
  for (size_t i = 0; i < members.size(); ++i) {
    if (members[i].is_flexible) {
      return Status::Error("member " + std::to_string(i) +
                           " is a flexible array: unions have none");
    }
    const Status status = builder.AddToUnion(members[i], i);
    if (!status.ok()) return status;
  }
  return builder.Finish(TypeKind::kUnion);
}

}  // namespace springboard::abi
