// PlanClosure: what a closure stub does. Entered by a native call, it stores the arguments into
// slots on its own frame, calls handler(context, slots, result), and returns what the handler left.
//
// Aggregates that arrived on the stack are not copied: they live until the handler returns. A
// result in memory is written by the handler where the native caller wants it. A stub that has
// nothing to store and nothing to return leaves by a jump.

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "abi/placement.h"
#include "ffi_jit/saved_registers.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/value_moves.h"

namespace springboard::jit {

using abi::Piece;
using abi::Placement;
using abi::RegisterFile;
using abi::ValuePlacement;
using How = ValuePlacement::How;
using Kind = Location::Kind;

namespace {

constexpr uint32_t kSlotBytes = 8;

constexpr uint32_t RoundUp8(uint32_t bytes) { return (bytes + 7) & ~uint32_t{7}; }

bool IsWhollyOnStack(const ValuePlacement& value) {
  return value.pieces.size() == 1 && value.pieces[0].place == Piece::Place::kStack;
}

// Puts one argument, or its address, into `slot`.
void KeepArgument(const ValuePlacement& value, const Location& slot, Frame& frame,
                  std::vector<Move>& moves) {
  if (value.how == How::kByReference) {
    assert(!FitsSlot(value));
    moves.push_back(Move::Copy(slot, PieceLocation(value.pieces[0], Kind::kIncoming), 8));
  } else if (value.how == How::kDirect && FitsSlot(value)) {
    GatherValue(slot, value, Kind::kIncoming, moves);
  } else if (value.how == How::kDirect && IsWhollyOnStack(value)) {
    moves.push_back(Move::Address(slot, PieceLocation(value.pieces[0], Kind::kIncoming)));
  } else {
    // Local copies are rounded up, so a general register is stored whole. An aggregate that took no
    // room (kNothing) reads as zero bytes.
    const Location copy = frame.AddLocal(std::max<uint32_t>(value.size, 8));
    if (value.how == How::kNothing) {
      moves.push_back(Move::Copy(copy, Location::Zero(), RoundUp8(std::max(value.size, 1u))));
    }
    for (const Piece& piece : value.pieces) {
      const Location from = PieceLocation(piece, Kind::kIncoming);
      const bool whole = from.is_register() && from.file == RegisterFile::kGeneral;
      moves.push_back(
          Move::Copy(copy.Plus(piece.offset), from, whole ? RoundUp8(piece.size) : piece.size));
    }
    moves.push_back(Move::Address(slot, copy));
  }
}

// Zeroes the result's memory, hands its address to the handler in `argument`, and plans how the
// result is returned.
void PlanResult(const Placement& placed, uint8_t argument, StubPlan& plan,
                std::vector<Move>& moves) {
  const ValuePlacement& result = placed.result;
  const Location handed = Location::General(argument);
  if (result.type->is_void()) {
    moves.push_back(Move::Copy(handed, Location::Zero(), 8));
  } else if (result.how == How::kByReference) {
    const Location hidden = PieceLocation(result.pieces[0], Kind::kIncoming);
    assert(hidden.is_register());
    moves.push_back(Move::Copy(Location::Behind(hidden.number, 0), Location::Zero(), result.size));
    moves.push_back(Move::Copy(handed, hidden, 8));
    if (placed.result_address.has_value()) {
      const Location kept = plan.frame.AddLocal(8);
      moves.push_back(Move::Copy(kept, hidden, 8));
      plan.after.push_back(
          Move::Copy(PieceLocation(*placed.result_address, Kind::kIncoming), kept, 8));
    }
  } else {
    const uint32_t bytes = std::max<uint32_t>(RoundUp8(result.size), 8);
    const Location memory = plan.frame.AddLocal(bytes);
    moves.push_back(Move::Copy(memory, Location::Zero(), bytes));
    moves.push_back(Move::Address(handed, memory));
    // A class without members may travel nowhere; its handler gets memory all the same.
    if (result.how == How::kDirect) SpreadValue(memory, result, Kind::kIncoming, plan.after);
  }
}

// Whether the handler can do with the stack that the native caller made, and return to it.
bool LeavesByJump(const Placement& placed, const abi::Convention& own) {
  const abi::Convention& entered = *placed.convention;
  return placed.parameters.empty() && placed.result.type->is_void() &&
         SavedRegisters(entered, own).empty() && own.home_bytes <= entered.home_bytes &&
         own.stack_alignment <= entered.stack_alignment;
}

}  // namespace

StatusOr<StubPlan> PlanClosure(const abi::Signature& signature, const abi::Convention& convention,
                               const abi::Convention& own) {
  const StatusOr<Placement> placed = abi::Place(signature, convention);
  if (!placed.ok()) return placed.status();
  const StatusOr<Scratch> scratch = ScratchFor(convention, own);
  if (!scratch.ok()) return scratch.status();

  StubPlan plan;
  plan.architecture = convention.architecture;
  plan.scratch = *scratch;
  plan.target = Location::Patch(PatchKind::kHandler);

  std::vector<Move> moves;
  std::optional<Location> slots;
  const uint32_t count = static_cast<uint32_t>(placed->parameters.size());
  if (!LeavesByJump(*placed, own)) {
    plan.frame.Require();
    plan.frame.SetOutgoing(own.home_bytes, own.stack_alignment);
    slots = plan.frame.AddLocal(std::max(count, 1u) * kSlotBytes);
  }
  for (uint32_t index = 0; index < count; ++index) {
    KeepArgument(placed->parameters[index], slots->Plus(index * kSlotBytes), plan.frame, moves);
  }
  moves.push_back(Move::Copy(Location::General(own.general_arguments[0]),
                             Location::Patch(PatchKind::kContext), 8));
  if (slots.has_value()) {
    moves.push_back(Move::Address(Location::General(own.general_arguments[1]), *slots));
  }
  PlanResult(*placed, own.general_arguments[2], plan, moves);
  plan.before = OrderMoves(std::move(moves), *scratch);
  PreserveRegisters(convention, own, plan);
  const Status status = plan.frame.Check();
  if (!status.ok()) return status;
  return plan;
}

}  // namespace springboard::jit
