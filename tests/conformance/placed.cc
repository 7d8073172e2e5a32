// The callee and the caller that go by a placement. See placed.h.

#include "tests/conformance/placed.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "ffi_jit/test_values.h"
#include "tests/conformance/exchange.h"
#include "tests/conformance/guarded_memory.h"

// Named by placed_x64.S.
#define SPRINGBOARD_ENTRY extern "C" __attribute__((visibility("hidden"), used))

namespace springboard::conformance {
namespace {

using How = abi::ValuePlacement::How;

// The registers of one side of a call; placed_x64.S has these offsets.
struct PlacedFrame {
  uint64_t general[16];  // by encoding
  uint8_t vector[16][16];
  uint8_t x87[2][16];
  uint8_t* stack;  // arguments
  uint64_t stack_bytes;
  uint64_t stack_align;
  const void* function;
  uint64_t x87_count;
};
static_assert(offsetof(PlacedFrame, vector) == 128);
static_assert(offsetof(PlacedFrame, x87) == 384);
static_assert(offsetof(PlacedFrame, stack) == 416);
static_assert(offsetof(PlacedFrame, function) == 440);
static_assert(offsetof(PlacedFrame, x87_count) == 448);

constexpr uint8_t kScribble = 0xD5;

}  // namespace

extern "C" {
__attribute__((visibility("hidden"), used)) PlacedFrame SpringboardPlacedIn;
__attribute__((visibility("hidden"), used)) PlacedFrame SpringboardPlacedOut;
}
extern "C" void SpringboardPlacedCalleeSysv();
extern "C" void SpringboardPlacedCalleeWin64();
extern "C" void SpringboardPlacedCallerSysv();
extern "C" void SpringboardPlacedCallerWin64();

namespace {

// What the functions behave as.
struct Now {
  const SignatureShape* shape = nullptr;
  const abi::Placement* placement = nullptr;
  std::vector<std::string> problems;
  // Of the caller: its stack arguments, copies for the callee, and memory for the result.
  Bytes stack;
  GuardedMemory memory;
  uint8_t* result = nullptr;
};
Now now;

void Note(const std::string& problem) { now.problems.push_back(problem); }

// Where a piece's bytes are.
uint8_t* Place(const abi::Piece& piece, PlacedFrame& frame, uint8_t* stack) {
  if (piece.place == abi::Piece::Place::kStack) return stack + piece.stack_offset;
  switch (piece.file) {
    case abi::RegisterFile::kGeneral:
      return reinterpret_cast<uint8_t*>(&frame.general[piece.number]);
    case abi::RegisterFile::kVector:
      return frame.vector[piece.number];
    case abi::RegisterFile::kX87:
      return frame.x87[piece.number];
  }
  return nullptr;
}

void Fill(PlacedFrame& frame, uint8_t byte) {
  std::memset(frame.general, byte, sizeof(frame.general));
  std::memset(frame.vector, byte, sizeof(frame.vector));
}

// The pieces' bytes, in the order of the value's.
void Gather(const abi::ValuePlacement& value, PlacedFrame& frame, uint8_t* stack, uint8_t* bytes) {
  for (const abi::Piece& piece : value.pieces) {
    std::memcpy(bytes + piece.offset, Place(piece, frame, stack), piece.size);
  }
}

// So too, the other way, and extended where the convention wants it.
void Spread(const abi::ValuePlacement& value, const uint8_t* bytes, PlacedFrame& frame,
            uint8_t* stack) {
  for (const abi::Piece& piece : value.pieces) {
    uint8_t* place = Place(piece, frame, stack);
    if (value.extend_bits != 0) {
      const uint64_t extended = jit::testing::Extended(value.type, bytes, value.size);
      std::memcpy(place, &extended, value.extend_bits / 8);
    } else {
      std::memcpy(place, bytes + piece.offset, piece.size);
    }
  }
}

// The bits above a narrow argument, up to where it is extended.
void CheckExtended(const abi::ValuePlacement& value, PlacedFrame& frame, uint8_t* stack,
                   const std::string& what) {
  if (value.extend_bits == 0 || value.how != How::kDirect) return;
  uint64_t found = 0;
  const uint8_t* place = Place(value.pieces[0], frame, stack);
  std::memcpy(&found, place, value.extend_bits / 8);
  uint64_t expected = jit::testing::Extended(value.type, place, value.size);
  if (value.extend_bits < 64) expected &= (uint64_t{1} << value.extend_bits) - 1;
  if (found != expected) Note(what + " is not extended: " + Hex(found));
}

void ReceiveArgument(size_t index) {
  const abi::ValuePlacement& value = now.placement->parameters[index];
  const std::string what = "argument " + std::to_string(index);
  PlacedFrame& frame = SpringboardPlacedIn;
  uint8_t* to = EXCHANGE->arguments + now.shape->offsets[index];
  if (value.how == How::kDirect) {
    Gather(value, frame, frame.stack, to);
    CheckExtended(value, frame, frame.stack, what);
    // Both pieces of a variadic floating argument carry it.
    if (value.pieces.size() == 2 && value.pieces[0].offset == value.pieces[1].offset &&
        std::memcmp(Place(value.pieces[0], frame, frame.stack),
                    Place(value.pieces[1], frame, frame.stack), value.size) != 0) {
      Note(what + " differs between its two registers");
    }
    for (const abi::Piece& piece : value.pieces) {
      if (piece.place == abi::Piece::Place::kStack) {
        std::memset(frame.stack + piece.stack_offset, kScribble, piece.size);
      }
    }
  } else if (value.how == How::kByReference) {
    uint64_t address = 0;
    std::memcpy(&address, Place(value.pieces[0], frame, frame.stack), sizeof(address));
    auto* copy = std::bit_cast<uint8_t*>(address);
    if (address % value.align != 0) Note(what + " is a copy that is not aligned");
    std::memcpy(to, copy, value.size);
    // The copy is the callee's own.
    std::memset(copy, kScribble, value.size);
  }
}

// The result travels as the placement says; all else that may change holds garbage.
void Reply() {
  const abi::ValuePlacement& value = now.placement->result;
  PlacedFrame& frame = SpringboardPlacedOut;
  Fill(frame, kScribble);
  frame.x87_count = 0;
  if (value.how == How::kDirect) {
    Spread(value, EXCHANGE->reply, frame, nullptr);
    for (const abi::Piece& piece : value.pieces) {
      frame.x87_count += piece.file == abi::RegisterFile::kX87 ? 1 : 0;
    }
  } else if (value.how == How::kByReference) {
    uint64_t address = 0;
    std::memcpy(&address, Place(value.pieces[0], SpringboardPlacedIn, nullptr), sizeof(address));
    std::memcpy(std::bit_cast<void*>(address), EXCHANGE->reply, value.size);
    if (now.placement->result_address) {
      std::memcpy(Place(*now.placement->result_address, frame, nullptr), &address, sizeof(address));
    }
  }
}

void PrepareArgument(size_t index) {
  const abi::ValuePlacement& value = now.placement->parameters[index];
  PlacedFrame& frame = SpringboardPlacedIn;
  const uint8_t* bytes = EXCHANGE->arguments + now.shape->offsets[index];
  if (value.how == How::kDirect) {
    Spread(value, bytes, frame, now.stack.data());
  } else if (value.how == How::kByReference) {
    uint8_t* copy = now.memory.Take(value.size);
    std::memcpy(copy, bytes, value.size);
    std::memcpy(Place(value.pieces[0], frame, now.stack.data()), &copy, sizeof(copy));
  }
}

}  // namespace

SPRINGBOARD_ENTRY void SpringboardPlacedReceive() {
  const abi::Placement& placement = *now.placement;
  if (std::bit_cast<uint64_t>(SpringboardPlacedIn.stack) % placement.stack_align != 0) {
    Note("the stack is not aligned at the call");
  }
  if (placement.variadic_vector_count &&
      (SpringboardPlacedIn.general[0] & 0xFF) < *placement.variadic_vector_count) {
    Note("al is below the number of vector registers");
  }
  for (size_t i = 0; i < placement.parameters.size(); ++i) ReceiveArgument(i);
  Reply();
}

SPRINGBOARD_ENTRY void SpringboardPlacedPrepare() {
  const abi::Placement& placement = *now.placement;
  PlacedFrame& frame = SpringboardPlacedIn;
  now.memory.ReleaseAll();
  Fill(frame, kScribble);
  now.stack.assign(placement.stack_bytes, kScribble);
  for (size_t i = 0; i < placement.parameters.size(); ++i) PrepareArgument(i);
  if (placement.variadic_vector_count) frame.general[0] = *placement.variadic_vector_count;
  const abi::ValuePlacement& result = placement.result;
  SpringboardPlacedOut.x87_count = 0;
  if (result.how == How::kByReference) {
    now.result = now.memory.Take(result.size);
    std::memcpy(Place(result.pieces[0], frame, nullptr), &now.result, sizeof(now.result));
  } else {
    for (const abi::Piece& piece : result.pieces) {
      SpringboardPlacedOut.x87_count += piece.file == abi::RegisterFile::kX87 ? 1 : 0;
    }
  }
  frame.stack = now.stack.data();
  frame.stack_bytes = placement.stack_bytes;
  frame.stack_align = placement.stack_align;
  frame.function = std::bit_cast<const void*>(EXCHANGE->function);
}

SPRINGBOARD_ENTRY void SpringboardPlacedFinish() {
  const abi::Placement& placement = *now.placement;
  const abi::ValuePlacement& result = placement.result;
  PlacedFrame& frame = SpringboardPlacedOut;
  if (result.how == How::kDirect) {
    CheckExtended(result, frame, nullptr, "the closure's result");
    Gather(result, frame, nullptr, EXCHANGE->reply);
  } else if (result.how == How::kByReference) {
    std::memcpy(EXCHANGE->reply, now.result, result.size);
    if (!GuardedMemory::FrontIsIntact(now.result)) Note("bytes in front of the result changed");
    if (placement.result_address &&
        std::memcmp(Place(*placement.result_address, frame, nullptr), &now.result, 8) != 0) {
      Note("the result's address is not returned");
    }
  }
}

Functions PlacedFunctions(const SignatureShape& shape, const abi::Placement& placement) {
  now.shape = &shape;
  now.placement = &placement;
  now.problems.clear();
  const bool is_sysv = placement.convention == &abi::SysvX64();
  return {std::bit_cast<const void*>(is_sysv ? &SpringboardPlacedCalleeSysv
                                             : &SpringboardPlacedCalleeWin64),
          std::bit_cast<const void*>(is_sysv ? &SpringboardPlacedCallerSysv
                                             : &SpringboardPlacedCallerWin64)};
}

std::vector<std::string> PlacedProblems() { return now.problems; }

}  // namespace springboard::conformance
