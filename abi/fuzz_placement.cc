// The checks of placements. See fuzz_placement.h.

#include "abi/fuzz_placement.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "abi/fuzz_layout.h"
#include "abi/fuzz_report.h"

namespace springboard::abi::fuzzing {
namespace {

using How = ValuePlacement::How;
using Register = std::pair<RegisterFile, uint8_t>;

constexpr uint64_t kX87Bytes = 10;
constexpr size_t kLeaves = 65536;

bool IsFloating(const Type* type) {
  return type->is_floating() || type->kind() == TypeKind::kVector;
}

// Whether a piece is a register of one of the two lists.
bool IsAmong(const Piece& piece, std::span<const uint8_t> general,
             std::span<const uint8_t> vector) {
  if (piece.place != Piece::Place::kRegister) return false;
  if (piece.file == RegisterFile::kX87) return false;
  const auto& list = piece.file == RegisterFile::kGeneral ? general : vector;
  return std::find(list.begin(), list.end(), piece.number) != list.end();
}

class Checker {
 public:
  Checker(const Placement& placement, const std::string& where)
      : placement_(placement), convention_(*placement.convention), where_(where) {}

  void Argument(const Type* type, const ValuePlacement& value) {
    Value(type, value);
    for (const Piece& piece : value.pieces) {
      if (piece.place == Piece::Place::kStack) {
        OnStack(piece, value);
        continue;
      }
      Expect(IsAmong(piece, convention_.general_arguments, convention_.vector_arguments),
             "an argument's register is none of the convention's");
      Take(piece);
    }
    if (value.extend_bits != 0) {
      Expect(type->is_integer() && value.size * 8 < value.extend_bits, "a value is not extended");
    }
  }

  void Result(const Type* type, const ValuePlacement& value) {
    if (type->is_void()) return Expect(value.how == How::kNothing, "void travels");
    Value(type, value);
    std::set<Register> used;
    for (const Piece& piece : value.pieces) {
      const bool is_x87 = piece.file == RegisterFile::kX87 && convention_.long_double_is_x87 &&
                          piece.number < 2 && piece.size == kX87Bytes;
      if (value.how == How::kByReference) {
        Expect(piece.number == convention_.sret_register ||
                   piece.number == convention_.general_arguments[0],
               "the result's address is in no register for it");
        if (IsAmong(piece, convention_.general_arguments, {})) Take(piece);
      } else {
        Expect(is_x87 || IsAmong(piece, convention_.general_results, convention_.vector_results),
               "a result's register is none of the convention's");
      }
      Expect(used.insert({piece.file, piece.number}).second, "a result's register is used twice");
    }
  }

  void Whole() {
    Expect(placement_.stack_align >= convention_.stack_alignment, "the stack is not aligned");
    Expect(placement_.stack_bytes % placement_.stack_align == 0, "the stack area is no multiple");
    Expect(placement_.stack_bytes >= convention_.home_bytes, "there is no home space");
    uint32_t end = convention_.home_bytes;
    std::sort(stack_.begin(), stack_.end());
    for (const auto& [offset, size] : stack_) {
      Expect(offset >= end, "stack slots overlap");
      end = offset + size;
    }
    Expect(end <= placement_.stack_bytes, "a stack slot is outside of the area");
    if (!placement_.variadic_vector_count) return;
    const auto vectors =
        static_cast<size_t>(std::count_if(used_.begin(), used_.end(), [](const Register& one) {
          return one.first == RegisterFile::kVector;
        }));
    Expect(*placement_.variadic_vector_count >= vectors &&
               *placement_.variadic_vector_count <= convention_.vector_arguments.size(),
           "the bound on vector registers is none");
  }

 private:
  void Expect(bool holds, const char* what) const { Require(holds, what, where_); }

  void Take(const Piece& piece) {
    Expect(used_.insert({piece.file, piece.number}).second, "a register is used twice");
  }

  void OnStack(const Piece& piece, const ValuePlacement& value) {
    const uint32_t align =
        value.how == How::kByReference ? 8 : std::min<uint32_t>(value.align, piece.size);
    uint32_t least = convention_.packs_stack_arguments ? 1 : 8;
    if (!value.type->is_aggregate()) least = std::max(least, std::min<uint32_t>(align, 8));
    Expect(piece.stack_offset % least == 0, "a stack slot is not aligned");
    stack_.emplace_back(piece.stack_offset, piece.size);
  }

  void Value(const Type* type, const ValuePlacement& value) const {
    const auto layout = LayoutByHand(type, convention_);
    Expect(layout.has_value(), "what has no layout was placed");
    Expect(value.type == type && value.size == layout->bytes, "a value has another size");
    // What is on the stack as a whole has all its leaves there, and may have very many.
    const bool is_whole = value.pieces.size() == 1 &&
                          value.pieces[0].place == Piece::Place::kStack &&
                          value.pieces[0].offset == 0 && value.pieces[0].size == value.size;
    std::vector<PlainLeaf> leaves;
    if (value.how != How::kByReference && !is_whole) {
      LeavesByHand(type, 0, convention_, kLeaves, &leaves);
    }
    switch (value.how) {
      case How::kNothing:
        Expect(leaves.empty() && value.pieces.empty(), "a value with bytes travels nowhere");
        break;
      case How::kByReference:
        Expect(value.align % layout->align == 0, "a copy is aligned less than its type");
        Expect(value.pieces.size() == 1 && value.pieces[0].size == 8 &&
                   value.pieces[0].file == RegisterFile::kGeneral,
               "a reference is no address");
        break;
      case How::kDirect:
        Expect(value.align == layout->align, "a value is aligned otherwise than its type");
        Direct(value, leaves);
    }
  }

  // Every byte of every leaf travels once, and no other leaf's register has a part of it.
  void Direct(const ValuePlacement& value, const std::vector<PlainLeaf>& leaves) const {
    std::vector<uint8_t> times(value.size, 0);
    for (size_t i = 0; i < value.pieces.size(); ++i) {
      const Piece& piece = value.pieces[i];
      Expect(piece.size > 0 && piece.offset + piece.size <= value.size, "a piece is outside");
      if (IsDuplicate(value, i)) continue;
      for (uint32_t byte = 0; byte < piece.size; ++byte) ++times[piece.offset + byte];
    }
    for (const uint8_t count : times) Expect(count <= 1, "a byte travels twice");
    for (const PlainLeaf& leaf : leaves) {
      const bool is_x87 =
          leaf.type->kind() == TypeKind::kLongDouble && convention_.long_double_is_x87;
      const uint64_t bytes = is_x87 ? kX87Bytes : leaf.bytes;
      for (uint64_t byte = 0; byte < bytes; ++byte) {
        Expect(times[leaf.offset + byte] == 1, "a scalar's byte does not travel");
      }
      Carrier(value, leaf);
    }
  }

  // A variadic floating argument of Win64 has a second piece, a general register.
  bool IsDuplicate(const ValuePlacement& value, size_t index) const {
    return index == 1 && convention_.variadic == VariadicRule::kDuplicated &&
           value.pieces.size() == 2 && value.pieces[0].file == RegisterFile::kVector &&
           value.pieces[1].file == RegisterFile::kGeneral &&
           value.pieces[0].offset == value.pieces[1].offset &&
           value.pieces[0].size == value.pieces[1].size;
  }

  // An aligned scalar of up to 8 bytes is in one piece, and an integer's register is general.
  void Carrier(const ValuePlacement& value, const PlainLeaf& leaf) const {
    if (leaf.bytes > 8 || leaf.offset % leaf.align != 0) return;
    const auto piece =
        std::find_if(value.pieces.begin(), value.pieces.end(), [&](const Piece& one) {
          return one.offset <= leaf.offset && leaf.offset < one.offset + one.size;
        });
    Expect(leaf.offset + leaf.bytes <= piece->offset + piece->size, "a scalar is torn apart");
    if (piece->place == Piece::Place::kStack || IsFloating(leaf.type)) return;
    Expect(piece->file == RegisterFile::kGeneral, "an integer is in a vector register");
  }

  const Placement& placement_;
  const Convention& convention_;
  const std::string& where_;
  std::set<Register> used_;                           // by arguments
  std::vector<std::pair<uint32_t, uint32_t>> stack_;  // offset, size
};

bool HasClassOrUnit(const Type* type) {
  if (type->options().is_class || type->options().unit != 0) return true;
  return std::any_of(type->members().begin(), type->members().end(), HasClassOrUnit);
}

// psABI 3.2.3 told once more, by leaves: what each eightbyte asks for.
enum class Wants { kNothing, kGeneral, kVector };
struct Eightbytes {
  bool is_memory = false;
  std::array<Wants, 2> wants = {Wants::kNothing, Wants::kNothing};
};

// Absent for types whose rules are of another kind: vectors, long double, classes, unions
// with a unit.
std::optional<Eightbytes> EightbytesOf(const Type* type, const Convention& convention) {
  if (HasClassOrUnit(type)) return std::nullopt;
  Eightbytes result;
  result.is_memory = LayoutByHand(type, convention)->bytes > 16;
  if (result.is_memory) return result;
  std::vector<PlainLeaf> leaves;
  LeavesByHand(type, 0, convention, kLeaves, &leaves);
  for (const PlainLeaf& leaf : leaves) {
    if (leaf.type->kind() == TypeKind::kVector || leaf.type->kind() == TypeKind::kLongDouble) {
      return std::nullopt;
    }
    if (leaf.offset % leaf.align != 0) result.is_memory = true;
    if (result.is_memory) continue;
    for (uint64_t byte = leaf.offset; byte < leaf.offset + leaf.bytes; byte += 8) {
      Wants& wants = result.wants[byte / 8];
      if (wants != Wants::kGeneral)
        wants = IsFloating(leaf.type) ? Wants::kVector : Wants::kGeneral;
    }
  }
  return result;
}

// How many registers of a file the values before took.
size_t Taken(const Placement& placement, size_t before, RegisterFile file) {
  size_t count = 0;
  const auto add = [&](const ValuePlacement& value) {
    for (const Piece& piece : value.pieces) {
      count += piece.place == Piece::Place::kRegister && piece.file == file ? 1 : 0;
    }
  };
  if (placement.result.how == How::kByReference) add(placement.result);
  for (size_t i = 0; i < before; ++i) add(placement.parameters[i]);
  return count;
}

}  // namespace

void CheckPlacement(const Signature& signature, const Placement& placement,
                    const std::string& where) {
  Require(placement.parameters.size() == signature.parameters.size(), "values are missing", where);
  Checker checker(placement, where);
  checker.Result(signature.result, placement.result);
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    checker.Argument(signature.parameters[i], placement.parameters[i]);
  }
  checker.Whole();
}

void CheckWin64(const Signature& signature, const Placement& placement, const std::string& where) {
  const Convention& convention = *placement.convention;
  size_t slot = placement.result.how == How::kByReference ? 1 : 0;
  for (size_t i = 0; i < signature.parameters.size(); ++i, ++slot) {
    for (const Piece& piece : placement.parameters[i].pieces) {
      if (slot >= 4) {
        Require(piece.place == Piece::Place::kStack && piece.stack_offset == slot * 8,
                "an argument is not in its slot", where);
        continue;
      }
      const auto& list = piece.file == RegisterFile::kGeneral ? convention.general_arguments
                                                              : convention.vector_arguments;
      Require(piece.place == Piece::Place::kRegister && piece.number == list[slot],
              "an argument is not in its position's register", where);
    }
  }
}

void CheckSysv(const Signature& signature, const Placement& placement, const std::string& where) {
  const Convention& convention = *placement.convention;
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    const ValuePlacement& value = placement.parameters[i];
    const std::optional<Eightbytes> eightbytes = EightbytesOf(signature.parameters[i], convention);
    if (!eightbytes || value.how == How::kNothing) continue;
    size_t general = Taken(placement, i, RegisterFile::kGeneral);
    size_t vector = Taken(placement, i, RegisterFile::kVector);
    std::vector<std::tuple<RegisterFile, uint8_t, uint32_t>> expected;
    bool fits = !eightbytes->is_memory;
    for (uint32_t at = 0; at < 2 && fits; ++at) {
      const Wants wants = eightbytes->wants[at];
      if (wants == Wants::kNothing) continue;
      const bool is_general = wants == Wants::kGeneral;
      const auto& list = is_general ? convention.general_arguments : convention.vector_arguments;
      size_t& next = is_general ? general : vector;
      fits = next < list.size();
      if (!fits) break;
      expected.emplace_back(is_general ? RegisterFile::kGeneral : RegisterFile::kVector,
                            list[next++], at * 8);
    }
    if (!fits) {
      Require(value.pieces.size() == 1 && value.pieces[0].place == Piece::Place::kStack,
              "an argument is not on the stack", where);
      continue;
    }
    Require(value.pieces.size() == expected.size(), "an argument has other pieces", where);
    for (size_t piece = 0; piece < expected.size(); ++piece) {
      const Piece& found = value.pieces[piece];
      Require(found.place == Piece::Place::kRegister &&
                  std::tuple(found.file, found.number, found.offset) == expected[piece],
              "an argument is not in the next register", where);
    }
  }
}

}  // namespace springboard::abi::fuzzing
