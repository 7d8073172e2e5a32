// Placement under sysv_x64: exhaustion, limits, and what holds for every signature.
//
// What each kind of value looks like is in the golden files; here are the counts and properties
// that a printed example does not show.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "abi/layout.h"
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

TEST(Convention, TableRowsAreFoundByName) {
  for (const Convention* row : AllConventions()) {
    const StatusOr<const Convention*> found = ConventionNamed(row->name);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, row);
  }
  EXPECT_EQ(ConventionNamed("cdecl").status().message(),
            "unknown calling convention 'cdecl'; the known ones are: sysv_x64");
}

TEST(Convention, RowsAgreeWithThemselves) {
  for (const Convention* row : AllConventions()) {
    for (const uint8_t number : row->general_arguments) {
      EXPECT_NE(row->volatile_general & (1u << number), 0u) << row->name;
    }
    for (const uint8_t number : row->general_results) {
      EXPECT_NE(row->volatile_general & (1u << number), 0u) << row->name;
    }
    for (const uint8_t number : row->vector_arguments) {
      EXPECT_NE(row->volatile_vector & (1u << number), 0u) << row->name;
    }
    if (row->sret_takes_argument) {
      EXPECT_EQ(row->sret_register, row->general_arguments[0]) << row->name;
    }
  }
}

TEST(Convention, RegistersHaveTheirNames) {
  EXPECT_EQ(RegisterName(Architecture::kX64, RegisterFile::kGeneral, 7), "rdi");
  EXPECT_EQ(RegisterName(Architecture::kX64, RegisterFile::kGeneral, 15), "r15");
  EXPECT_EQ(RegisterName(Architecture::kX64, RegisterFile::kVector, 3), "xmm3");
  EXPECT_EQ(RegisterName(Architecture::kX64, RegisterFile::kX87, 1), "st1");
  EXPECT_EQ(RegisterName(Architecture::kA64, RegisterFile::kGeneral, 0), "x0");
  EXPECT_EQ(RegisterName(Architecture::kA64, RegisterFile::kVector, 31), "v31");
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

TEST(PlaceSysv, TheLargestSignatureIsPlaced) {
  const Placement placement = PlacedMany("{[i64*8192]}", kMaxParameters);
  EXPECT_EQ(placement.stack_bytes, kMaxParameters * kMaxAggregateBytes / 16 * 16);
}

TEST(Placement, EqualSignaturesHaveEqualPlacements) {
  EXPECT_EQ(Placed("({f32,i64},...,f64){i64,f64}"), Placed("( {f32,i64}, ..., f64 ) {i64,f64}"));
  EXPECT_NE(Placed("(i32)void"), Placed("(u32)void"));
}

// Random types, by weight of what conventions have trouble with.
class RandomTypes {
 public:
  explicit RandomTypes(uint32_t seed) : random_(seed) {}

  const Type* Any() { return Below(3) == 0 ? Scalar() : Aggregate(0); }

  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

 private:
  const Type* Scalar() {
    constexpr uint32_t kFirst = static_cast<uint32_t>(TypeKind::kBool);
    constexpr uint32_t kLast = static_cast<uint32_t>(TypeKind::kPointer);
    return Type::Scalar(static_cast<TypeKind>(kFirst + Below(kLast - kFirst + 1)));
  }

  const Type* Aggregate(uint32_t depth) {
    std::vector<const Type*> members(Below(4));
    for (const Type*& member : members) {
      const uint32_t choice = Below(8);
      if (choice == 0 && depth < 3) {
        member = Aggregate(depth + 1);
      } else if (choice == 1) {
        member = *Type::Array(Scalar(), 1 + Below(4));
      } else if (choice == 2) {
        member = *Type::Complex(Type::Scalar(TypeKind::kF32));
      } else if (choice == 3) {
        member = *Type::Vector(Type::Scalar(TypeKind::kI16), Below(2) == 0 ? 4 : 8);
      } else {
        member = Scalar();
      }
    }
    AggregateOptions options;
    if (Below(4) == 0) options.packed = 1u << Below(4);
    if (Below(6) == 0) options.align = 1u << Below(7);
    return Below(4) == 0 ? *Type::Union(std::move(members), options)
                         : *Type::Struct(std::move(members), options);
  }

  std::mt19937 random_;
};

// A range of bytes, of the stack or of a value.
using Range = std::pair<uint64_t, uint64_t>;

void ExpectDisjoint(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end());
  for (size_t i = 1; i < ranges.size(); ++i) EXPECT_LE(ranges[i - 1].second, ranges[i].first);
}

// Every scalar of the value is inside one piece, and no piece leaves the value.
void ExpectPiecesCarryTheValue(const ValuePlacement& value) {
  if (value.how != How::kDirect) return;
  std::vector<Range> carried;
  for (const Piece& piece : value.pieces) {
    EXPECT_GT(piece.size, 0u);
    EXPECT_LE(piece.offset + piece.size, value.size);
    carried.push_back({piece.offset, piece.offset + piece.size});
  }
  ExpectDisjoint(carried);
  const StatusOr<std::vector<Leaf>> leaves = Flatten(value.type, SysvX64());
  ASSERT_TRUE(leaves.ok());
  for (const Leaf& leaf : *leaves) {
    const uint64_t size =
        leaf.type->kind() == TypeKind::kLongDouble ? 10 : LayoutOf(leaf.type, SysvX64())->size;
    for (uint64_t byte = leaf.offset; byte < leaf.offset + size; ++byte) {
      EXPECT_TRUE(std::any_of(
          carried.begin(), carried.end(),
          [byte](const Range& range) { return range.first <= byte && byte < range.second; }))
          << "byte " << byte;
    }
  }
}

void ExpectNothingOverlaps(const Placement& placement) {
  std::set<std::pair<RegisterFile, uint8_t>> registers;
  std::vector<Range> stack;
  if (placement.result.how == How::kByReference) {
    registers.insert({RegisterFile::kGeneral, placement.result.pieces[0].number});
  }
  for (const ValuePlacement& value : placement.parameters) {
    for (const Piece& piece : value.pieces) {
      if (piece.place == PieceAt::kRegister) {
        EXPECT_TRUE(registers.insert({piece.file, piece.number}).second) << "used twice";
        continue;
      }
      EXPECT_EQ(value.pieces.size(), 1u) << "split between registers and stack";
      EXPECT_EQ(piece.stack_offset % std::max(8u, value.align), 0u);
      EXPECT_EQ(placement.stack_align % std::max(8u, value.align), 0u);
      stack.push_back({piece.stack_offset, piece.stack_offset + piece.size});
      EXPECT_LE(stack.back().second, placement.stack_bytes);
    }
  }
  ExpectDisjoint(stack);
  EXPECT_EQ(placement.stack_align % SysvX64().stack_alignment, 0u);
  EXPECT_EQ(placement.stack_bytes % placement.stack_align, 0u);
}

TEST(PlaceSysv, InvariantsHoldForRandomSignatures) {
  constexpr uint32_t kSeed = 20260101;
  RandomTypes random(kSeed);
  for (int i = 0; i < 4000; ++i) {
    Signature signature;
    signature.result = random.Any();
    signature.parameters.resize(random.Below(12));
    for (const Type*& parameter : signature.parameters) parameter = random.Any();
    SCOPED_TRACE(signature.Text() + ", seed " + std::to_string(kSeed));
    const StatusOr<Placement> placement = Place(signature, SysvX64());
    ASSERT_TRUE(placement.ok()) << placement.status().message();
    EXPECT_EQ(*Signature::Parse(signature.Text()), signature);
    ASSERT_EQ(placement->parameters.size(), signature.parameters.size());
    ExpectPiecesCarryTheValue(placement->result);
    for (const ValuePlacement& value : placement->parameters) ExpectPiecesCarryTheValue(value);
    ExpectNothingOverlaps(*placement);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace springboard::abi
