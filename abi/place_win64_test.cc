// Placement under win64 and v8_win64: slots, sizes, variadic calls, classes and refusals.
//
// Pictures of single signatures are in the golden files; here is what holds for all of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "abi/placement.h"

namespace springboard::abi {
namespace {

using How = ValuePlacement::How;
using PieceAt = Piece::Place;

constexpr uint8_t kRax = 0, kRcx = 1, kRdx = 2;
constexpr uint8_t kSlotRegisters[] = {1, 2, 8, 9};  // rcx, rdx, r8, r9

StatusOr<Placement> TryPlace(std::string_view text, const Convention& convention = Win64()) {
  const StatusOr<Signature> signature = Signature::Parse(text);
  EXPECT_TRUE(signature.ok()) << text << ": " << signature.status().message();
  if (!signature.ok()) return signature.status();
  return Place(*signature, convention);
}

Placement Placed(std::string_view text) {
  StatusOr<Placement> placement = TryPlace(text);
  EXPECT_TRUE(placement.ok()) << text << ": " << placement.status().message();
  return placement.ok() ? *placement : Placement();
}

std::string ErrorOf(std::string_view text, const Convention& convention = Win64()) {
  const StatusOr<Placement> placement = TryPlace(text, convention);
  return placement.ok() ? "no error: " + placement->Text() : placement.status().message();
}

// `piece` is slot number `slot`: its general or vector register, or its place on the stack.
void ExpectInSlot(const Piece& piece, uint32_t slot) {
  if (slot >= std::size(kSlotRegisters)) {
    EXPECT_EQ(piece.place, PieceAt::kStack);
    EXPECT_EQ(piece.stack_offset, 8 * slot);
    return;
  }
  EXPECT_EQ(piece.place, PieceAt::kRegister);
  EXPECT_EQ(piece.number,
            piece.file == RegisterFile::kVector ? slot : uint32_t{kSlotRegisters[slot]});
}

const char* const kArguments[] = {
    "bool",       "i32",        "f32",           "f64",          "pointer",
    "i128",       "longdouble", "complex(f32)",  "complex(f64)", "vector(f32*4)",
    "{f64}",      "{[i8*3]}",   "{i64,i64,i64}", "<f32,i8>",     "{i64}align(32)",
    "{i64}class", "{}class"};

// A function that is given a value of `type` and a number, and returns such a value.
std::string InAndOut(const std::string& type) { return "(" + type + ",i64)" + type; }

TEST(PlaceWin64, EveryArgumentTakesTheSlotOfItsPosition) {
  for (const char* const type : kArguments) {
    for (uint32_t position = 0; position < 7; ++position) {
      for (const char* const other : {"i64", "f64", "{}", "i128"}) {
        std::string text = "(";
        for (uint32_t i = 0; i < position; ++i) text += std::string(other) + ",";
        text += std::string(type) + "," + other + ")void";
        SCOPED_TRACE(text);
        const Placement placement = Placed(text);
        ASSERT_EQ(placement.parameters[position].pieces.size(), 1u);
        ExpectInSlot(placement.parameters[position].pieces[0], position);
        if (std::string_view(other) == "{}") continue;
        ExpectInSlot(placement.parameters[position + 1].pieces[0], position + 1);
      }
    }
  }
}

TEST(PlaceWin64, StackBytesHoldTheHomeSpaceAndEverySlot) {
  std::string parameters;
  for (uint32_t count = 0; count <= kMaxParameters; ++count) {
    const uint32_t slots = std::max(count, 4u);
    const Placement placement = Placed("(" + parameters + ")void");
    EXPECT_EQ(placement.stack_bytes, (slots * 8 + 15) / 16 * 16) << count;
    EXPECT_EQ(placement.stack_align, 16u);
    parameters += count == 0 ? "{i64,i64}" : ",{i64,i64}";
  }
}

TEST(PlaceWin64, SizeDecidesHowAggregatesTravel) {
  for (uint32_t size = 1; size <= 40; ++size) {
    const std::string type = "{[i8*" + std::to_string(size) + "]}";
    const bool fits = size == 1 || size == 2 || size == 4 || size == 8;
    const Placement placement = Placed(InAndOut(type));
    const ValuePlacement& argument = placement.parameters[0];
    EXPECT_EQ(argument.how, fits ? How::kDirect : How::kByReference) << type;
    EXPECT_EQ(argument.pieces[0].number, fits ? kRcx : kRdx) << type;
    EXPECT_EQ(argument.pieces[0].size, fits ? size : 8) << type;
    EXPECT_EQ(argument.align, fits ? 1u : 16u) << type;
    EXPECT_EQ(placement.result.how, argument.how) << type;
    EXPECT_EQ(placement.result.pieces[0].number, fits ? kRax : kRcx) << type;
    EXPECT_EQ(placement.result.align, 1u) << type;
    ASSERT_EQ(placement.result_address.has_value(), !fits) << type;
    if (!fits) {
      EXPECT_EQ(placement.result_address->number, kRax) << type;
    }
  }
}

TEST(PlaceWin64, CopiesKeepAStricterAlignment) {
  const Placement placement = Placed("({i64}align(16),{i8}align(32),{i8}align(4096),i128)void");
  const uint32_t aligned[] = {16, 32, 4096, 16};
  for (size_t i = 0; i < std::size(aligned); ++i) {
    EXPECT_EQ(placement.parameters[i].how, How::kByReference) << i;
    EXPECT_EQ(placement.parameters[i].align, aligned[i]) << i;
  }
  EXPECT_EQ(placement.stack_align, 16u) << "only addresses are on the stack";
}

TEST(PlaceWin64, SixteenByteScalarsReturnInXmm0) {
  for (const char* const type : {"i128", "u128", "vector(f32*4)", "vector(i8*16)"}) {
    const ValuePlacement result = Placed(std::string("()") + type).result;
    ASSERT_EQ(result.how, How::kDirect) << type;
    EXPECT_EQ(result.pieces[0].file, RegisterFile::kVector) << type;
    EXPECT_EQ(result.pieces[0].number, 0) << type;
    EXPECT_EQ(result.pieces[0].size, 16u) << type;
    EXPECT_EQ(Placed("(){" + std::string(type) + "}").result.how, How::kByReference) << type;
  }
  EXPECT_EQ(Placed("()longdouble").result.how, How::kByReference);
}

TEST(PlaceWin64, NobodyExtendsNarrowIntegers) {
  const Placement placement = Placed("(bool,i8,u16,i16,u8)i8");
  for (const ValuePlacement& value : placement.parameters) EXPECT_EQ(value.extend_bits, 0);
  EXPECT_EQ(placement.result.extend_bits, 0);
}

TEST(PlaceWin64, VariadicCallsCarryFloatingArgumentsTwice) {
  const Placement placement = Placed("(f32,...,f64,i64,f64,f64)f64");
  for (const uint32_t i : {0u, 1u, 3u}) {
    const std::vector<Piece>& pieces = placement.parameters[i].pieces;
    ASSERT_EQ(pieces.size(), 2u) << i;
    EXPECT_EQ(pieces[0].file, RegisterFile::kVector) << "whoever gathers takes the first";
    EXPECT_EQ(pieces[1].file, RegisterFile::kGeneral);
    for (const Piece& piece : pieces) {
      ExpectInSlot(piece, i);
      EXPECT_EQ(piece.offset, 0u);
      EXPECT_EQ(piece.size, i == 0 ? 4u : 8u);
    }
  }
  EXPECT_EQ(placement.parameters[2].pieces.size(), 1u);
  EXPECT_EQ(placement.parameters[4].pieces.size(), 1u) << "on the stack";
  EXPECT_EQ(placement.result.pieces.size(), 1u);
  EXPECT_FALSE(placement.variadic_vector_count.has_value());
}

TEST(PlaceWin64, AggregatesAndCopiesOfVariadicCallsTravelOnce) {
  const Placement placement = Placed("(...,{f64},complex(f32),longdouble,vector(f64*2))void");
  for (const ValuePlacement& value : placement.parameters) {
    ASSERT_EQ(value.pieces.size(), 1u) << value.type->text();
    EXPECT_EQ(value.pieces[0].file, RegisterFile::kGeneral) << value.type->text();
  }
}

TEST(PlaceWin64, EmptyAggregatesTakeASlotAndCarryNothing) {
  const Placement placement = Placed("({},f64,<>align(16),i64)void");
  EXPECT_EQ(placement.parameters[0].how, How::kNothing);
  EXPECT_EQ(placement.parameters[2].how, How::kNothing);
  EXPECT_EQ(placement.parameters[1].pieces[0].number, 1);  // xmm1
  EXPECT_EQ(placement.parameters[3].pieces[0].number, 9);  // r9
}

TEST(PlaceWin64, ClassesReturnInMemoryAndTravelAsStructs) {
  for (const char* const type :
       {"{i64}class", "{f32}class", "{}class", "{{i64}class}", "{i32,[{i8}class*4]}",
        "<{i64}class,i32>", "{{{}class}}", "{i64,i64}class"}) {
    SCOPED_TRACE(type);
    const Placement placement = Placed(std::string("(i64)") + type);
    EXPECT_EQ(placement.result.how, How::kByReference);
    EXPECT_EQ(placement.result.pieces[0].number, kRcx);
    EXPECT_EQ(placement.parameters[0].pieces[0].number, kRdx);
  }
  EXPECT_EQ(Placed("({i64}class)void").parameters[0].how, How::kDirect);
  EXPECT_EQ(Placed("({i64,i64}class)void").parameters[0].how, How::kByReference);
  EXPECT_EQ(Placed("(){i64}").result.how, How::kDirect);
}

TEST(PlaceWin64, WhatCompilersDisagreeOnIsRefused) {
  EXPECT_EQ(ErrorOf("(i32,f16)void"),
            "parameter 1: compilers for Windows agree on no register for f16; a struct around it "
            "has one place");
  EXPECT_EQ(ErrorOf("()bf16"),
            "result: compilers for Windows agree on no register for bf16; a struct around it has "
            "one place");
  EXPECT_EQ(ErrorOf("(vector(f32*2))void"),
            "parameter 0: compilers for Windows disagree on vector(f32*2), a vector of 8 bytes; a "
            "struct around it has one place");
  EXPECT_EQ(ErrorOf("(){}"),
            "result: compilers for Windows disagree on how {}, which has no bytes, is returned");
  EXPECT_EQ(ErrorOf("({[i8*65537]})void"),
            "parameter 0: type [i8*65537] is larger than 65536 bytes");
  for (const char* const type : {"{f16}", "{vector(f32*2)}", "complex(f16)"}) {
    EXPECT_EQ(Placed(std::string("()") + type).result.pieces[0].number, kRax) << type;
  }
}

TEST(PlaceWin64, TheRowKeepsWhatWindowsCalleesPreserve) {
  const Convention& row = Win64();
  for (const uint8_t number : {3, 5, 6, 7, 12, 13, 14, 15}) {  // rbx rbp rsi rdi r12-r15
    EXPECT_EQ(row.volatile_general >> number & 1, 0u) << int{number};
  }
  for (int number = 0; number < 16; ++number) {
    EXPECT_EQ(row.volatile_vector >> number & 1, number < 6 ? 1u : 0u) << number;
  }
}

TEST(PlaceV8Win64, PlacesScalarsAsWin64AndRefusesTheRest) {
  constexpr std::string_view kText = "(pointer,i32,f64,u64,f32,bool)f64";
  Placement expected = Placed(kText);
  expected.convention = &V8Win64();
  EXPECT_EQ(*TryPlace(kText, V8Win64()), expected);
  EXPECT_EQ(ErrorOf("(pointer,i8)void", V8Win64()), "parameter 1: V8's fast calls pass no i8");
  EXPECT_EQ(ErrorOf("(pointer){i64}", V8Win64()), "result: V8's fast calls return no {i64}");
  EXPECT_EQ(ErrorOf("(pointer,...)void", V8Win64()), "V8's fast calls are not variadic");
}

}  // namespace
}  // namespace springboard::abi
