// Placement under sysv_x64: exhaustion, counts and refusals.
//
// What each kind of value looks like is in the golden files; here are the counts that a printed
// example does not show.

#include <gtest/gtest.h>

#include <algorithm>

#include "abi/placement.h"

namespace springboard::abi {
namespace {

using How = ValuePlacement::How;
using PieceAt = Piece::Place;

Placement Placed(std::string_view text) {
  const StatusOr<Signature> signature = Signature::Parse(text);
  EXPECT_TRUE(signature.ok()) << text << ": " << signature.status().message();
  if (!signature.ok()) return {};
  const StatusOr<Placement> placement = Place(*signature, SysvX64());
  EXPECT_TRUE(placement.ok()) << text << ": " << placement.status().message();
  return placement.ok() ? *placement : Placement{};
}

std::string ErrorOf(std::string_view text) {
  const StatusOr<Signature> signature = Signature::Parse(text);
  if (!signature.ok()) return "does not parse: " + signature.status().message();
  const StatusOr<Placement> placement = Place(*signature, SysvX64());
  return placement.ok() ? "no error" : placement.status().message();
}

// `count` parameters of type `type`.
Placement PlacedMany(const std::string& type, uint32_t count) {
  std::string text = "(";
  for (uint32_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + type;
  return Placed(text + ")void");
}

uint32_t CountOnStack(const Placement& placement) {
  return static_cast<uint32_t>(std::count_if(
      placement.parameters.begin(), placement.parameters.end(), [](const ValuePlacement& value) {
        return !value.pieces.empty() && value.pieces[0].place == PieceAt::kStack;
      }));
}

TEST(PlaceSysv, RegistersRunOutWhereTheyShould) {
  const struct {
    const char* type;
    uint32_t in_registers;  // of that type alone
    uint32_t stack_each;    // bytes per further one
  } table[] = {
      {"i8", 6, 8},
      {"i64", 6, 8},
      {"pointer", 6, 8},
      {"f32", 8, 8},
      {"f64", 8, 8},
      {"i128", 3, 16},
      {"{i64,i64}", 3, 16},
      {"{[i8*9]}", 3, 16},
      {"{f64,f64}", 4, 16},
      {"{i64,f64}", 6, 16},
      {"complex(f32)", 8, 8},
      {"complex(f64)", 4, 16},
      {"{[i8*3]}", 6, 8},
      {"longdouble", 0, 16},
      {"{i64,i64,i64}", 0, 24},
      {"vector(f32*4)", 8, 16},
      {"{i8,i64}packed(1)", 0, 16},
  };
  for (const auto& row : table) {
    for (const uint32_t extra : {0u, 2u, 4u}) {
      const Placement placement = PlacedMany(row.type, row.in_registers + extra);
      EXPECT_EQ(CountOnStack(placement), extra) << row.type;
      EXPECT_EQ(placement.stack_bytes, (extra * row.stack_each + 15) / 16 * 16) << row.type;
    }
  }
}

TEST(PlaceSysv, TheFilesRunOutIndependently) {
  const Placement placement =
      Placed("(i64,i64,i64,i64,i64,i64,i64,f64,f64,f64,f64,f64,f64,f64,f64,f64,i64)f64");
  EXPECT_EQ(CountOnStack(placement), 3u);
  EXPECT_EQ(placement.parameters[6].pieces[0].stack_offset, 0u);
  EXPECT_EQ(placement.parameters[15].pieces[0].stack_offset, 8u);
  EXPECT_EQ(placement.parameters[16].pieces[0].stack_offset, 16u);
}

TEST(PlaceSysv, RegistersGivenBackAreUsedLater) {
  const Placement placement = Placed("(i64,i64,i64,i64,i64,i128,{i64,i64},f64,i32)void");
  EXPECT_EQ(placement.parameters[5].pieces[0].place, PieceAt::kStack);
  EXPECT_EQ(placement.parameters[6].pieces[0].place, PieceAt::kStack);
  EXPECT_EQ(placement.parameters[8].pieces[0].place, PieceAt::kRegister);
  EXPECT_EQ(placement.parameters[8].pieces[0].number, 9);  // r9
}

TEST(PlaceSysv, AResultInMemoryTakesTheFirstRegister) {
  const Placement placement = Placed("(i64){[i64*3]}");
  EXPECT_EQ(placement.result.how, How::kByReference);
  EXPECT_EQ(placement.result.pieces[0].number, 7);         // rdi
  EXPECT_EQ(placement.parameters[0].pieces[0].number, 6);  // rsi
  ASSERT_TRUE(placement.result_address.has_value());
  EXPECT_EQ(placement.result_address->number, 0);  // rax
  EXPECT_FALSE(Placed("(i64){[i64*2]}").result_address.has_value());
}

TEST(PlaceSysv, VectorCountIsGivenForVariadicCallsOnly) {
  EXPECT_FALSE(Placed("(f64)void").variadic_vector_count.has_value());
  EXPECT_EQ(Placed("(...)void").variadic_vector_count, 0);
  EXPECT_EQ(Placed("(i32,...,f64)void").variadic_vector_count, 1);
  EXPECT_EQ(Placed("(f64,...,{f64,f64})void").variadic_vector_count, 3);
  EXPECT_EQ(Placed("(i32,...,f64,f64,f64,f64,f64,f64,f64,f64,f64,f64)i32").variadic_vector_count,
            8);
}

TEST(PlaceSysv, NarrowIntegersAreExtendedByTheCaller) {
  const Placement placement = Placed("(bool,i8,u8,i16,u16,i32,f32,{i8},u32)i8");
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(placement.parameters[i].extend_bits, 32) << i;
  for (size_t i = 5; i < 9; ++i) EXPECT_EQ(placement.parameters[i].extend_bits, 0) << i;
  EXPECT_EQ(placement.result.extend_bits, 0);
}

TEST(PlaceSysv, RefusalsNameTheValue) {
  EXPECT_EQ(ErrorOf("(i32,{[i8*65537]})void"),
            "parameter 1: type [i8*65537] is larger than 65536 bytes");
  EXPECT_EQ(ErrorOf("(){[i8*65537]}"), "result: type [i8*65537] is larger than 65536 bytes");
  Signature signature;
  signature.parameters = {Type::Scalar(TypeKind::kVoid)};
  EXPECT_EQ(Place(signature, SysvX64()).status().message(), "parameter 0 is void");
}

TEST(PlaceSysv, BitFieldsAreNoTypes) {
  EXPECT_FALSE(Signature::Parse("({i32:32,f32})void").ok());
  EXPECT_FALSE(Signature::Parse("({:32,f32})void").ok());
}

TEST(PlaceSysv, TheLargestSignatureIsPlaced) {
  const Placement placement = PlacedMany("{[i64*8192]}", kMaxParameters);
  EXPECT_EQ(placement.stack_bytes, kMaxParameters * kMaxAggregateBytes / 16 * 16);
}

}  // namespace
}  // namespace springboard::abi
