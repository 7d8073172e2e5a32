// The table of conventions, and what holds for every signature placed under any row of it.
//
// What each kind of value looks like is in the golden files, counts are in place_<name>_test.cc.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/layout.h"
#include "abi/placement.h"

namespace springboard::abi {
namespace {

using How = ValuePlacement::How;
using PieceAt = Piece::Place;

TEST(Convention, TableRowsAreFoundByName) {
  for (const Convention* row : AllConventions()) {
    const StatusOr<const Convention*> found = ConventionNamed(row->name);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, row);
  }
  EXPECT_EQ(ConventionNamed("cdecl").status().message(),
            "unknown calling convention 'cdecl'; the known ones are: sysv_x64, win64, aapcs64, "
            "apple_arm64, win_arm64, v8_x64, v8_win64, v8_arm64");
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

TEST(Placement, EqualSignaturesHaveEqualPlacements) {
  const auto placed = [](std::string_view text, const Convention& convention) {
    return *Place(*Signature::Parse(text), convention);
  };
  for (const Convention* row : {&SysvX64(), &Win64(), &Aapcs64(), &AppleArm64(), &WinArm64()}) {
    EXPECT_EQ(placed("({f32,i64},...,f64){i64,f64}", *row),
              placed("( {f32,i64}, ..., f64 ) {i64,f64}", *row));
    EXPECT_NE(placed("(i32)void", *row), placed("(u32)void", *row));
  }
}

// Random types, by weight of what conventions have trouble with.
class RandomTypes {
 public:
  explicit RandomTypes(uint32_t seed) : random_(seed) {}

  const Type* Any() { return Below(3) == 0 ? Scalar() : Aggregate(0); }

  // A type that every row passes.
  const Type* Plain() {
    constexpr TypeKind kKinds[] = {TypeKind::kBool, TypeKind::kI32,    TypeKind::kU32,
                                   TypeKind::kI64,  TypeKind::kF32,    TypeKind::kF64,
                                   TypeKind::kU64,  TypeKind::kPointer};
    return Type::Scalar(kKinds[Below(std::size(kKinds))]);
  }

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
    const bool is_union = Below(4) == 0;
    options.is_class = !is_union && Below(6) == 0;
    return is_union ? *Type::Union(std::move(members), options)
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

// Everything that is expected of one placement.
class Checker {
 public:
  Checker(const Signature& signature, const Placement& placement)
      : signature_(signature), placement_(placement), row_(*placement.convention) {}

  void Check() {
    ASSERT_EQ(placement_.parameters.size(), signature_.parameters.size());
    for (const ValuePlacement& value : placement_.parameters) {
      ExpectPiecesCarryTheValue(value);
      ExpectExtension(value, row_.narrow.arguments);
    }
    ExpectPiecesCarryTheValue(placement_.result);
    ExpectExtension(placement_.result, row_.narrow.results);
    ExpectResultRegisters();
    ExpectArgumentRegisters();
    ExpectStack();
  }

 private:
  // A floating argument of such a call is in two registers at once.
  bool duplicates() const {
    return row_.variadic == VariadicRule::kDuplicated && signature_.variadic_from.has_value();
  }

  // Every scalar of the value is inside the pieces, and no piece leaves the value.
  void ExpectPiecesCarryTheValue(const ValuePlacement& value) const {
    if (value.how == How::kNothing) {
      EXPECT_TRUE(value.pieces.empty());
      return;
    }
    if (value.how == How::kByReference) {
      ASSERT_EQ(value.pieces.size(), 1u);
      EXPECT_EQ(value.pieces[0].size, 8u);
      return;
    }
    std::vector<Range> carried;
    for (const Piece& piece : value.pieces) {
      EXPECT_GT(piece.size, 0u);
      EXPECT_LE(piece.offset + piece.size, value.size);
      carried.push_back({piece.offset, piece.offset + piece.size});
    }
    EXPECT_TRUE(std::is_sorted(carried.begin(), carried.end()));
    if (!duplicates()) ExpectDisjoint(carried);
    const StatusOr<std::vector<Leaf>> leaves = Flatten(value.type, row_);
    ASSERT_TRUE(leaves.ok());
    for (const Leaf& leaf : *leaves) {
      const bool x87 = leaf.type->kind() == TypeKind::kLongDouble && row_.long_double_is_x87;
      const uint64_t size = x87 ? 10 : LayoutOf(leaf.type, row_)->size;
      for (uint64_t byte = leaf.offset; byte < leaf.offset + size; ++byte) {
        EXPECT_TRUE(std::any_of(
            carried.begin(), carried.end(),
            [byte](const Range& range) { return range.first <= byte && byte < range.second; }))
            << "byte " << byte;
      }
    }
  }

  // Narrow integers in registers are extended as the row says, and nothing else is.
  void ExpectExtension(const ValuePlacement& value, uint8_t bits) const {
    const bool narrow = value.type->is_integer() && value.size * 8 < bits;
    const bool packed = row_.packs_stack_arguments && !value.pieces.empty() &&
                        value.pieces[0].place == PieceAt::kStack;
    EXPECT_EQ(value.extend_bits, narrow && !packed ? bits : 0) << value.type->text();
  }

  static bool Contains(std::span<const uint8_t> registers, uint8_t number) {
    return std::find(registers.begin(), registers.end(), number) != registers.end();
  }

  void ExpectResultRegisters() const {
    const ValuePlacement& result = placement_.result;
    for (const Piece& piece : result.pieces) {
      ASSERT_EQ(piece.place, PieceAt::kRegister);
      if (result.how == How::kByReference) {
        EXPECT_TRUE(piece.number == row_.sret_register ||
                    piece.number == row_.general_arguments[0]);
        continue;
      }
      if (piece.file == RegisterFile::kX87) continue;
      const bool general = piece.file == RegisterFile::kGeneral;
      EXPECT_TRUE(Contains(general ? row_.general_results : row_.vector_results, piece.number));
    }
    if (placement_.result_address) {
      EXPECT_EQ(result.how, How::kByReference);
      EXPECT_EQ(placement_.result_address->number, row_.general_results[0]);
    }
  }

  // Arguments take the registers of each file in the row's order, and none twice.
  void ExpectArgumentRegisters() const {
    size_t next_general = 0;
    size_t next_vector = 0;
    const ValuePlacement& result = placement_.result;
    if (result.how == How::kByReference && result.pieces[0].number == row_.general_arguments[0]) {
      next_general = 1;
    }
    for (const ValuePlacement& value : placement_.parameters) {
      for (const Piece& piece : value.pieces) {
        if (piece.place == PieceAt::kStack) continue;
        const bool general = piece.file == RegisterFile::kGeneral;
        const auto registers = general ? row_.general_arguments : row_.vector_arguments;
        size_t& next = general ? next_general : next_vector;
        const auto found = std::find(
            registers.begin() + static_cast<std::ptrdiff_t>(std::min(next, registers.size())),
            registers.end(), piece.number);
        ASSERT_NE(found, registers.end()) << "a register used twice, out of order or not for this";
        next = static_cast<size_t>(found - registers.begin()) + 1;
      }
    }
  }

  // Arguments on the stack follow one another, aligned, above the home space and inside the area.
  void ExpectStack() const {
    const bool may_split =
        row_.variadic == VariadicRule::kGeneralOnly && signature_.variadic_from.has_value();
    uint64_t end = row_.home_bytes;
    for (const ValuePlacement& value : placement_.parameters) {
      for (const Piece& piece : value.pieces) {
        if (piece.place == PieceAt::kRegister) continue;
        EXPECT_TRUE(may_split || value.pieces.size() == 1) << "split between registers and stack";
        EXPECT_EQ(&piece, &value.pieces.back());
        const uint32_t slot = row_.packs_stack_arguments ? std::min(8u, value.align) : 8u;
        EXPECT_EQ(piece.stack_offset % slot, 0u);
        EXPECT_GE(piece.stack_offset, end);
        end = piece.stack_offset + piece.size;
      }
    }
    EXPECT_LE(end, std::max(placement_.stack_bytes, row_.home_bytes));
    EXPECT_EQ(placement_.stack_align % row_.stack_alignment, 0u);
    EXPECT_EQ(placement_.stack_bytes % placement_.stack_align, 0u);
  }

  const Signature& signature_;
  const Placement& placement_;
  const Convention& row_;
};

Signature RandomSignature(RandomTypes* random) {
  Signature signature;
  // Every other signature has the few types that V8 passes.
  const bool plain = random->Below(2) == 0;
  signature.result = plain ? random->Plain() : random->Any();
  signature.parameters.resize(random->Below(14));
  for (const Type*& parameter : signature.parameters) {
    parameter = plain ? random->Plain() : random->Any();
  }
  if (!plain && random->Below(4) == 0) {
    signature.variadic_from = random->Below(static_cast<uint32_t>(signature.parameters.size()) + 1);
  }
  return signature;
}

TEST(Placement, InvariantsHoldForRandomSignatures) {
  constexpr uint32_t kSeed = 20260101;
  constexpr int kSignatures = 3000;
  for (const Convention* row : AllConventions()) {
    RandomTypes random(kSeed);
    int placed = 0;
    for (int i = 0; i < kSignatures; ++i) {
      const Signature signature = RandomSignature(&random);
      if (!signature.Validate().ok()) continue;
      SCOPED_TRACE(std::string(row->name) + " " + signature.Text() + ", seed " +
                   std::to_string(kSeed));
      EXPECT_EQ(*Signature::Parse(signature.Text()), signature);
      const StatusOr<Placement> placement = Place(signature, *row);
      if (!placement.ok()) {
        EXPECT_NE(placement.status().message(), "");
        continue;
      }
      ++placed;
      Checker(signature, *placement).Check();
      if (HasFailure()) return;
    }
    EXPECT_GT(placed, kSignatures / 3) << row->name << " refuses too much";
  }
}

}  // namespace
}  // namespace springboard::abi
