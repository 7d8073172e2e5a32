// js_type: the tables of kinds and of names. See js_type.h; parsing is in type_parser.cc.

#include "v8_glue/js_type.h"

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <limits>
#include <type_traits>
#include <utility>

namespace springboard::glue {

namespace {

template <typename Integer>
constexpr KindTraits IntegerTraits(std::string_view name, abi::TypeKind type,
                                   KindClass kind_class) {
  return {name, type, kind_class, std::numeric_limits<Integer>::min(),
          static_cast<uint64_t>(std::numeric_limits<Integer>::max())};
}

// The greatest integer up to which a Number tells every integer from its neighbours.
constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

// In the order of JsKind. Pointers are 64 bits wide on every convention there is, and so is usize.
constexpr std::array<KindTraits, kKindCount> kKinds = {{
    {"void", abi::TypeKind::kVoid, KindClass::kVoid},
    {"bool", abi::TypeKind::kBool, KindClass::kBool},
    IntegerTraits<uint8_t>("u8", abi::TypeKind::kU8, KindClass::kInteger),
    IntegerTraits<int8_t>("i8", abi::TypeKind::kI8, KindClass::kInteger),
    IntegerTraits<uint16_t>("u16", abi::TypeKind::kU16, KindClass::kInteger),
    IntegerTraits<int16_t>("i16", abi::TypeKind::kI16, KindClass::kInteger),
    IntegerTraits<uint32_t>("u32", abi::TypeKind::kU32, KindClass::kInteger),
    IntegerTraits<int32_t>("i32", abi::TypeKind::kI32, KindClass::kInteger),
    IntegerTraits<uint64_t>("u64", abi::TypeKind::kU64, KindClass::kBigInteger),
    IntegerTraits<int64_t>("i64", abi::TypeKind::kI64, KindClass::kBigInteger),
    IntegerTraits<uint64_t>("usize", abi::TypeKind::kU64, KindClass::kBigInteger),
    IntegerTraits<int64_t>("isize", abi::TypeKind::kI64, KindClass::kBigInteger),
    {"i53", abi::TypeKind::kI64, KindClass::kSafeInteger, -kMaxSafeInteger, kMaxSafeInteger},
    {"u53", abi::TypeKind::kU64, KindClass::kSafeInteger, 0, kMaxSafeInteger},
    {"f32", abi::TypeKind::kF32, KindClass::kFloat},
    {"f64", abi::TypeKind::kF64, KindClass::kFloat},
    {"pointer", abi::TypeKind::kPointer, KindClass::kPointer},
    {"buffer", abi::TypeKind::kPointer, KindClass::kPointer},
    {"function", abi::TypeKind::kPointer, KindClass::kPointer},
    {"struct", abi::TypeKind::kStruct, KindClass::kStruct},
    {"i128", abi::TypeKind::kI128, KindClass::kWideInteger},
    {"u128", abi::TypeKind::kU128, KindClass::kWideInteger},
    {"f16", abi::TypeKind::kF16, KindClass::kFloat},
    {"long double", abi::TypeKind::kLongDouble, KindClass::kLongDouble},
    {"complex", abi::TypeKind::kComplex, KindClass::kComplex},
    {"vector", abi::TypeKind::kVector, KindClass::kVector},
}};
static_assert(kKinds.back().kind_class == KindClass::kVector);

// Names that are keys of an object instead.
constexpr bool IsKey(JsKind kind) {
  return kind == JsKind::kStruct || kind == JsKind::kComplex || kind == JsKind::kVector;
}

// The kind of an integer type of the compiler that this is built with.
template <typename Integer>
constexpr JsKind KindOf() {
  constexpr bool kSigned = std::is_signed_v<Integer>;
  switch (sizeof(Integer)) {
    case 1:
      return kSigned ? JsKind::kI8 : JsKind::kU8;
    case 2:
      return kSigned ? JsKind::kI16 : JsKind::kU16;
    case 4:
      return kSigned ? JsKind::kI32 : JsKind::kU32;
    default:
      return kSigned ? JsKind::kI64 : JsKind::kU64;
  }
}

constexpr std::pair<std::string_view, JsKind> kCNames[] = {
    {"char", KindOf<char>()},
    {"signed char", JsKind::kI8},
    {"unsigned char", JsKind::kU8},
    {"short", KindOf<short>()},
    {"unsigned short", KindOf<unsigned short>()},
    {"int", KindOf<int>()},
    {"unsigned int", KindOf<unsigned>()},
    {"unsigned", KindOf<unsigned>()},
    {"long", KindOf<long>()},
    {"unsigned long", KindOf<unsigned long>()},
    {"long long", KindOf<long long>()},
    {"unsigned long long", KindOf<unsigned long long>()},
    {"float", JsKind::kF32},
    {"double", JsKind::kF64},
    {"_Bool", JsKind::kBool},
    {"size_t", JsKind::kUsize},
    {"ssize_t", JsKind::kIsize},
    {"ptrdiff_t", JsKind::kIsize},
    {"intptr_t", JsKind::kIsize},
    {"uintptr_t", JsKind::kUsize},
    {"int8_t", JsKind::kI8},
    {"uint8_t", JsKind::kU8},
    {"int16_t", JsKind::kI16},
    {"uint16_t", JsKind::kU16},
    {"int32_t", JsKind::kI32},
    {"uint32_t", JsKind::kU32},
    {"int64_t", JsKind::kI64},
    {"uint64_t", JsKind::kU64},
    {"wchar_t", KindOf<wchar_t>()},
    {"char16_t", JsKind::kU16},
    {"char32_t", JsKind::kU32},
    {"time_t", KindOf<std::time_t>()},
    {"off_t", KindOf<off_t>()},
};
static_assert(sizeof(size_t) == sizeof(uint64_t));

}  // namespace

const KindTraits& TraitsOf(JsKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::optional<JsKind> KindNamed(std::string_view name) {
  for (size_t i = 0; i < kKinds.size(); ++i) {
    const auto kind = static_cast<JsKind>(i);
    if (kKinds[i].name == name && !IsKey(kind)) return kind;
  }
  for (const auto& [c_name, kind] : kCNames) {
    if (c_name == name) return kind;
  }
  return std::nullopt;
}

std::string_view NameOf(const JsType& type) {
  if (type.kind == JsKind::kStruct && type.type->kind() == abi::TypeKind::kUnion) return "union";
  return TraitsOf(type.kind).name;
}

}  // namespace springboard::glue
