// Moves of one value between memory and its placement: the part that all three stubs share.
//
// Spreading takes a value from memory to its pieces (arguments of a call, the result of a closure),
// gathering goes the other way. Scalar integers are extended here, by the rules that stub.h and the
// placement state. Pure functions; any thread.

#ifndef SPRINGBOARD_FFI_JIT_VALUE_MOVES_H_
#define SPRINGBOARD_FFI_JIT_VALUE_MOVES_H_

#include <span>
#include <vector>

#include "abi/placement.h"
#include "abi/type.h"
#include "ffi_jit/frame.h"
#include "ffi_jit/move_plan.h"

namespace springboard::jit {

// Whether a value lives in its slot, and not behind it.
bool FitsSlot(const abi::ValuePlacement& value);

// How an integer grows: by its signedness.
Conversion ExtensionOf(const abi::Type* type);

// How many bytes an integer's producer fills: at least 4 in a register, at least the piece on the
// stack, and what the convention asks for.
uint32_t ProducedBytes(const abi::ValuePlacement& value, const abi::Piece& piece);

// A value's pieces without a second one that carries the same bytes (Win64's variadic calls).
std::span<const abi::Piece> DistinctPieces(const abi::ValuePlacement& value);

// Where a piece is, its stack being the incoming or the outgoing area (`stack` is kIncoming or
// kOutgoing).
Location PieceLocation(const abi::Piece& piece, Location::Kind stack);

// Memory to pieces. Never reads past the value's end.
void SpreadValue(const Location& memory, const abi::ValuePlacement& value, Location::Kind stack,
                 std::vector<Move>& moves);

// Memory to an argument kByReference. It is copied into `frame`, because the callee owns, and may
// change, what it is given. REQUIRES: SetOutgoing() was called on the frame.
void PassCopy(const Location& memory, const abi::ValuePlacement& value, Frame& frame,
              std::vector<Move>& moves);

// Pieces to memory that has at least 8 bytes for a scalar, and exactly the value's size for an
// aggregate. An integer is extended to 8 bytes, bool becomes 0 or 1.
void GatherValue(const Location& memory, const abi::ValuePlacement& value, Location::Kind stack,
                 std::vector<Move>& moves);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_VALUE_MOVES_H_
