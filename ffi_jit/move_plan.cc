// Locations, moves, and the ordering of parallel moves. See move_plan.h.
//
// Ordering. Every move reads at most one register or one piece of incoming stack, and writes at
// most one. A move is ready when no other pending move reads what it writes. When none is ready,
// each pending destination is read by exactly one other pending move, so the pending moves form
// disjoint cycles; saving what one of them reads in the scratch register opens one cycle, which
// then runs to its end before the scratch register is needed again. One per file is enough.

#include "ffi_jit/move_plan.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace springboard::jit {
namespace {

using abi::RegisterFile;
using Kind = Location::Kind;

bool Overlap(uint32_t a, uint32_t a_bytes, uint32_t b, uint32_t b_bytes) {
  return a < b + b_bytes && b < a + a_bytes;
}

bool UsesGeneral(const Location& location, uint8_t number) {
  if (location.has_base()) return location.number == number;
  return location.is_register() && location.file == RegisterFile::kGeneral &&
         location.number == number;
}

// Whether performing `writer` first would change what `reader` reads. A destination's base register
// counts as read.
bool Disturbs(const Move& writer, const Move& reader) {
  const Location& to = writer.destination;
  if (to.kind == Kind::kIncoming) {
    if (reader.source.kind == Kind::kIncomingIndirect) {
      return Overlap(to.offset, writer.width, reader.source.pointer_offset, 8);
    }
    return reader.source.kind == Kind::kIncoming && reader.conversion != Conversion::kAddress &&
           Overlap(to.offset, writer.width, reader.source.offset, reader.size);
  }
  if (!to.is_register() || to.file == RegisterFile::kX87) return false;
  if (to.file == RegisterFile::kGeneral) {
    return UsesGeneral(reader.source, to.number) ||
           (reader.destination.has_base() && reader.destination.number == to.number);
  }
  return reader.source.is_register() && reader.source == to;
}

bool IsReady(const std::vector<Move>& pending, size_t index) {
  for (size_t other = 0; other < pending.size(); ++other) {
    if (other != index && Disturbs(pending[index], pending[other])) return false;
  }
  return true;
}

// Saves what `reader` reads in a scratch register and makes it read that instead.
Move SaveSource(Move& reader, const Scratch& scratch) {
  Location& source = reader.source;
  if (source.is_register() && source.file == RegisterFile::kVector) {
    const Move save =
        Move::Copy(Location::Register(RegisterFile::kVector, scratch.vector_cycle), source, 16);
    source = save.destination;
    return save;
  }
  if (source.kind == Kind::kIncoming) {
    assert(reader.size <= 8);
    const Move save = Move::Copy(Location::General(scratch.cycle), source, reader.size);
    source = save.destination;
    return save;
  }
  if (source.kind == Kind::kIncomingIndirect) {
    const Move save =
        Move::Copy(Location::General(scratch.cycle), Location::Incoming(source.pointer_offset), 8);
    source = Location::Behind(scratch.cycle, source.offset);
    return save;
  }
  assert(source.is_register() || source.has_base());
  const Move save =
      Move::Copy(Location::General(scratch.cycle), Location::General(source.number), 8);
  source.number = scratch.cycle;
  return save;
}

}  // namespace

Location Location::Register(RegisterFile file, uint8_t number) {
  return {.kind = Kind::kRegister, .file = file, .number = number};
}
Location Location::General(uint8_t number) { return Register(RegisterFile::kGeneral, number); }
Location Location::Incoming(uint32_t offset) { return {.kind = Kind::kIncoming, .offset = offset}; }
Location Location::Outgoing(uint32_t offset) { return {.kind = Kind::kOutgoing, .offset = offset}; }
Location Location::Local(uint32_t offset) { return {.kind = Kind::kLocal, .offset = offset}; }
Location Location::Behind(uint8_t base, uint32_t offset) {
  return {.kind = Kind::kBehind, .number = base, .offset = offset};
}
Location Location::Indirect(uint8_t base, uint32_t pointer_offset, uint32_t offset) {
  return {
      .kind = Kind::kIndirect, .number = base, .offset = offset, .pointer_offset = pointer_offset};
}
Location Location::IncomingIndirect(uint32_t pointer_offset, uint32_t offset) {
  return {.kind = Kind::kIncomingIndirect, .offset = offset, .pointer_offset = pointer_offset};
}
Location Location::Patch(PatchKind patch) { return {.kind = Kind::kPatch, .patch = patch}; }
Location Location::Zero() { return {.kind = Kind::kZero}; }

Location Location::Plus(uint32_t bytes) const {
  assert(is_memory());
  Location result = *this;
  result.offset += bytes;
  return result;
}

Move Move::Copy(Location destination, Location source, uint32_t size) {
  return {destination, source, Conversion::kCopy, size, size};
}
Move Move::Address(Location destination, Location source) {
  assert(source.is_memory());
  return {destination, source, Conversion::kAddress, 8, 8};
}
Move Move::Convert(Location destination, Location source, Conversion conversion, uint32_t size,
                   uint32_t width) {
  assert(size <= width && width <= 8);
  return {destination, source, conversion, size, width};
}

StatusOr<Scratch> ScratchFor(const abi::Convention& entered, const abi::Convention& native) {
  if (entered.architecture != native.architecture) {
    return Status::Error("no stub leads from " + std::string(entered.name) + " to " +
                         std::string(native.name) + ", code of another processor");
  }
  // What `native` may change and `entered` may not is preserved.
  uint32_t general = entered.volatile_general | native.volatile_general;
  uint32_t vector = entered.volatile_vector | native.volatile_vector;
  for (const abi::Convention* row : {&entered, &native}) {
    for (uint8_t number : row->general_arguments) general &= ~(uint32_t{1} << number);
    for (uint8_t number : row->vector_arguments) vector &= ~(uint32_t{1} << number);
    general &= ~(uint32_t{1} << row->sret_register);
  }
  std::vector<uint8_t> generals, vectors;
  for (uint8_t number = 0; number < 32; ++number) {
    if (general >> number & 1) generals.push_back(number);
    if (vector >> number & 1) vectors.push_back(number);
  }
  if (generals.size() < 3 || vectors.size() < 2) {
    return Status::Error("no scratch registers are left between " + std::string(entered.name) +
                         " and " + std::string(native.name));
  }
  // The lowest general register is a result register (rax) where it is free at all: it may hold a
  // pointer on the way into the call, when there is no result yet.
  return Scratch{.pointer = generals[0],
                 .data = generals[generals.size() - 2],
                 .cycle = generals.back(),
                 .vector_data = vectors.back(),
                 .vector_cycle = vectors[vectors.size() - 2],
                 .address = generals[generals.size() > 3 ? 1 : 0]};
}

std::vector<Move> OrderMoves(std::vector<Move> pending, const Scratch& scratch) {
  std::vector<Move> sequence;
  sequence.reserve(pending.size());
  while (!pending.empty()) {
    size_t index = 0;
    while (index < pending.size() && !IsReady(pending, index)) ++index;
    if (index < pending.size()) {
      sequence.push_back(pending[index]);
      pending.erase(pending.begin() + static_cast<ptrdiff_t>(index));
      continue;
    }
    const auto reader = std::find_if(pending.begin() + 1, pending.end(),
                                     [&](const Move& move) { return Disturbs(pending[0], move); });
    assert(reader != pending.end());
    sequence.push_back(SaveSource(*reader, scratch));
  }
  return sequence;
}

std::string Text(const Location& location, abi::Architecture architecture) {
  const std::string plus = "+" + std::to_string(location.offset);
  const auto base = [&] {
    return abi::RegisterName(architecture, RegisterFile::kGeneral, location.number);
  };
  switch (location.kind) {
    case Kind::kRegister:
      return abi::RegisterName(architecture, location.file, location.number);
    case Kind::kIncoming:
      return "[in" + plus + "]";
    case Kind::kOutgoing:
      return "[out" + plus + "]";
    case Kind::kLocal:
      return "[local" + plus + "]";
    case Kind::kBehind:
      return "[" + base() + plus + "]";
    case Kind::kIndirect:
      return "[[" + base() + "+" + std::to_string(location.pointer_offset) + "]" + plus + "]";
    case Kind::kIncomingIndirect:
      return "[[in+" + std::to_string(location.pointer_offset) + "]" + plus + "]";
    case Kind::kPatch: {
      static constexpr const char* kNames[] = {"target", "block", "handler", "context"};
      return std::string("<") + kNames[static_cast<size_t>(location.patch)] + ">";
    }
    case Kind::kZero:
      return "zero";
  }
  assert(false);
  return "";
}

std::string Text(const Move& move, abi::Architecture architecture) {
  const std::string bits = std::to_string(move.width * 8);
  std::string conversion;
  switch (move.conversion) {
    case Conversion::kCopy:
      break;
    case Conversion::kSignExtend:
      conversion = "sx" + bits + " ";
      break;
    case Conversion::kZeroExtend:
      conversion = "zx" + bits + " ";
      break;
    case Conversion::kBool:
      conversion = "bool" + bits + " ";
      break;
    case Conversion::kTruncate:
      conversion = "truncated ";
      break;
    case Conversion::kToFloat:
      conversion = "f64 ";
      break;
    case Conversion::kAddress:
      return Text(move.destination, architecture) + " <- address of " +
             Text(move.source, architecture);
  }
  return Text(move.destination, architecture) + " <- " + conversion +
         Text(move.source, architecture) + ":" + std::to_string(move.size);
}

}  // namespace springboard::jit
