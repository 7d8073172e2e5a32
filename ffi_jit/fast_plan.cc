// PlanFast: what a fast stub does. Entered as V8's optimised code calls a fast function, it drops
// the receiver, moves every argument to its native place, and calls the target.
//
// Where nothing is to be done after the call, it leaves by a jump: arguments on the stack are moved
// down within the area that the caller made for them, which belongs to the callee (psABI 3.2.3).

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

#include "abi/placement.h"
#include "ffi_jit/saved_registers.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/value_moves.h"

namespace springboard::jit {

using abi::Piece;
using abi::Placement;
using abi::Signature;
using abi::Type;
using abi::ValuePlacement;
using How = ValuePlacement::How;

namespace {

Status CheckShape(const FastShape& shape) {
  const Signature& entered = shape.entered;
  const Signature& native = shape.native;
  if (entered.parameters.size() != native.parameters.size() + 1) {
    return Status::Error("a fast stub for " + native.Text() + " cannot be entered as " +
                         entered.Text() + ": it must have one parameter more, the receiver");
  }
  if (shape.result == FastResult::kBlock && !entered.result->is_void()) {
    return Status::Error("a fast stub that stores its result cannot also return one: " +
                         entered.Text());
  }
  return Status::Ok();
}

// Whether a value can be carried by one register on either side.
bool IsSimple(const ValuePlacement& value) {
  return FitsSlot(value) && value.how == How::kDirect && DistinctPieces(value).size() == 1;
}

// The move of one argument, or of a result on its way back, from `from` to `to`. A Status if the
// types are of different kinds.
StatusOr<Move> Carry(const ValuePlacement& from, const Location& source, const ValuePlacement& to,
                     const Location& destination, uint32_t width) {
  if (!IsSimple(from) || !IsSimple(to) || from.type->is_integer() != to.type->is_integer() ||
      (!from.type->is_integer() && from.type != to.type)) {
    return Status::Error("a fast stub cannot carry " + from.type->text() + " to " +
                         to.type->text());
  }
  if (!from.type->is_integer()) return Move::Copy(destination, source, to.size);
  const Type* narrower = from.size < to.size ? from.type : to.type;
  const uint32_t size = std::min(from.size, to.size);
  if (size >= width) return Move::Copy(destination, source, size);
  return Move::Convert(destination, source, ExtensionOf(narrower), size, width);
}

// The end of the stack arguments proper, without the rounding of the area.
uint32_t StackEnd(const Placement& placement) {
  uint32_t end = 0;
  for (const ValuePlacement& value : placement.parameters) {
    for (const Piece& piece : value.pieces) {
      if (piece.place == Piece::Place::kStack) end = std::max(end, piece.stack_offset + 8);
    }
  }
  return end;
}

// Brings the native result to where V8 (or the block) expects it.
Status PlanResult(const FastShape& shape, const Placement& entered, const Placement& native,
                  StubPlan& plan) {
  if (native.result.how == How::kNothing && entered.result.how == How::kNothing) {
    return Status::Ok();
  }
  if (shape.result == FastResult::kBlock) {
    if (!IsSimple(native.result)) {
      return Status::Error("a fast stub cannot store " + native.result.type->text());
    }
    const uint8_t block = plan.scratch.cycle;
    plan.after.push_back(
        Move::Copy(Location::General(block), Location::Patch(PatchKind::kBlock), 8));
    GatherValue(Location::Behind(block, offsetof(FastBlock, result)), native.result,
                Location::Kind::kIncoming, plan.after);
    return Status::Ok();
  }
  if (entered.result.how == How::kNothing) {
    if (IsSimple(native.result)) return Status::Ok();
    return Status::Error("a fast stub cannot drop " + native.result.type->text());
  }
  if (native.result.how != How::kDirect || entered.result.how != How::kDirect) {
    return Status::Error("a fast stub cannot turn " + shape.native.result->text() + " into " +
                         shape.entered.result->text());
  }
  const Location from = PieceLocation(native.result.pieces[0], Location::Kind::kIncoming);
  const Location to = PieceLocation(entered.result.pieces[0], Location::Kind::kIncoming);
  const StatusOr<Move> carried = Carry(native.result, from, entered.result, to,
                                       ProducedBytes(entered.result, entered.result.pieces[0]));
  if (!carried.ok()) return carried.status();
  Move move = *carried;
  if (native.result.type->kind() == abi::TypeKind::kBool) {
    move = Move::Convert(to, from, Conversion::kBool, 1, std::max<uint32_t>(4, move.width));
  }
  // What is already in place and as wide as both sides see it needs no frame.
  if (move.conversion != Conversion::kCopy || move.destination != move.source) {
    plan.after.push_back(move);
  }
  return Status::Ok();
}

Status PlanArguments(const FastShape& shape, const Placement& entered, const Placement& native,
                     Location::Kind stack, StubPlan& plan) {
  std::vector<Move> moves;
  for (size_t index = 0; index < native.parameters.size(); ++index) {
    const ValuePlacement& from = entered.parameters[index + 1];
    const ValuePlacement& to = native.parameters[index];
    if (!IsSimple(from) || to.pieces.empty()) {
      return Status::Error("a fast stub cannot pass parameter " + std::to_string(index) + " of " +
                           shape.native.Text());
    }
    const Location source = PieceLocation(from.pieces[0], Location::Kind::kIncoming);
    for (const Piece& piece : to.pieces) {
      const StatusOr<Move> move =
          Carry(from, source, to, PieceLocation(piece, stack), ProducedBytes(to, piece));
      if (!move.ok()) {
        return Status::Error("parameter " + std::to_string(index) + ": " + move.status().message());
      }
      moves.push_back(*move);
    }
  }
  plan.before = OrderMoves(std::move(moves), plan.scratch);
  return Status::Ok();
}

}  // namespace

StatusOr<StubPlan> PlanFast(const FastShape& shape, const abi::Convention& entered,
                            const abi::Convention& native) {
  Status status = CheckShape(shape);
  if (!status.ok()) return status;
  const StatusOr<Placement> from = abi::Place(shape.entered, entered);
  if (!from.ok()) return from.status();
  const StatusOr<Placement> to = abi::Place(shape.native, native);
  if (!to.ok()) return to.status();
  const StatusOr<Scratch> scratch = ScratchFor(entered, native);
  if (!scratch.ok()) return scratch.status();

  StubPlan plan;
  plan.architecture = native.architecture;
  plan.scratch = *scratch;
  plan.target = Location::Patch(PatchKind::kTarget);
  plan.vector_count = to->variadic_vector_count;
  status = PlanResult(shape, *from, *to, plan);
  if (!status.ok()) return status;

  const bool in_place = plan.after.empty() && SavedRegisters(entered, native).empty() &&
                        StackEnd(*to) <= StackEnd(*from) && native.home_bytes <= entered.home_bytes;
  if (!in_place) {
    plan.frame.Require();
    plan.frame.SetOutgoing(to->stack_bytes, to->stack_align);
  }
  status = PlanArguments(shape, *from, *to,
                         in_place ? Location::Kind::kIncoming : Location::Kind::kOutgoing, plan);
  if (!status.ok()) return status;
  PreserveRegisters(entered, native, plan);
  status = plan.frame.Check();
  if (!status.ok()) return status;
  return plan;
}

}  // namespace springboard::jit
