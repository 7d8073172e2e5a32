// MovePlan: values on their way from where they are to where they must be.
//
// A Move reads one Location, converts, and writes another. OrderMoves() turns a set of moves that
// are to happen at once into a sequence with the same effect: nothing is overwritten before its
// last reader, and cycles are broken through a scratch register. Plain, printable data that knows
// no instruction and no convention; any thread.

#ifndef SPRINGBOARD_FFI_JIT_MOVE_PLAN_H_
#define SPRINGBOARD_FFI_JIT_MOVE_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "abi/convention.h"
#include "abi/status.h"

namespace springboard::jit {

// An 8-byte immediate that stamping fills in.
enum class PatchKind : uint8_t { kTarget, kBlock, kHandler, kContext };

struct Location {
  enum class Kind : uint8_t {
    kRegister,
    kIncoming,  // bytes of the stack arguments that the stub was entered with
    kOutgoing,  // bytes of the stack arguments that the stub prepares
    kLocal,     // bytes of the stub's own frame
    kBehind,    // memory at general register `number` + offset
    kIndirect,  // memory at P + offset, the pointer P being at register `number` + pointer_offset
    kIncomingIndirect,  // so too, P being in the incoming stack arguments at pointer_offset
    kPatch,             // source only: an immediate
    kZero,              // source only: zero bytes
  };

  Kind kind = Kind::kZero;
  abi::RegisterFile file = abi::RegisterFile::kGeneral;  // kRegister
  uint8_t number = 0;           // kRegister, kBehind, kIndirect: hardware encoding
  uint32_t offset = 0;          // memory
  uint32_t pointer_offset = 0;  // kIndirect, kIncomingIndirect
  PatchKind patch = PatchKind::kTarget;

  static Location Register(abi::RegisterFile file, uint8_t number);
  static Location General(uint8_t number);
  static Location Incoming(uint32_t offset);
  static Location Outgoing(uint32_t offset);
  static Location Local(uint32_t offset);
  static Location Behind(uint8_t base, uint32_t offset);
  static Location Indirect(uint8_t base, uint32_t pointer_offset, uint32_t offset);
  static Location IncomingIndirect(uint32_t pointer_offset, uint32_t offset);
  static Location Patch(PatchKind patch);
  static Location Zero();

  // The same memory, `bytes` further on. REQUIRES: is_memory().
  Location Plus(uint32_t bytes) const;

  bool is_register() const { return kind == Kind::kRegister; }
  bool is_memory() const { return kind >= Kind::kIncoming && kind <= Kind::kIncomingIndirect; }
  // Whether its pointer must be loaded first.
  bool is_indirect() const { return kind == Kind::kIndirect || kind == Kind::kIncomingIndirect; }
  // Whether memory is addressed through a general register that the moves may also write.
  bool has_base() const { return kind == Kind::kBehind || kind == Kind::kIndirect; }

  bool operator==(const Location&) const = default;
};

enum class Conversion : uint8_t {
  kCopy,        // `size` bytes as they are; of a wider register, the low ones
  kSignExtend,  // an integer of `size` bytes becomes one of `width`
  kZeroExtend,
  kBool,      // the low byte becomes 0 or 1, in `width` bytes
  kAddress,   // the address of the source memory
  kTruncate,  // an f64 becomes an i64; it is in range
  kToFloat,   // an i64 becomes an f64
};

struct Move {
  Location destination;
  Location source;
  Conversion conversion = Conversion::kCopy;
  uint32_t size = 8;   // bytes read
  uint32_t width = 8;  // bytes produced; equals size for kCopy

  static Move Copy(Location destination, Location source, uint32_t size);
  static Move Address(Location destination, Location source);
  // Any but kCopy and kAddress.
  static Move Convert(Location destination, Location source, Conversion conversion, uint32_t size,
                      uint32_t width);

  bool operator==(const Move&) const = default;
};

// Registers that no value of the plan lives in.
struct Scratch {
  uint8_t pointer;       // holds the pointer of an indirect location
  uint8_t data;          // carries bytes from memory to memory
  uint8_t cycle;         // breaks cycles of general registers; otherwise the target's address
  uint8_t vector_data;   // as above, for vectors
  uint8_t vector_cycle;  //
  uint8_t address;       // far addresses; equals `pointer` where every offset fits an instruction
};

// Scratch registers for a stub that is entered by `entered` and calls `native`: used for arguments
// by neither, and either a callee of `entered` may change them or the stub preserves them
// (saved_registers.h), before it uses them. A Status if the two leave too few, or are conventions
// of different architectures.
StatusOr<Scratch> ScratchFor(const abi::Convention& entered, const abi::Convention& native);

// A sequence that has the effect of performing `moves` simultaneously. Each destination register is
// written once. Destinations in memory do not overlap each other, nor any source unless both are
// kIncoming. Moves from and to x87 registers keep their order. REQUIRES: no move uses a cycle
// scratch register, or the moves form no cycle of that register's file.
std::vector<Move> OrderMoves(std::vector<Move> moves, const Scratch& scratch);

// "[rsi+8]", and "rdi <- sx32 [rsi+8]:1". One line without a newline.
std::string Text(const Location& location, abi::Architecture architecture);
std::string Text(const Move& move, abi::Architecture architecture);

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_MOVE_PLAN_H_
