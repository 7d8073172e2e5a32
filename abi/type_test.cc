// Types: interning, canonical text, limits.

#include "abi/type.h"

#include <gtest/gtest.h>

#include <thread>

namespace springboard::abi {
namespace {

const Type* const kI8 = Type::Scalar(TypeKind::kI8);
const Type* const kI32 = Type::Scalar(TypeKind::kI32);
const Type* const kF64 = Type::Scalar(TypeKind::kF64);
const Type* const kVoid = Type::Scalar(TypeKind::kVoid);

std::string MessageOf(const StatusOr<const Type*>& type) {
  return type.ok() ? "no error: " + (*type)->text() : type.status().message();
}

TEST(Type, ScalarsAreInterned) {
  for (int kind = 0; kind <= static_cast<int>(TypeKind::kPointer); ++kind) {
    const Type* type = Type::Scalar(static_cast<TypeKind>(kind));
    EXPECT_EQ(type->kind(), static_cast<TypeKind>(kind));
    EXPECT_EQ(type, Type::Scalar(static_cast<TypeKind>(kind)));
    EXPECT_FALSE(type->text().empty());
    EXPECT_FALSE(type->is_aggregate());
    EXPECT_TRUE(type->members().empty());
    EXPECT_EQ(type->count(), 0u);
    EXPECT_EQ(type->nesting(), 0u);
  }
}

TEST(Type, PredicatesFollowTheKind) {
  EXPECT_TRUE(kVoid->is_void());
  EXPECT_FALSE(kVoid->is_integer());
  for (const TypeKind kind :
       {TypeKind::kBool, TypeKind::kU8, TypeKind::kI128, TypeKind::kPointer}) {
    EXPECT_TRUE(Type::Scalar(kind)->is_integer());
    EXPECT_FALSE(Type::Scalar(kind)->is_floating());
  }
  for (const TypeKind kind :
       {TypeKind::kF16, TypeKind::kBf16, TypeKind::kF32, TypeKind::kF64, TypeKind::kLongDouble}) {
    EXPECT_TRUE(Type::Scalar(kind)->is_floating());
    EXPECT_FALSE(Type::Scalar(kind)->is_integer());
  }
  for (const TypeKind kind :
       {TypeKind::kI8, TypeKind::kI16, TypeKind::kI32, TypeKind::kI64, TypeKind::kI128}) {
    EXPECT_TRUE(Type::Scalar(kind)->is_signed());
  }
  for (const TypeKind kind : {TypeKind::kBool, TypeKind::kU8, TypeKind::kU16, TypeKind::kU32,
                              TypeKind::kU64, TypeKind::kU128, TypeKind::kPointer}) {
    EXPECT_FALSE(Type::Scalar(kind)->is_signed());
  }
}

TEST(Type, EqualAggregatesAreTheSamePointer) {
  const Type* array = *Type::Array(kI32, 4);
  const Type* one = *Type::Struct({kF64, array});
  EXPECT_EQ(one, *Type::Struct({kF64, *Type::Array(kI32, 4)}));
  EXPECT_EQ(one->text(), "{f64,[i32*4]}");
  EXPECT_EQ(one->nesting(), 2u);
  ASSERT_EQ(one->members().size(), 2u);
  EXPECT_EQ(one->members()[1], array);
  EXPECT_EQ(array->count(), 4u);
}

TEST(Type, DifferentTypesAreDifferentPointers) {
  const Type* plain = *Type::Struct({kI8, kI32});
  EXPECT_NE(plain, *Type::Struct({kI32, kI8}));
  EXPECT_NE(plain, *Type::Union({kI8, kI32}));
  EXPECT_NE(plain, *Type::Struct({kI8, kI32}, {.packed = 1}));
  EXPECT_NE(plain, *Type::Struct({kI8, kI32}, {.align = 4}));
  EXPECT_NE(plain, *Type::Struct({kI8, kI32}, {.is_class = true}));
  EXPECT_NE(*Type::Array(kI32, 4), *Type::Array(kI32, 5));
  EXPECT_NE(*Type::Array(kI32, 4), *Type::Vector(kI32, 4));
}

TEST(Type, TextIsTheNotation) {
  EXPECT_EQ((*Type::Struct({}))->text(), "{}");
  EXPECT_EQ((*Type::Union({kI8, kF64}, {.packed = 2, .align = 16}))->text(),
            "<i8,f64>packed(2)align(16)");
  EXPECT_EQ((*Type::Struct({kI8}, {.packed = 1, .align = 2, .is_class = true}))->text(),
            "{i8}packed(1)align(2)class");
  EXPECT_EQ((*Type::Complex(kF64))->text(), "complex(f64)");
  EXPECT_EQ((*Type::Vector(kI8, 16))->text(), "vector(i8*16)");
}

TEST(Type, InterningIsTheSameFromEveryThread) {
  std::vector<const Type*> made(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < made.size(); ++i) {
    threads.emplace_back([&made, i] {
      for (uint32_t n = 1; n < 200; ++n) made[i] = *Type::Struct({*Type::Array(kI8, n)});
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Type* type : made) EXPECT_EQ(type, made[0]);
}

TEST(Type, VoidIsNoMember) {
  EXPECT_EQ(MessageOf(Type::Struct({kI8, kVoid})), "member 1 of a struct is void");
  EXPECT_EQ(MessageOf(Type::Union({kVoid})), "member 0 of a union is void");
  EXPECT_EQ(MessageOf(Type::Array(kVoid, 3)), "an array's element is void");
}

TEST(Type, ClassesAreStructs) {
  const Type* type = *Type::Struct({kF64}, {.is_class = true});
  EXPECT_EQ(type->kind(), TypeKind::kStruct);
  EXPECT_TRUE(type->options().is_class);
  EXPECT_FALSE((*Type::Struct({type}))->options().is_class);
  EXPECT_EQ(MessageOf(Type::Union({kI8}, {.is_class = true})),
            "a union is a class: only structs are");
}

TEST(Type, ArraysHaveElements) {
  EXPECT_NE(MessageOf(Type::Array(kI8, 0)).find("no elements"), std::string::npos);
}

TEST(Type, AlignmentsArePowersOfTwo) {
  EXPECT_EQ(MessageOf(Type::Struct({kI8}, {.packed = 3})),
            "packed(3) is not a power of two up to 16");
  EXPECT_EQ(MessageOf(Type::Union({kI8}, {.packed = 32})),
            "packed(32) is not a power of two up to 16");
  EXPECT_EQ(MessageOf(Type::Struct({kI8}, {.align = 24})),
            "align(24) is not a power of two up to 4096");
  EXPECT_EQ(MessageOf(Type::Struct({kI8}, {.align = 8192})),
            "align(8192) is not a power of two up to 4096");
  EXPECT_TRUE(Type::Struct({kI8}, {.align = kMaxAlignment}).ok());
}

TEST(Type, ComplexIsOfFloatingTypes) {
  EXPECT_NE(MessageOf(Type::Complex(kI32)).find("floating"), std::string::npos);
  EXPECT_NE(MessageOf(Type::Complex(*Type::Struct({kF64}))).find("{f64}"), std::string::npos);
}

TEST(Type, VectorsAreEightOrSixteenBytes) {
  EXPECT_TRUE(Type::Vector(kF64, 2).ok());
  EXPECT_TRUE(Type::Vector(kI8, 8).ok());
  EXPECT_NE(MessageOf(Type::Vector(kI32, 3)).find("8 or 16"), std::string::npos);
  EXPECT_NE(MessageOf(Type::Vector(kF64, 4)).find("8 or 16"), std::string::npos);
  EXPECT_NE(MessageOf(Type::Vector(kF64, 1)).find("one element"), std::string::npos);
  EXPECT_NE(MessageOf(Type::Vector(Type::Scalar(TypeKind::kPointer), 2)).find("element"),
            std::string::npos);
  EXPECT_NE(MessageOf(Type::Vector(*Type::Struct({kI8}), 8)).find("element"), std::string::npos);
}

TEST(Type, NestingIsLimited) {
  const Type* type = kI8;
  for (uint32_t i = 0; i < kMaxNesting; ++i) {
    const StatusOr<const Type*> deeper = Type::Struct({type});
    ASSERT_TRUE(deeper.ok()) << i;
    type = *deeper;
  }
  EXPECT_EQ(type->nesting(), kMaxNesting);
  EXPECT_EQ(MessageOf(Type::Struct({type})), "a type is nested more than 64 levels deep");
  EXPECT_EQ(MessageOf(Type::Array(type, 1)), "a type is nested more than 64 levels deep");
}

TEST(Type, MembersAreLimited) {
  EXPECT_TRUE(Type::Struct(std::vector<const Type*>(kMaxMembers, kI8)).ok());
  EXPECT_EQ(MessageOf(Type::Struct(std::vector<const Type*>(kMaxMembers + 1, kI8))),
            "struct has 4097 members, more than 4096");
}

// Members are shared pointers, so each level may double the text of the one below.
TEST(Type, TextIsLimited) {
  const Type* type = *Type::Struct({});
  StatusOr<const Type*> next = type;
  for (uint32_t i = 0; i < kMaxNesting - 1 && next.ok(); ++i) {
    type = *next;
    next = Type::Struct({type, type});
  }
  EXPECT_EQ(MessageOf(next), "a type's description is longer than 65536 characters");
}

}  // namespace
}  // namespace springboard::abi
