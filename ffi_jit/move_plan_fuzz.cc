// Fuzzes the order of parallel moves (move_plan.h): the sequence, performed by an interpreter that
// knows every byte of registers, stack and memory, leaves what the moves leave that are performed
// at once: values, addresses read through registers that other moves overwrite, conversions.
//
// A libFuzzer target: the input is one move after the other, five bytes each. One thread.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/fuzz_report.h"
#include "ffi_jit/move_plan.h"

namespace springboard::jit {
namespace {

using abi::RegisterFile;
using Kind = Location::Kind;
using Bytes = std::vector<uint8_t>;

constexpr Scratch kScratch = {
    .pointer = 0, .data = 10, .cycle = 11, .vector_data = 15, .vector_cycle = 14};
constexpr uint8_t kRegisters[] = {1, 2, 3, 6, 7, 8, 9};
constexpr uint32_t kSlots = 8;       // of the incoming stack
constexpr uint32_t kFarApart = 256;  // between what two moves write

uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

// All bytes there are, by address; those never written are a hash of their address, so that no two
// places hold the same number by chance, and a wrong address never goes unnoticed.
class Machine {
 public:
  // Where a location's bytes begin. Registers and the stub's areas are far from what numbers in
  // registers point to.
  uint64_t AddressOf(const Location& location) const {
    switch (location.kind) {
      case Kind::kRegister:
        return (uint64_t{1} << 32) + (static_cast<uint64_t>(location.file) << 16) +
               uint64_t{location.number} * 64;
      case Kind::kBehind:
        return General(location.number) + location.offset;
      case Kind::kIndirect:
        return Word(General(location.number) + location.pointer_offset) + location.offset;
      case Kind::kIncomingIndirect:
        return Word(AddressOf(Location::Incoming(location.pointer_offset))) + location.offset;
      default:
        return (static_cast<uint64_t>(location.kind) << 40) + location.offset;
    }
  }

  // What a move would write now.
  Bytes ValueOf(const Move& move) const {
    Bytes bytes(std::max(move.size, move.width), 0);
    if (move.conversion == Conversion::kAddress) {
      const uint64_t address = AddressOf(move.source);
      std::memcpy(bytes.data(), &address, sizeof(address));
      return bytes;
    }
    if (move.source.kind == Kind::kPatch || move.source.kind == Kind::kZero) {
      std::fill(bytes.begin(), bytes.end(), move.source.kind == Kind::kPatch ? 0x77 : 0);
      return bytes;
    }
    const uint64_t from = AddressOf(move.source);
    for (uint32_t i = 0; i < move.size; ++i) bytes[i] = Byte(from + i);
    Convert(move, bytes);
    bytes.resize(move.width);
    return bytes;
  }

  void Write(const Location& to, uint64_t address, const Bytes& bytes) {
    for (size_t i = 0; i < bytes.size(); ++i) bytes_[address + i] = bytes[i];
    if (!to.is_register()) return;
    // What lies above in a register is not of the value.
    for (size_t i = bytes.size(); i < 16; ++i) bytes_[address + i] = 0;
  }

  // All that was written, but for the registers that may have any content.
  std::map<uint64_t, uint8_t> Visible() const {
    std::map<uint64_t, uint8_t> visible = bytes_;
    for (const Location& scratch :
         {Location::General(kScratch.cycle),
          Location::Register(RegisterFile::kVector, kScratch.vector_cycle)}) {
      const uint64_t address = AddressOf(scratch);
      visible.erase(visible.lower_bound(address), visible.lower_bound(address + 16));
    }
    return visible;
  }

 private:
  uint8_t Byte(uint64_t address) const {
    const auto found = bytes_.find(address);
    return found != bytes_.end() ? found->second : static_cast<uint8_t>(Mix(address) >> 32);
  }
  uint64_t Word(uint64_t address) const {
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= uint64_t{Byte(address + i)} << (8 * i);
    return word;
  }
  uint64_t General(uint8_t number) const { return Word(AddressOf(Location::General(number))); }

  // The bytes read, in `bytes`, become those that are written.
  static void Convert(const Move& move, Bytes& bytes) {
    switch (move.conversion) {
      case Conversion::kSignExtend:
        std::fill(bytes.begin() + move.size, bytes.end(),
                  (bytes[move.size - 1] & 0x80) != 0 ? 0xFF : 0);
        break;
      case Conversion::kBool:
        bytes[0] = bytes[0] != 0 ? 1 : 0;
        std::fill(bytes.begin() + 1, bytes.end(), 0);
        break;
      case Conversion::kTruncate:
      case Conversion::kToFloat: {
        // Any function of the bits shows that they were the right ones.
        uint64_t bits = 0;
        std::memcpy(&bits, bytes.data(), 8);
        bits = Mix(bits + static_cast<uint64_t>(move.conversion));
        std::memcpy(bytes.data(), &bits, 8);
        break;
      }
      default:
        break;
    }
  }

  std::map<uint64_t, uint8_t> bytes_;
};

// Reads moves from bytes, such as OrderMoves() takes.
class Decoder {
 public:
  explicit Decoder(std::string_view input) : input_(input) {}

  std::vector<Move> Moves() {
    std::vector<Move> moves;
    while (!input_.empty() && moves.size() < kMostMoves) {
      const Move move = One(static_cast<uint32_t>(moves.size()));
      if (IsNew(move.destination)) moves.push_back(move);
    }
    return moves;
  }

 private:
  static constexpr size_t kMostMoves = 24;

  uint8_t Next() {
    if (input_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(input_[0]);
    input_.remove_prefix(1);
    return byte;
  }
  uint8_t Register() { return kRegisters[Next() % std::size(kRegisters)]; }

  Move One(uint32_t index) {
    Move move;
    move.destination = Destination(Next(), index);
    Source(Next(), move);
    return move;
  }

  Location Destination(uint8_t choice, uint32_t index) {
    switch (choice % 8) {
      case 0:
      case 1:
      case 2:
        return Location::General(Register());
      case 3:
        return Location::Register(RegisterFile::kVector, Register());
      case 4:
        return Location::Incoming(8 * (Next() % kSlots));
      case 5:
        return Location::Outgoing(kFarApart * index);
      case 6:
        return Location::Behind(Register(), (1 << 20) + kFarApart * index);
      default:
        return Location::Local(kFarApart * index);
    }
  }

  void Source(uint8_t choice, Move& move) {
    static constexpr Conversion kConversions[] = {
        Conversion::kCopy,       Conversion::kCopy, Conversion::kCopy,     Conversion::kSignExtend,
        Conversion::kZeroExtend, Conversion::kBool, Conversion::kTruncate, Conversion::kToFloat};
    static constexpr uint32_t kSizes[] = {1, 2, 4, 8};
    move.conversion = kConversions[choice / 16 % 8];
    move.size = kSizes[choice / 4 % 4];
    switch (choice % 9) {
      case 0:
      case 1:
        move.source = Location::General(Register());
        break;
      case 2:
        move.source = Location::Register(RegisterFile::kVector, Register());
        if (move.conversion == Conversion::kCopy && choice > 200) move.size = 16;
        break;
      case 3:
      case 4:
        move.source = Location::Incoming(8 * (Next() % kSlots));
        break;
      case 5:
        move.source = Location::Behind(Register(), Next());
        break;
      case 6:
        move.source = Location::Indirect(Register(), 8 * (Next() % 8), Next());
        break;
      case 7:
        move.source = Location::IncomingIndirect(8 * (Next() % kSlots), Next());
        break;
      default:
        move.source = choice % 2 == 0 ? Location::Patch(PatchKind::kTarget) : Location::Zero();
        move.conversion = Conversion::kCopy;
    }
    if (move.source.is_memory() && choice > 230) move.conversion = Conversion::kAddress;
    FitWidth(move);
  }

  // An incoming slot has 8 bytes, whoever reads or writes it.
  static void FitWidth(Move& move) {
    const bool is_number = move.conversion == Conversion::kTruncate ||
                           move.conversion == Conversion::kToFloat ||
                           move.conversion == Conversion::kAddress;
    if (is_number) move.size = 8;
    if (move.destination.kind == Kind::kIncoming) move.size = std::min<uint32_t>(move.size, 8);
    move.width = move.conversion == Conversion::kCopy ? move.size : 8;
  }

  // Nothing is written twice.
  bool IsNew(const Location& destination) {
    if (!destination.is_register() && destination.kind != Kind::kIncoming) return true;
    return taken_
        .insert({destination.is_register() ? static_cast<int>(destination.file) : -1,
                 destination.is_register() ? destination.number : destination.offset})
        .second;
  }

  std::string_view input_;
  std::set<std::pair<int, uint32_t>> taken_;
};

std::string TextOf(const std::vector<Move>& moves) {
  std::string text;
  for (const Move& move : moves) text += Text(move, abi::Architecture::kX64) + "\n";
  return text;
}

void Check(std::string_view input) {
  const std::vector<Move> moves = Decoder(input).Moves();
  Machine at_once;
  std::vector<std::pair<uint64_t, Bytes>> writes;
  writes.reserve(moves.size());
  for (const Move& move : moves) {
    writes.emplace_back(at_once.AddressOf(move.destination), at_once.ValueOf(move));
  }
  for (size_t i = 0; i < moves.size(); ++i) {
    at_once.Write(moves[i].destination, writes[i].first, writes[i].second);
  }
  const std::vector<Move> sequence = OrderMoves(moves, kScratch);
  Machine in_order;
  for (const Move& move : sequence) {
    in_order.Write(move.destination, in_order.AddressOf(move.destination), in_order.ValueOf(move));
  }
  if (at_once.Visible() == in_order.Visible()) return;
  abi::fuzzing::Report("the sequence has another effect",
                       "moves:\n" + TextOf(moves) + "sequence:\n" + TextOf(sequence));
}

}  // namespace
}  // namespace springboard::jit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  springboard::jit::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
