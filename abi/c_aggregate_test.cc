// Bit-fields and flexible arrays: where they are, and what such structs become. The sizes and
// places are gcc's and clang's (aarch64-linux-gnu-gcc's for AAPCS64).

#include "abi/c_aggregate.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "abi/layout.h"
#include "abi/placement.h"
#include "abi/signature.h"

namespace springboard::abi {
namespace {

// "i32:5" is a bit-field, "[u8]" a flexible array, anything else a type.
CMember Member(std::string_view text) {
  CMember member = {};
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    member.width = std::stoul(std::string(text.substr(colon + 1)));
    text = text.substr(0, colon);
  } else if (text.starts_with('[') && text.find('*') == std::string_view::npos) {
    member.is_flexible = true;
    text = text.substr(1, text.size() - 2);
  }
  member.type = *ParseType(text);
  return member;
}

std::vector<CMember> Members(const std::vector<std::string_view>& texts) {
  std::vector<CMember> members;
  members.reserve(texts.size());
  for (const std::string_view text : texts) members.push_back(Member(text));
  return members;
}

struct Expected {
  std::vector<std::string_view> members;
  uint64_t size;
  uint32_t align;
  std::vector<uint64_t> bits;  // of each member's beginning
  const char* type;
  AggregateOptions options = {};
};

void ExpectAggregate(const StatusOr<CAggregate>& made, const Expected& expected,
                     const Convention& convention) {
  ASSERT_TRUE(made.ok()) << expected.type << ": " << made.status().message();
  EXPECT_EQ(made->type->text(), expected.type);
  const StatusOr<Layout> layout = LayoutOf(made->type, convention);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->size, expected.size) << expected.type;
  EXPECT_EQ(layout->align, expected.align) << expected.type;
  std::vector<uint64_t> bits;
  for (const CPlace& place : made->places) bits.push_back(place.offset * 8 + place.bit);
  EXPECT_EQ(bits, expected.bits) << expected.type;
}

TEST(CAggregate, WithoutBitFieldsIsWhatTypesGive) {
  const StatusOr<CAggregate> made = CStruct(Members({"i8", "f64", "[u8*3]"}), {}, SysvX64());
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->type, *ParseType("{i8,f64,[u8*3]}"));
  EXPECT_EQ(made->places[2].offset, 16U);
  EXPECT_EQ(CUnion(Members({"i8", "f64"}), {.packed = 1}, SysvX64())->type,
            *ParseType("<i8,f64>packed(1)"));
}

TEST(CAggregate, BitFieldsOfSysv) {
  const Expected rows[] = {
      // One unit holds both; the third begins the next, and what follows comes right behind.
      {{"u32:3", "u32:17", "i32:20", "u8"},
       8,
       4,
       {0, 3, 32, 56},
       "{[u8*1],[u8*2],[u8*1],[u8*3],u8}align(4)"},
      // Begins in the byte that the member before leaves of the unit.
      {{"i8", "i32:8", "i16"}, 4, 4, {0, 8, 16}, "{i8,[u8*1],i16}align(4)"},
      // What is skipped stays SSE, so that the first eightbyte does.
      {{"f32", "u64:40"}, 16, 8, {0, 64}, "{f32,[f16*2],[u8*5]}align(8)"},
      {{"i32:20", "i64:50"}, 16, 8, {0, 64}, "{[u8*3],[u8*5],[u8*7]}align(8)"},
      {{"u8:1", "u8:0", "u8:1"}, 2, 1, {0, 8, 8}, "{[u8*1],[u8*1]}align(1)"},
      {{"u8:1", "u32:0"}, 4, 1, {0, 32}, "{[u8*1],[u8*3]}align(1)"},
      // As large and as aligned as an integer: one.
      {{"u64:32", "i32:16", "u8:8", "u8:3"},
       8,
       8,
       {0, 32, 48, 56},
       "{u32,u16,[u8*1],[u8*1]}align(8)"},
      {{"u64:32", "u32:2"}, 6, 2, {0, 32}, "{u32,[u8*1]}packed(2)align(2)", {.packed = 2}},
      {{"u8:1", "u32:32"}, 5, 1, {0, 1}, "{[u8*1],[u8*4]}packed(1)align(1)", {.packed = 1}},
      {{"u8:3", "u64:60", "i16:5", "i16"},
       11,
       1,
       {0, 3, 63, 72},
       "{[u8*1],[u8*7],[u8*1],i16}packed(1)align(1)",
       {.packed = 1}},
  };
  for (const Expected& row : rows) {
    ExpectAggregate(CStruct(Members(row.members), row.options, SysvX64()), row, SysvX64());
  }
}

TEST(CAggregate, UnnamedBitFieldsAlignOnArm) {
  const Expected row = {{"u8:1", "u32:0"}, 4, 4, {0, 32}, "{[u8*1],[u8*3]}align(4)"};
  ExpectAggregate(CStruct(Members(row.members), {}, Aapcs64()), row, Aapcs64());
}

TEST(CAggregate, Unions) {
  const Expected rows[] = {
      {{"u32:9", "f32", "u64:3"}, 8, 8, {0, 0, 0}, "<u16,f32,u8>align(8)"},
      {{"u64:20", "u64:40"}, 8, 8, {0, 0}, "<u32,u64>align(8)"},
      {{"u8:8", "u64:32", "u8:2"}, 4, 1, {0, 0, 0}, "<u8,u32,u8>packed(1)align(1)", {.packed = 1}},
      {{"u32:20", "u64:64"}, 8, 1, {0, 0}, "<[u8*3],u64>packed(1)align(1)unit(4)", {.packed = 1}},
      {{"u64:42", "u64:8"}, 6, 2, {0, 0}, "<[u8*6],u8>packed(2)align(2)unit(8)", {.packed = 2}},
  };
  for (const Expected& row : rows) {
    ExpectAggregate(CUnion(Members(row.members), row.options, SysvX64()), row, SysvX64());
  }
}

TEST(CAggregate, WhatHoldsAMisalignedBitFieldOfAUnionIsMemory) {
  struct Row {
    TypeKind before;
    std::vector<std::string_view> members;
    uint32_t packed;
    bool is_memory;
  };
  // As gcc has it: struct { char a; union { long b : 32; } __attribute__((packed)) b; }.
  const Row rows[] = {
      {TypeKind::kI8, {"u8:8", "u64:32"}, 1, true},
      {TypeKind::kI32, {"u8:8", "u64:32"}, 1, false},
      {TypeKind::kI32, {"u64:42", "u64:8"}, 2, true},
      {TypeKind::kI64, {"u64:42", "u64:8"}, 2, false},
      {TypeKind::kI16, {"u32:20"}, 1, true},
      {TypeKind::kI32, {"u32:20"}, 1, false},
  };
  for (const Row& row : rows) {
    const StatusOr<CAggregate> made =
        CUnion(Members(row.members), {.packed = row.packed}, SysvX64());
    ASSERT_TRUE(made.ok());
    const StatusOr<const Type*> outer = Type::Struct({Type::Scalar(row.before), made->type});
    ASSERT_TRUE(outer.ok());
    const std::string text((*outer)->text());
    std::string echo = "(";
    echo.append(text).append(")").append(text);
    const StatusOr<Signature> signature = Signature::Parse(echo);
    ASSERT_TRUE(signature.ok());
    const StatusOr<Placement> placement = Place(*signature, SysvX64());
    ASSERT_TRUE(placement.ok());
    EXPECT_EQ(placement->result.how == ValuePlacement::How::kByReference, row.is_memory) << text;
    EXPECT_EQ(placement->parameters[0].pieces[0].place == Piece::Place::kStack, row.is_memory)
        << text;
  }
}

TEST(CAggregate, WhatHoldsAMisalignedBitFieldThatIsAnIntegerIsMemory) {
  // struct __attribute__((packed)) { char a; struct { int a : 32; } b; }, and of 31 bits.
  for (const bool whole : {true, false}) {
    const StatusOr<CAggregate> made =
        CStruct(Members({whole ? "i32:32" : "i32:31"}), {}, SysvX64());
    ASSERT_TRUE(made.ok());
    const StatusOr<const Type*> outer =
        Type::Struct({Type::Scalar(TypeKind::kI8), made->type}, {.packed = 1});
    ASSERT_TRUE(outer.ok());
    const std::string text((*outer)->text());
    const StatusOr<Signature> signature = Signature::Parse("(" + text + ")void");
    ASSERT_TRUE(signature.ok());
    const StatusOr<Placement> placement = Place(*signature, SysvX64());
    ASSERT_TRUE(placement.ok());
    EXPECT_EQ(placement->parameters[0].pieces[0].place == Piece::Place::kStack, whole) << text;
  }
}

TEST(CAggregate, FlexibleArrays) {
  const Expected row = {{"u16", "[u64]"}, 8, 8, {0, 64}, "{u16,[f16*3]}align(8)"};
  ExpectAggregate(CStruct(Members(row.members), {}, SysvX64()), row, SysvX64());
  EXPECT_FALSE(CStruct(Members({"[u8]"}), {}, SysvX64()).ok());
  EXPECT_FALSE(CStruct(Members({"u8", "[u8]", "u8"}), {}, SysvX64()).ok());
  EXPECT_FALSE(CUnion(Members({"u8", "[u8]"}), {}, SysvX64()).ok());
}

TEST(CAggregate, UnionsHaveNoUnnamedBitFields) {
  EXPECT_FALSE(CUnion(Members({"f64", "i16:0"}), {}, SysvX64()).ok());
}

TEST(CAggregate, WhatIsNoBitField) {
  for (const std::string_view text : {"u8:9", "bool:2", "f32:1", "i128:5", "pointer:3", "{i8}:1"}) {
    const StatusOr<CAggregate> made = CStruct(Members({"i8", text}), {}, SysvX64());
    ASSERT_FALSE(made.ok()) << text;
    EXPECT_TRUE(made.status().message().starts_with("bit-field 1 ")) << made.status().message();
    EXPECT_FALSE(CUnion(Members({text}), {}, SysvX64()).ok()) << text;
  }
}

}  // namespace
}  // namespace springboard::abi
