// Layout by hand. See fuzz_layout.h.

#include "abi/fuzz_layout.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "abi/signature.h"

namespace springboard::abi::fuzzing {
namespace {

constexpr uint64_t kLargest = 65536;

// By name, so that the order of TypeKind does not matter here.
uint64_t BytesOfScalar(const Type* type, const Convention& convention) {
  static const std::unordered_map<const Type*, uint64_t> kBytes = [] {
    std::unordered_map<const Type*, uint64_t> bytes;
    for (const auto& [name, size] :
         std::initializer_list<std::pair<const char*, uint64_t>>{{"bool", 1},
                                                                 {"i8", 1},
                                                                 {"u8", 1},
                                                                 {"i16", 2},
                                                                 {"u16", 2},
                                                                 {"f16", 2},
                                                                 {"bf16", 2},
                                                                 {"i32", 4},
                                                                 {"u32", 4},
                                                                 {"f32", 4},
                                                                 {"i64", 8},
                                                                 {"u64", 8},
                                                                 {"f64", 8},
                                                                 {"i128", 16},
                                                                 {"u128", 16},
                                                                 {"pointer", 8}}) {
      bytes.emplace(*ParseType(name), size);
    }
    return bytes;
  }();
  const auto found = kBytes.find(type);
  if (found != kBytes.end()) return found->second;
  const bool is_short = convention.name == "win_arm64" || convention.name == "apple_arm64";
  return is_short ? 8 : 16;  // long double
}

bool IsWindowsArm(const Convention& convention) { return convention.name == "win_arm64"; }

bool SaysAligned(const Type* type) {
  if (type->options().align > 0) return true;
  for (const Type* member : type->members()) {
    if (SaysAligned(member)) return true;
  }
  return false;
}

// One member after the other is moved up a byte at a time until it is aligned.
std::optional<PlainLayout> AggregateByHand(const Type* type, const Convention& convention) {
  const auto& [packed, align, unit, is_class] = type->options();
  static_cast<void>(unit);  // it says nothing of layouts
  PlainLayout whole;
  if (IsWindowsArm(convention) && type->members().empty() && !is_class) return std::nullopt;
  uint64_t next = 0;
  for (const Type* member : type->members()) {
    const std::optional<PlainLayout> inner = LayoutByHand(member, convention);
    if (!inner) return std::nullopt;
    const bool is_capped = packed > 0 && inner->align > packed;
    if (is_capped && IsWindowsArm(convention) && SaysAligned(member)) return std::nullopt;
    const uint64_t step = is_capped ? packed : inner->align;
    if (type->kind() == TypeKind::kUnion) next = 0;
    while (next % step != 0) ++next;
    whole.offsets.push_back(next);
    next += inner->bytes;
    if (whole.bytes < next) whole.bytes = next;
    if (whole.natural_align < step) whole.natural_align = step;
  }
  whole.align = align > whole.natural_align ? align : whole.natural_align;
  if (is_class && whole.bytes == 0) whole.bytes = 1;
  while (whole.bytes % whole.align != 0) ++whole.bytes;
  if (whole.bytes > kLargest) return std::nullopt;
  return whole;
}

}  // namespace

std::optional<PlainLayout> LayoutByHand(const Type* type, const Convention& convention) {
  PlainLayout plain;
  switch (type->kind()) {
    case TypeKind::kVoid:
      return std::nullopt;
    case TypeKind::kStruct:
    case TypeKind::kUnion:
      return AggregateByHand(type, convention);
    case TypeKind::kArray: {
      const std::optional<PlainLayout> element = LayoutByHand(type->members()[0], convention);
      if (!element) return std::nullopt;
      for (uint32_t i = 0; i < type->count() && element->bytes > 0; ++i) {
        plain.bytes += element->bytes;
        if (plain.bytes > kLargest) return std::nullopt;
      }
      plain.align = plain.natural_align = element->align;
      return plain;
    }
    case TypeKind::kComplex:
      plain.align = plain.natural_align = BytesOfScalar(type->members()[0], convention);
      plain.bytes = plain.align + plain.align;
      return plain;
    case TypeKind::kVector:
      for (uint32_t i = 0; i < type->count(); ++i) {
        plain.bytes += BytesOfScalar(type->members()[0], convention);
      }
      plain.align = plain.natural_align = plain.bytes;
      return plain;
    default:
      plain.bytes = plain.align = plain.natural_align = BytesOfScalar(type, convention);
      return plain;
  }
}

void LeavesByHand(const Type* type, uint64_t offset, const Convention& convention, size_t limit,
                  std::vector<PlainLeaf>* leaves) {
  if (leaves->size() > limit) return;
  const std::optional<PlainLayout> layout = LayoutByHand(type, convention);
  switch (type->kind()) {
    case TypeKind::kStruct:
    case TypeKind::kUnion:
      for (size_t i = 0; i < type->members().size(); ++i) {
        LeavesByHand(type->members()[i], offset + layout->offsets[i], convention, limit, leaves);
      }
      return;
    case TypeKind::kArray:
    case TypeKind::kComplex: {
      const uint64_t count = type->kind() == TypeKind::kArray ? type->count() : 2;
      if (layout->bytes == 0) return;
      std::vector<PlainLeaf> element;
      LeavesByHand(type->members()[0], 0, convention, limit, &element);
      for (uint64_t i = 0; i < count; ++i) {
        for (PlainLeaf leaf : element) {
          if (leaves->size() > limit) return;
          leaf.offset += offset + i * (layout->bytes / count);
          leaves->push_back(leaf);
        }
      }
      return;
    }
    default:
      leaves->push_back({type, offset, layout->bytes, layout->align});
  }
}

}  // namespace springboard::abi::fuzzing
