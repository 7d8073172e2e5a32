// Types and the table that interns them.
//
// The table maps canonical text to the one Type that has it. It owns every Type, is never destroyed
// (static destructors of other files may still use types) and is guarded by a mutex.

#include "abi/type.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace springboard::abi {
namespace {

constexpr size_t kScalarKinds = static_cast<size_t>(TypeKind::kPointer) + 1;

// One row per scalar kind, in the order of TypeKind. `vector_bytes` is the size of an element that
// SIMD vectors may have, 0 for kinds that no vector is made of.
struct ScalarRow {
  std::string_view name;
  uint32_t vector_bytes;
};
constexpr std::array<ScalarRow, kScalarKinds> kScalars = {{
    {"void", 0},
    {"bool", 0},
    {"i8", 1},
    {"u8", 1},
    {"i16", 2},
    {"u16", 2},
    {"i32", 4},
    {"u32", 4},
    {"i64", 8},
    {"u64", 8},
    {"i128", 0},
    {"u128", 0},
    {"f16", 2},
    {"bf16", 2},
    {"f32", 4},
    {"f64", 8},
    {"longdouble", 0},
    {"pointer", 0},
}};

constexpr uint32_t kMaxPacking = 16;  // the largest that #pragma pack takes
constexpr uint32_t kMaxUnit = 8;      // of bit-fields

bool IsScalarKind(TypeKind kind) { return static_cast<size_t>(kind) < kScalarKinds; }

std::string JoinTexts(const std::vector<const Type*>& members) {
  std::string text;
  for (const Type* member : members) {
    if (!text.empty()) text += ',';
    text += member->text();
    if (text.size() > kMaxTypeText) break;  // refused by the caller; no need to build the rest
  }
  return text;
}

std::string OptionsText(const AggregateOptions& options) {
  std::string text;
  if (options.packed != 0) text += "packed(" + std::to_string(options.packed) + ")";
  if (options.align != 0) text += "align(" + std::to_string(options.align) + ")";
  if (options.unit != 0) text += "unit(" + std::to_string(options.unit) + ")";
  if (options.is_class) text += "class";
  return text;
}

Status CheckPowerOfTwo(std::string_view what, uint32_t value, uint32_t limit) {
  if (value == 0 || (std::has_single_bit(value) && value <= limit)) return Status::Ok();
  return Status::Error(std::string(what) + "(" + std::to_string(value) +
                       ") is not a power of two up to " + std::to_string(limit));
}

Status CheckAggregate(std::string_view what, const std::vector<const Type*>& members,
                      const AggregateOptions& options) {
  if (members.size() > kMaxMembers) {
    return Status::Error(std::string(what) + " has " + std::to_string(members.size()) +
                         " members, more than " + std::to_string(kMaxMembers));
  }
  for (size_t i = 0; i < members.size(); ++i) {
    assert(members[i] != nullptr);
    if (members[i]->is_void()) {
      return Status::Error("member " + std::to_string(i) + " of a " + std::string(what) +
                           " is void");
    }
  }
  Status packed = CheckPowerOfTwo("packed", options.packed, kMaxPacking);
  if (!packed.ok()) return packed;
  Status unit = CheckPowerOfTwo("unit", options.unit, kMaxUnit);
  if (!unit.ok()) return unit;
  return CheckPowerOfTwo("align", options.align, kMaxAlignment);
}

}  // namespace

// Makes Types and keeps them.
class TypeTable {
 public:
  static TypeTable& Instance() {
    static TypeTable* const table = new TypeTable;
    return *table;
  }

  const Type* Scalar(TypeKind kind) const { return scalars_[static_cast<size_t>(kind)]; }

  // What a Type is made of, before it has an identity.
  struct Parts {
    TypeKind kind = TypeKind::kVoid;
    std::vector<const Type*> members;
    uint32_t count = 0;
    AggregateOptions options;
    std::string text;
  };

  // The one Type with parts.text. A Status if it is nested too deeply or its text is too long.
  StatusOr<const Type*> Intern(Parts parts) {
    uint32_t nesting = 0;
    for (const Type* member : parts.members) nesting = std::max(nesting, member->nesting());
    if (parts.kind >= TypeKind::kStruct) ++nesting;
    if (nesting > kMaxNesting) {
      return Status::Error("a type is nested more than " + std::to_string(kMaxNesting) +
                           " levels deep");
    }
    if (parts.text.size() > kMaxTypeText) {
      return Status::Error("a type's description is longer than " + std::to_string(kMaxTypeText) +
                           " characters");
    }
    return Insert(std::move(parts), nesting);
  }

 private:
  TypeTable() {
    for (size_t i = 0; i < kScalarKinds; ++i) {
      Parts parts;
      parts.kind = static_cast<TypeKind>(i);
      parts.text = kScalars[i].name;
      scalars_[i] = Insert(std::move(parts), 0);
    }
  }

  const Type* Insert(Parts parts, uint32_t nesting) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (auto found = types_.find(parts.text); found != types_.end()) return found->second.get();
    std::unique_ptr<Type> type(new Type);
    type->kind_ = parts.kind;
    type->members_ = std::move(parts.members);
    type->count_ = parts.count;
    type->nesting_ = nesting;
    type->options_ = parts.options;
    type->text_ = std::move(parts.text);
    const Type* made = type.get();
    types_.emplace(made->text(), std::move(type));  // the key views the Type's own text
    return made;
  }

  std::mutex mutex_;
  std::unordered_map<std::string_view, std::unique_ptr<const Type>> types_;
  std::array<const Type*, kScalarKinds> scalars_{};
};

const Type* Type::Scalar(TypeKind kind) {
  assert(IsScalarKind(kind));
  return TypeTable::Instance().Scalar(kind);
}

StatusOr<const Type*> Type::Struct(std::vector<const Type*> members, AggregateOptions options) {
  if (options.unit != 0) return Status::Error("a struct has a unit: only unions have");
  Status status = CheckAggregate("struct", members, options);
  if (!status.ok()) return status;
  std::string text = "{" + JoinTexts(members) + "}" + OptionsText(options);
  return TypeTable::Instance().Intern(
      {TypeKind::kStruct, std::move(members), 0, options, std::move(text)});
}

StatusOr<const Type*> Type::Union(std::vector<const Type*> members, AggregateOptions options) {
  Status status = CheckAggregate("union", members, options);
  if (!status.ok()) return status;
  if (options.is_class) return Status::Error("a union is a class: only structs are");
  std::string text = "<" + JoinTexts(members) + ">" + OptionsText(options);
  return TypeTable::Instance().Intern(
      {TypeKind::kUnion, std::move(members), 0, options, std::move(text)});
}

StatusOr<const Type*> Type::Array(const Type* element, uint32_t count) {
  assert(element != nullptr);
  if (element->is_void()) return Status::Error("an array's element is void");
  // gcc classifies {float, int[0]} as INTEGER, clang as SSE. ISO C has no such arrays.
  if (count == 0) {
    return Status::Error(
        "an array has no elements: compilers disagree on how structs with one "
        "are passed");
  }
  std::string text = "[" + element->text() + "*" + std::to_string(count) + "]";
  return TypeTable::Instance().Intern({TypeKind::kArray, {element}, count, {}, std::move(text)});
}

StatusOr<const Type*> Type::Complex(const Type* element) {
  assert(element != nullptr);
  if (!element->is_floating()) {
    return Status::Error("a complex number of " + element->text() +
                         ": its element must be a floating type");
  }
  std::string text = "complex(" + element->text() + ")";
  return TypeTable::Instance().Intern({TypeKind::kComplex, {element}, 0, {}, std::move(text)});
}

StatusOr<const Type*> Type::Vector(const Type* element, uint32_t count) {
  assert(element != nullptr);
  const size_t kind = static_cast<size_t>(element->kind());
  const uint64_t element_bytes = kind < kScalarKinds ? kScalars[kind].vector_bytes : 0;
  const std::string shape = "vector(" + element->text() + "*" + std::to_string(count) + ")";
  if (element_bytes == 0) {
    return Status::Error(shape + ": its element must be an integer or floating type up to 64 bits");
  }
  const uint64_t bytes = element_bytes * count;
  if (bytes != 8 && bytes != 16) return Status::Error(shape + " is not 8 or 16 bytes long");
  // gcc and clang pass vectors of one element in different places.
  if (count == 1) return Status::Error(shape + ": compilers disagree on vectors of one element");
  return TypeTable::Instance().Intern({TypeKind::kVector, {element}, count, {}, shape});
}

bool Type::is_signed() const {
  switch (kind_) {
    case TypeKind::kI8:
    case TypeKind::kI16:
    case TypeKind::kI32:
    case TypeKind::kI64:
    case TypeKind::kI128:
      return true;
    default:
      return false;
  }
}

}  // namespace springboard::abi
