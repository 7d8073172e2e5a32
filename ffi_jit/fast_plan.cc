// PlanFast: what a fast stub does. Entered as V8's optimised code calls a fast function, it drops
// the receiver, unwraps handles where they are, moves every argument to its native place, and calls
// the target.
//
// Where nothing is to be done after the call, it leaves by a jump: arguments on the stack are moved
// down within the area that the caller made for them, which belongs to the callee (psABI 3.2.3).

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

#include "abi/placement.h"
#include "ffi_jit/fast_shape.h"
#include "ffi_jit/saved_registers.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/value_moves.h"

namespace springboard::jit {

using abi::Piece;
using abi::Placement;
using abi::Type;
using abi::ValuePlacement;
using How = ValuePlacement::How;

namespace {

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

// The result, and what else KeepText() asks for, goes to where functions of the convention that the
// stub is entered by have their parameters: KeepText() is one.
Status PlanText(const Placement& entered, const Placement& native, StubPlan& plan) {
  const Type* pointer = Type::Scalar(abi::TypeKind::kPointer);
  abi::Signature signature;
  signature.parameters = {pointer, pointer, pointer};
  const StatusOr<Placement> keep = abi::Place(signature, *entered.convention);
  if (!keep.ok()) return keep.status();
  const auto parameter = [&](size_t index) {
    return PieceLocation(keep->parameters[index].pieces[0], Location::Kind::kOutgoing);
  };
  const Location text = PieceLocation(native.result.pieces[0], Location::Kind::kIncoming);
  plan.keep_text = OrderMoves(
      {Move::Copy(parameter(0), Location::Patch(PatchKind::kBlock), 8),
       Move::Copy(parameter(1), text, 8), Move::Address(parameter(2), Location::Incoming(0))},
      plan.scratch);
  return Status::Ok();
}

// Brings the native result to where V8 (or the block) expects it.
Status PlanResult(const FastShape& shape, const Placement& entered, const Placement& native,
                  StubPlan& plan) {
  if (native.result.how == How::kNothing && entered.result.how == How::kNothing) {
    return Status::Ok();
  }
  const auto check_safe = [&] {
    const Location value = PieceLocation(native.result.pieces[0], Location::Kind::kIncoming);
    plan.safe_check = SafeCheck{value, native.result.type->is_signed()};
    return value;
  };
  if (shape.result == FastResult::kBlock) {
    if (!IsSimple(native.result)) {
      return Status::Error("a fast stub cannot store " + native.result.type->text());
    }
    const uint8_t block = plan.scratch.cycle;
    const Location stored = Location::Behind(block, offsetof(FastBlock, result));
    plan.after.push_back(
        Move::Copy(Location::General(block), Location::Patch(PatchKind::kBlock), 8));
    if (shape.safe_result) {
      plan.after.push_back(Move::Convert(stored, check_safe(), Conversion::kToFloat, 8, 8));
    } else {
      GatherValue(stored, native.result, Location::Kind::kIncoming, plan.after);
    }
    return Status::Ok();
  }
  if (shape.result == FastResult::kText) return PlanText(entered, native, plan);
  if (shape.safe_result) {
    plan.after.push_back(Move::Convert(*plan.returned, check_safe(), Conversion::kToFloat, 8, 8));
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

// The bytes of a result travel from its registers, or from a copy on the frame, to where they are
// to be once the call is over: until then the engine may move or free that memory.
Status PlanBytes(const ValuePlacement& handle, const ValuePlacement& result, StubPlan& plan,
                 std::vector<Move>& moves) {
  const auto is_x87 = [](const Piece& piece) { return piece.file == abi::RegisterFile::kX87; };
  if (!IsSimple(handle) || result.how == How::kNothing ||
      std::any_of(result.pieces.begin(), result.pieces.end(), is_x87)) {
    return Status::Error("a fast stub cannot store " + result.type->text());
  }
  const Location place = PieceLocation(handle.pieces[0], Location::Kind::kIncoming);
  Unwrap unwrap = {.use = FastUse::kAggregate, .place = place, .size = result.size};
  unwrap.replaces = false;
  plan.unwraps.push_back(unwrap);
  const Location kept = plan.frame.AddLocal(8);
  moves.push_back(Move::Copy(kept, place, 8));

  const uint8_t bytes = plan.scratch.cycle;
  unwrap.place = Location::General(bytes);
  unwrap.replaces = true;
  plan.reread = Reread{Move::Copy(unwrap.place, kept, 8), unwrap};
  const Location destination = Location::Behind(bytes, 0);
  if (result.how == How::kDirect) {
    GatherValue(destination, result, Location::Kind::kIncoming, plan.after);
  } else {
    const Location memory = plan.frame.AddMemory(result.size, result.align);
    moves.push_back(
        Move::Address(PieceLocation(result.pieces[0], Location::Kind::kOutgoing), memory));
    plan.after.push_back(Move::Copy(destination, memory, result.size));
  }
  return Status::Ok();
}

// An aggregate, by its handle at `place`.
void PlanAggregate(const Location& place, const ValuePlacement& to, Location::Kind stack,
                   StubPlan& plan, std::vector<Move>& moves) {
  plan.unwraps.push_back({.use = FastUse::kAggregate, .place = place, .size = to.size});
  const Location bytes = place.is_register() ? Location::Behind(place.number, 0)
                                             : Location::IncomingIndirect(place.offset, 0);
  if (to.how == How::kByReference) {
    PassCopy(bytes, to, plan.frame, moves);
  } else if (to.how == How::kDirect) {
    SpreadValue(bytes, to, stack, moves);
  }
}

Status PlanArgument(FastUse use, const ValuePlacement& from, const ValuePlacement& to,
                    Location::Kind stack, StubPlan& plan, std::vector<Move>& moves) {
  if (!IsSimple(from)) return Status::Error("a fast stub is not entered with such a value");
  const Location source = PieceLocation(from.pieces[0], Location::Kind::kIncoming);
  if (use == FastUse::kAggregate) {
    PlanAggregate(source, to, stack, plan, moves);
    return Status::Ok();
  }
  if (to.pieces.empty()) return Status::Error("a fast stub cannot pass " + to.type->text());
  if (use != FastUse::kValue) {
    Unwrap unwrap = {.use = use,
                     .place = source,
                     .replaces = use != FastUse::kSafeInteger,
                     .is_signed = to.type->is_signed()};
    if (use == FastUse::kString) unwrap.memory = plan.frame.AddLocal(kMaxStackCharacters + 1);
    plan.unwraps.push_back(unwrap);
  }
  for (const Piece& piece : to.pieces) {
    const Location destination = PieceLocation(piece, stack);
    if (use == FastUse::kSafeInteger) {
      moves.push_back(Move::Convert(destination, source, Conversion::kTruncate, 8, 8));
      continue;
    }
    const StatusOr<Move> move = Carry(from, source, to, destination, ProducedBytes(to, piece));
    if (!move.ok()) return move.status();
    moves.push_back(*move);
  }
  return Status::Ok();
}

Status PlanArguments(const FastShape& shape, const Placement& entered, const Placement& native,
                     Location::Kind stack, StubPlan& plan, std::vector<Move>& moves) {
  for (size_t index = 0; index < native.parameters.size(); ++index) {
    const Status status = PlanArgument(UseOf(shape, index), entered.parameters[index + 1],
                                       native.parameters[index], stack, plan, moves);
    if (status.ok()) continue;
    return Status::Error("parameter " + std::to_string(index) + ": " + status.message());
  }
  for (Unwrap& unwrap : plan.unwraps) {
    if (unwrap.use == FastUse::kBytes) unwrap.movable = shape.movable_bytes;
  }
  return Status::Ok();
}

// Whether an aggregate needs memory of its own, or reaches over several stack slots.
bool NeedsStack(const ValuePlacement& value) {
  const auto on_stack = [](const Piece& piece) { return piece.place == Piece::Place::kStack; };
  return value.type->is_aggregate() &&
         (value.how == How::kByReference ||
          std::any_of(value.pieces.begin(), value.pieces.end(), on_stack));
}

bool Takes(const FastShape& shape, FastUse use) {
  return std::find(shape.uses.begin(), shape.uses.end(), use) != shape.uses.end();
}

bool ListsBytes(const FastShape& shape) {
  return shape.lists_bytes && Takes(shape, FastUse::kBytes);
}

// The handles of bytes are kept in a record, which is linked once all arguments are in place: the
// registers that this takes carry none. REQUIRES: plan.before is ordered.
void PlanRecord(StubPlan& plan) {
  std::vector<Location> handles;
  for (const Unwrap& unwrap : plan.unwraps) {
    if (unwrap.use == FastUse::kBytes) handles.push_back(unwrap.place);
  }
  const auto place_of = [](size_t index) {
    return static_cast<uint32_t>(offsetof(FastRecord, handles) + index * sizeof(uintptr_t*));
  };
  const Location record = plan.frame.AddLocal(place_of(handles.size() + 1));
  for (size_t index = 0; index < handles.size(); ++index) {
    plan.keep.push_back(Move::Copy(record.Plus(place_of(index)), handles[index], 8));
  }
  const uint8_t block = plan.scratch.cycle;
  const Move find = Move::Copy(Location::General(block), Location::Patch(PatchKind::kBlock), 8);
  const Location running = Location::Behind(block, offsetof(FastBlock, running));
  const Location outer = record.Plus(offsetof(FastRecord, outer));
  plan.before.push_back(Move::Copy(record.Plus(place_of(handles.size())), Location::Zero(), 8));
  plan.before.push_back(find);
  plan.before.push_back(Move::Copy(outer, running, 8));
  plan.before.push_back(Move::Address(running, record));
  plan.unlink = {find, Move::Copy(running, outer, 8)};
}

// Whether everything can be done within the stack that the caller made, and nothing is left to do
// after the call.
bool LeavesByJump(const FastShape& shape, const Placement& entered, const Placement& native,
                  const StubPlan& plan) {
  return plan.after.empty() && plan.keep_text.empty() && !shape.errno_offset &&
         shape.result != FastResult::kBytes && !ListsBytes(shape) &&
         !Takes(shape, FastUse::kString) &&
         SavedRegisters(*entered.convention, *native.convention).empty() &&
         StackEnd(native) <= StackEnd(entered) &&
         native.convention->home_bytes <= entered.convention->home_bytes &&
         std::none_of(native.parameters.begin(), native.parameters.end(), NeedsStack);
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
  plan.layout = shape.layout;
  plan.entry_registers = RegistersAtEntry(entered);
  plan.return_registers = RegistersAfterCall(entered, native, scratch->cycle);
  plan.target = Location::Patch(PatchKind::kTarget);
  plan.vector_count = to->variadic_vector_count;
  plan.errno_offset = shape.errno_offset;
  if (from->result.how == How::kDirect) {
    plan.returned = PieceLocation(from->result.pieces[0], Location::Kind::kIncoming);
  }
  if (shape.result != FastResult::kBytes) status = PlanResult(shape, *from, *to, plan);
  if (!status.ok()) return status;

  const bool in_place = LeavesByJump(shape, *from, *to, plan);
  if (!in_place) {
    plan.frame.Require();
    // KeepText() may expect home bytes, too.
    const uint32_t home_bytes = plan.keep_text.empty() ? 0 : entered.home_bytes;
    plan.frame.SetOutgoing(std::max(to->stack_bytes, home_bytes), to->stack_align);
  }
  std::vector<Move> moves;
  status =
      PlanArguments(shape, *from, *to,
                    in_place ? Location::Kind::kIncoming : Location::Kind::kOutgoing, plan, moves);
  if (status.ok() && shape.result == FastResult::kBytes) {
    status = PlanBytes(from->parameters.back(), to->result, plan, moves);
  }
  if (!status.ok()) return status;
  plan.before = OrderMoves(std::move(moves), plan.scratch);
  if (ListsBytes(shape)) PlanRecord(plan);
  PreserveRegisters(entered, native, plan);
  status = plan.frame.Check();
  if (!status.ok()) return status;
  return plan;
}

}  // namespace springboard::jit
