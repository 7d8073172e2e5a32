// Spreading and gathering of values. See value_moves.h.

#include "ffi_jit/value_moves.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace springboard::jit {

using abi::Piece;
using abi::TypeKind;
using abi::ValuePlacement;

namespace {

bool IsSlotInteger(const ValuePlacement& value) {
  return value.type->is_integer() && value.size <= 8;
}

}  // namespace

bool FitsSlot(const ValuePlacement& value) {
  return !value.type->is_aggregate() && value.size <= 8;
}

Conversion ExtensionOf(const abi::Type* type) {
  assert(type->is_integer());
  return type->is_signed() ? Conversion::kSignExtend : Conversion::kZeroExtend;
}

uint32_t ProducedBytes(const ValuePlacement& value, const Piece& piece) {
  const uint32_t least = piece.place == Piece::Place::kRegister ? 4 : piece.size;
  return std::max<uint32_t>({least, value.size, value.extend_bits / 8u});
}

Location PieceLocation(const Piece& piece, Location::Kind stack) {
  if (piece.place == Piece::Place::kRegister) return Location::Register(piece.file, piece.number);
  return {.kind = stack, .offset = piece.stack_offset};
}

std::span<const Piece> DistinctPieces(const ValuePlacement& value) {
  const std::span<const Piece> pieces = value.pieces;
  const bool twice = pieces.size() == 2 && pieces[0].offset == pieces[1].offset;
  return twice ? pieces.first(1) : pieces;
}

void SpreadValue(const Location& memory, const ValuePlacement& value, Location::Kind stack,
                 std::vector<Move>& moves) {
  assert(value.how == ValuePlacement::How::kDirect);
  const auto first = static_cast<std::ptrdiff_t>(moves.size());
  for (const Piece& piece : value.pieces) {
    const Location to = PieceLocation(piece, stack);
    const uint32_t width = ProducedBytes(value, piece);
    if (IsSlotInteger(value) && value.size < width) {
      moves.push_back(Move::Convert(to, memory, ExtensionOf(value.type), value.size, width));
    } else {
      moves.push_back(Move::Copy(to, memory.Plus(piece.offset), piece.size));
    }
  }
  // The x87 stack is loaded from its deepest register up.
  std::stable_partition(moves.begin() + first, moves.end(), [](const Move& move) {
    return move.destination.file != abi::RegisterFile::kX87 || move.destination.number != 0;
  });
}

void PassCopy(const Location& memory, const ValuePlacement& value, Frame& frame,
              std::vector<Move>& moves) {
  assert(value.how == ValuePlacement::How::kByReference && value.pieces.size() == 1);
  const Location copy = frame.AddMemory(value.size, value.align);
  moves.push_back(Move::Copy(copy, memory, value.size));
  moves.push_back(Move::Address(PieceLocation(value.pieces[0], Location::Kind::kOutgoing), copy));
}

void GatherValue(const Location& memory, const ValuePlacement& value, Location::Kind stack,
                 std::vector<Move>& moves) {
  assert(value.how == ValuePlacement::How::kDirect);
  if (IsSlotInteger(value)) {
    assert(!value.pieces.empty());
    const Location from = PieceLocation(value.pieces[0], stack);
    const bool is_bool = value.type->kind() == TypeKind::kBool;
    if (value.size == 8) {
      moves.push_back(Move::Copy(memory, from, 8));
    } else {
      moves.push_back(Move::Convert(
          memory, from, is_bool ? Conversion::kBool : ExtensionOf(value.type), value.size, 8));
    }
    return;
  }
  for (const Piece& piece : DistinctPieces(value)) {
    moves.push_back(Move::Copy(memory.Plus(piece.offset), PieceLocation(piece, stack), piece.size));
  }
}

}  // namespace springboard::jit
