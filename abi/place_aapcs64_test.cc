// Placement under the AArch64 rows: exhaustion, alignment, variadic calls, results and refusals.
//
// Pictures of single signatures are in the golden files; here is what holds for all of them, and
// the facts of the rows.

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

const Convention* const kRowsOfC[] = {&Aapcs64(), &AppleArm64(), &WinArm64()};

StatusOr<Placement> TryPlace(std::string_view text, const Convention& convention) {
  const StatusOr<Signature> signature = Signature::Parse(text);
  EXPECT_TRUE(signature.ok()) << text << ": " << signature.status().message();
  if (!signature.ok()) return signature.status();
  return Place(*signature, convention);
}

Placement Placed(std::string_view text, const Convention& convention) {
  StatusOr<Placement> placement = TryPlace(text, convention);
  EXPECT_TRUE(placement.ok()) << text << ": " << placement.status().message();
  return placement.ok() ? *placement : Placement();
}

std::string ErrorOf(std::string_view text, const Convention& convention) {
  const StatusOr<Placement> placement = TryPlace(text, convention);
  return placement.ok() ? "no error: " + placement->Text() : placement.status().message();
}

std::string Repeated(const std::string& type, uint32_t count) {
  std::string text;
  for (uint32_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + type;
  return text;
}

bool OnStack(const ValuePlacement& value) {
  return !value.pieces.empty() && value.pieces[0].place == PieceAt::kStack;
}

// A function that is given a value of `type` and returns one.
std::string InAndOut(const std::string& type) { return "(" + type + ")" + type; }

TEST(PlaceAapcs64, RegistersRunOutWhereTheyShould) {
  const struct {
    const char* type;
    uint32_t in_registers;  // of that type alone
    uint32_t stack_each;    // bytes of each further one
    uint32_t packed_each;   // the same on Apple's stack
  } table[] = {
      {"i8", 8, 8, 1},
      {"u16", 8, 8, 2},
      {"i32", 8, 8, 4},
      {"pointer", 8, 8, 8},
      {"f16", 8, 8, 2},
      {"f32", 8, 8, 4},
      {"f64", 8, 8, 8},
      {"i128", 4, 16, 16},
      {"vector(f32*2)", 8, 8, 8},
      {"vector(f32*4)", 8, 16, 16},
      {"{i8}", 8, 8, 8},
      {"{[i8*9]}", 4, 16, 16},
      {"{i64,i64}", 4, 16, 16},
      {"{i64,i64,i64}", 8, 8, 8},  // addresses
      {"{f32,f32}", 4, 8, 8},
      {"{f32,f32,f32}", 2, 16, 12},
      {"{[f64*4]}", 2, 32, 32},
      {"{[f32*5]}", 8, 8, 8},
      {"{f16,f16,f16}", 2, 8, 6},
      {"complex(f32)", 4, 8, 8},
      {"complex(f64)", 4, 16, 16},
      {"{vector(f32*4),vector(f32*4)}", 4, 32, 32},
      {"{f32,f64}", 4, 16, 16},
      {"{i64}align(16)", 4, 16, 16},
      {"<f64,[f32*2]>", 8, 8, 8},
  };
  for (const Convention* row : kRowsOfC) {
    for (const auto& entry : table) {
      for (const uint32_t extra : {0u, 1u, 5u}) {
        const std::string text = "(" + Repeated(entry.type, entry.in_registers + extra) + ")void";
        SCOPED_TRACE(std::string(row->name) + text);
        const Placement placement = Placed(text, *row);
        for (uint32_t i = 0; i < placement.parameters.size(); ++i) {
          EXPECT_EQ(OnStack(placement.parameters[i]), i >= entry.in_registers) << i;
        }
        const uint32_t each = row == &AppleArm64() ? entry.packed_each : entry.stack_each;
        EXPECT_EQ(placement.stack_bytes, (extra * each + 15) / 16 * 16);
      }
    }
  }
}

TEST(PlaceAapcs64, TheFilesRunOutIndependently) {
  for (const Convention* row : kRowsOfC) {
    const Placement placement = Placed(
        "(i64,i64,i64,i64,i64,i64,i64,{i64,i64},f64,i64,f64,f64,f64,f64,f64,f64,{f64,f64},f64,"
        "{i64,i64,i64})void",
        *row);
    for (const size_t on_stack : {7u, 9u, 16u, 17u, 18u}) {
      EXPECT_TRUE(OnStack(placement.parameters[on_stack])) << on_stack;
    }
    for (const size_t in_register : {8u, 10u, 15u}) {
      EXPECT_FALSE(OnStack(placement.parameters[in_register])) << in_register;
    }
    EXPECT_EQ(placement.parameters[18].how, How::kByReference);
  }
}

TEST(PlaceAapcs64, OneToFourElementsOfAKindAreHomogeneous) {
  const char* const elements[] = {"f16",        "f32",           "f64",
                                  "longdouble", "vector(i16*4)", "vector(f64*2)"};
  for (const Convention* row : kRowsOfC) {
    for (const char* element : elements) {
      for (uint32_t count = 1; count <= 5; ++count) {
        const std::string members = Repeated(element, count);
        const std::string array = "[" + std::string(element) + "*" + std::to_string(count) + "]";
        for (const std::string& type :
             {"{" + members + "}", "{" + array + "}", "{{" + members + "}}",
              "<" + array + "," + element + ">", "{" + members + "}packed(1)"}) {
          SCOPED_TRACE(std::string(row->name) + " " + type);
          const Placement placement = Placed(InAndOut(type), *row);
          for (const ValuePlacement* value : {&placement.parameters[0], &placement.result}) {
            const bool in_vectors =
                value->how == How::kDirect && value->pieces[0].file == RegisterFile::kVector;
            EXPECT_EQ(in_vectors, count <= 4);
            EXPECT_TRUE(!in_vectors || value->pieces.size() == count);
          }
        }
      }
    }
  }
}

TEST(PlaceAapcs64, LargeResultsHaveTheirAddressInX8) {
  for (const Convention* row : kRowsOfC) {
    const Placement placement = Placed("(i64){[i64*3]}", *row);
    EXPECT_EQ(placement.result.how, How::kByReference);
    EXPECT_EQ(placement.result.pieces[0].number, 8);
    EXPECT_EQ(placement.parameters[0].pieces[0].number, 0);
    EXPECT_FALSE(placement.result_address.has_value());
    EXPECT_EQ(Placed("(){[i8*16]}", *row).result.how, How::kDirect);
    EXPECT_EQ(Placed("(){[i8*17]}", *row).result.how, How::kByReference);
  }
}

TEST(PlaceAapcs64, WindowsReturnsClassesThroughTheFirstArgument) {
  for (const char* type : {"{i8}class", "{f64}class", "{[i64*9]}class", "{}class"}) {
    const std::string text = "(i64)" + std::string(type);
    const Placement placement = Placed(text, WinArm64());
    EXPECT_EQ(placement.result.how, How::kByReference) << type;
    EXPECT_EQ(placement.result.pieces[0].number, 0);
    ASSERT_TRUE(placement.result_address.has_value());
    EXPECT_EQ(placement.result_address->number, 0);
    EXPECT_EQ(placement.parameters[0].pieces[0].number, 1);
    for (const Convention* row : {&Aapcs64(), &AppleArm64()}) {
      EXPECT_EQ(Placed(text, *row).parameters[0].pieces[0].number, 0);
      EXPECT_FALSE(Placed(text, *row).result_address.has_value());
    }
  }
  EXPECT_EQ(Placed("(){{i64}class}", WinArm64()).result.how, How::kDirect);
}

TEST(PlaceAapcs64, OnlyAppleExtendsNarrowIntegers) {
  const std::string text = "(bool,i8,u8,i16,u16,i32,f32,{i8},u32,i8)i8";
  const Placement apple = Placed(text, AppleArm64());
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(apple.parameters[i].extend_bits, 32) << i;
  for (size_t i = 5; i < 9; ++i) EXPECT_EQ(apple.parameters[i].extend_bits, 0) << i;
  EXPECT_TRUE(OnStack(apple.parameters[9])) << "in one byte, which leaves no room";
  EXPECT_EQ(apple.parameters[9].extend_bits, 0);
  EXPECT_EQ(apple.result.extend_bits, 32);
  for (const Convention* row : {&Aapcs64(), &WinArm64()}) {
    for (const ValuePlacement& value : Placed(text, *row).parameters) {
      EXPECT_EQ(value.extend_bits, 0) << row->name;
    }
    EXPECT_EQ(Placed(text, *row).result.extend_bits, 0) << row->name;
  }
}

TEST(PlaceAapcs64, AppleSeparatesNamedFromUnnamed) {
  const Placement placement = Placed("(i32,...,i32,f64,{i64,i64,i64},i32)void", AppleArm64());
  EXPECT_FALSE(OnStack(placement.parameters[0]));
  for (uint32_t i = 1; i < 5; ++i) {
    ASSERT_TRUE(OnStack(placement.parameters[i]));
    EXPECT_EQ(placement.parameters[i].pieces[0].stack_offset, 8 * (i - 1));
  }
  EXPECT_FALSE(OnStack(Placed("(i32,i32,...)void", AppleArm64()).parameters[1]));
}

TEST(PlaceAapcs64, WindowsVariadicCallsUseNoVectorRegister) {
  const Placement placement =
      Placed("(f32,{f64,f64},...,vector(f32*4),complex(f32),f64,{i64,i64},f64)f64", WinArm64());
  for (const ValuePlacement& value : placement.parameters) {
    for (const Piece& piece : value.pieces) EXPECT_EQ(piece.file, RegisterFile::kGeneral);
  }
  EXPECT_EQ(placement.result.pieces[0].file, RegisterFile::kVector);
  // x7 has the first half, the stack the second, and the next argument follows.
  const Placement seven = Placed("(i64,...,f64,f64,f64,f64,f64,f64,{i64,i64},f64)void", WinArm64());
  const std::vector<Piece>& halves = seven.parameters[7].pieces;
  ASSERT_EQ(halves.size(), 2u);
  EXPECT_EQ(halves[0].number, 7);
  EXPECT_EQ(halves[1].stack_offset, 0u);
  EXPECT_EQ(halves[1].offset, 8u);
  EXPECT_EQ(seven.parameters[8].pieces[0].stack_offset, 8u);
}

TEST(PlaceAapcs64, V8PlacesItsScalarsAsLinuxDoes) {
  const std::string text = "(pointer,i32,bool,f32,f64,u64,i64,u32,pointer,bool,i32,f32,i32)f32";
  Placement v8 = Placed(text, V8Arm64());
  v8.convention = &Aapcs64();
  EXPECT_EQ(v8, Placed(text, Aapcs64()));
  EXPECT_EQ(ErrorOf("({i32})void", V8Arm64()), "parameter 0: V8's fast calls pass no {i32}");
}

TEST(PlaceAapcs64, RefusalsSayWhy) {
  EXPECT_EQ(ErrorOf("(i32,{[i8*65537]})void", Aapcs64()),
            "parameter 1: type [i8*65537] is larger than 65536 bytes");
  EXPECT_EQ(
      ErrorOf("(){bf16}", Aapcs64()),
      "result: compilers disagree on {bf16}, homogeneous in bf16: gcc 12 passes it in general "
      "registers");
  EXPECT_EQ(ErrorOf("(i32,...,bf16)void", AppleArm64()),
            "parameter 1: bf16 is variadic, where it travels as f64: declare that");
  EXPECT_EQ(ErrorOf("({},i32)void", WinArm64()),
            "parameter 0: compilers for Windows lay out {} differently: it has no members");
  EXPECT_EQ(Placed("({},i32)void", Aapcs64()).parameters[0].how, How::kNothing);
  EXPECT_EQ(Placed("({vector(f32*4)}packed(1))void", Aapcs64()).parameters[0].how, How::kDirect);
}

TEST(PlaceAapcs64, TheRowsSayWhatStubsMustKnow) {
  EXPECT_FALSE(Aapcs64().plain_char_is_signed);
  EXPECT_TRUE(AppleArm64().plain_char_is_signed);
  EXPECT_TRUE(WinArm64().plain_char_is_signed);
  EXPECT_EQ(Aapcs64().long_double_bytes, 16u);
  EXPECT_EQ(AppleArm64().long_double_bytes, 8u);
  EXPECT_EQ(WinArm64().long_double_bytes, 8u);
  for (const Convention* row : kRowsOfC) {
    EXPECT_EQ(row->volatile_general & (1u << 18), 0u) << "x18 is not ours";
    for (uint32_t n = 8; n < 16; ++n) EXPECT_EQ(row->volatile_vector & (1u << n), 0u) << n;
    for (uint32_t n = 19; n < 32; ++n) EXPECT_EQ(row->volatile_general & (1u << n), 0u) << n;
  }
}

}  // namespace
}  // namespace springboard::abi
