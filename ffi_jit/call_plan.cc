// PlanCall: what a call stub does. Entered with (target, slots, result) in our own convention, it
// loads every argument from its slot straight into its place and calls the target.
//
// A result in registers needs a frame, which keeps the result's address over the call; a void
// result, or one that the callee stores itself, without stack arguments leaves by a jump.

#include <algorithm>
#include <cassert>
#include <utility>

#include "abi/placement.h"
#include "ffi_jit/saved_registers.h"
#include "ffi_jit/stub_plan.h"
#include "ffi_jit/value_moves.h"

namespace springboard::jit {

using abi::Placement;
using abi::ValuePlacement;
using How = ValuePlacement::How;

namespace {

constexpr uint32_t kSlotBytes = 8;

// Whether the caller's own home space is all the stack that the callee needs, and nothing is left
// to do after it.
bool LeavesByJump(const Placement& placed, const abi::Convention& own) {
  const auto is_copied = [](const ValuePlacement& value) { return value.how == How::kByReference; };
  return placed.result.how != How::kDirect && placed.stack_bytes <= own.home_bytes &&
         std::none_of(placed.parameters.begin(), placed.parameters.end(), is_copied) &&
         SavedRegisters(own, *placed.convention).empty();
}

}  // namespace

StatusOr<StubPlan> PlanCall(const abi::Signature& signature, const abi::Convention& convention,
                            const abi::Convention& own) {
  const StatusOr<Placement> placed = abi::Place(signature, convention);
  if (!placed.ok()) return placed.status();
  const StatusOr<Scratch> scratch = ScratchFor(own, convention);
  if (!scratch.ok()) return scratch.status();
  const uint8_t target = own.general_arguments[0];
  const uint8_t slots = own.general_arguments[1];
  const uint8_t result = own.general_arguments[2];

  StubPlan plan;
  plan.architecture = convention.architecture;
  plan.scratch = *scratch;
  if (!LeavesByJump(*placed, own)) {
    plan.frame.SetOutgoing(placed->stack_bytes, placed->stack_align);
  }
  plan.vector_count = placed->variadic_vector_count;
  plan.target = Location::General(scratch->cycle);

  // Everything but the target and the result's address is read through `slots`, so these moves have
  // no cycle, and the cycle scratch register is free to carry the target.
  std::vector<Move> moves = {Move::Copy(plan.target, Location::General(target), 8)};
  if (placed->result.how == How::kByReference) {
    moves.push_back(Move::Copy(PieceLocation(placed->result.pieces[0], Location::Kind::kOutgoing),
                               Location::General(result), 8));
  } else if (placed->result.how == How::kDirect) {
    const Location kept = plan.frame.AddLocal(8);
    moves.push_back(Move::Copy(kept, Location::General(result), 8));
    plan.after.push_back(Move::Copy(Location::General(scratch->cycle), kept, 8));
    GatherValue(Location::Behind(scratch->cycle, 0), placed->result, Location::Kind::kIncoming,
                plan.after);
  }
  for (uint32_t index = 0; index < placed->parameters.size(); ++index) {
    const ValuePlacement& value = placed->parameters[index];
    if (value.how == How::kNothing) continue;
    const Location source = FitsSlot(value) ? Location::Behind(slots, index * kSlotBytes)
                                            : Location::Indirect(slots, index * kSlotBytes, 0);
    if (value.how == How::kByReference) {
      PassCopy(source, value, plan.frame, moves);
    } else {
      SpreadValue(source, value, Location::Kind::kOutgoing, moves);
    }
  }
  plan.before = OrderMoves(std::move(moves), *scratch);
  PreserveRegisters(own, convention, plan);
  const Status status = plan.frame.Check();
  if (!status.ok()) return status;
  return plan;
}

bool StubPlan::unwraps_in_frame() const {
  return !keep.empty() || std::any_of(unwraps.begin(), unwraps.end(), [](const Unwrap& unwrap) {
    return unwrap.use == FastUse::kString;
  });
}

std::string StubPlan::Text() const {
  std::string text;
  const auto add_moves = [&](const std::vector<Move>& moves) {
    for (const Move& move : moves) text += jit::Text(move, architecture) + "\n";
  };
  const auto add_frame = [&] {
    if (!is_tail()) text += "frame of " + std::to_string(frame.total_bytes()) + " bytes\n";
  };
  if (unwraps_in_frame()) add_frame();
  add_moves(keep);
  for (const Unwrap& unwrap : unwraps) text += jit::Text(unwrap, architecture) + "\n";
  if (!unwraps_in_frame()) add_frame();
  add_moves(before);
  if (errno_offset.has_value()) {
    text += "errno at thread pointer " + std::to_string(*errno_offset) + "\n";
  }
  if (vector_count.has_value()) {
    text += "vector registers used <- " + std::to_string(*vector_count) + "\n";
  }
  const std::string to = target.is_register()
                             ? abi::RegisterName(architecture, target.file, target.number)
                             : "<target>";
  text += (is_tail() ? "jump " : "call ") + to + "\n";
  add_moves(unlink);
  if (reread.has_value()) {
    text += jit::Text(reread->load, architecture) + "\n";
    text += jit::Text(reread->unwrap, architecture) + "\n";
  }
  if (safe_check.has_value()) {
    text += std::string("check safe ") + (safe_check->is_signed ? "signed " : "unsigned ") +
            jit::Text(safe_check->value, architecture) + "\n";
  }
  add_moves(after);
  add_moves(keep_text);
  if (!keep_text.empty()) text += "call <keep text>\n";
  add_moves(restores);
  if (!is_tail()) text += "return\n";
  return text;
}

}  // namespace springboard::jit
