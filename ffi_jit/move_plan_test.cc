// Orders random sets of parallel moves and runs the sequence on a small machine of numbered cells,
// against the same moves performed at once.

#include "ffi_jit/move_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace springboard::jit {
namespace {

using abi::Architecture;
using abi::RegisterFile;
using Kind = Location::Kind;

constexpr Scratch kScratch = {
    .pointer = 0, .data = 10, .cycle = 11, .vector_data = 15, .vector_cycle = 14};

// A machine whose every cell holds one number. Memory behind a register is a cell named by the
// number in that register, so that reading through an overwritten base shows.
class Machine {
 public:
  using Cell = std::tuple<Kind, RegisterFile, uint64_t, uint32_t>;

  Cell Resolve(const Location& location) {
    switch (location.kind) {
      case Kind::kRegister:
        return {Kind::kRegister, location.file, location.number, 0};
      case Kind::kBehind:
        return {Kind::kBehind, {}, Read(Location::General(location.number)), location.offset};
      case Kind::kIndirect: {
        const uint64_t base = Read(Location::General(location.number));
        const uint64_t pointer = At({Kind::kBehind, {}, base, location.pointer_offset});
        return {Kind::kBehind, {}, pointer, location.offset};
      }
      case Kind::kIncomingIndirect: {
        const uint64_t pointer = Read(Location::Incoming(location.pointer_offset));
        return {Kind::kBehind, {}, pointer, location.offset};
      }
      default:
        return {location.kind, {}, 0, location.offset};
    }
  }
  uint64_t Read(const Location& location) { return At(Resolve(location)); }
  void Write(const Cell& cell, uint64_t value) { cells_[cell] = value; }

  // Everything but the scratch registers.
  std::map<Cell, uint64_t> Visible() const {
    std::map<Cell, uint64_t> result = cells_;
    result.erase({Kind::kRegister, RegisterFile::kGeneral, kScratch.cycle, 0});
    result.erase({Kind::kRegister, RegisterFile::kVector, kScratch.vector_cycle, 0});
    return result;
  }

 private:
  // A cell not yet written holds a number of its own.
  uint64_t At(const Cell& cell) {
    const auto [entry, is_new] = cells_.try_emplace(cell, next_);
    if (is_new) ++next_;
    return entry->second;
  }

  std::map<Cell, uint64_t> cells_;
  uint64_t next_ = 1000;
};

// The cells that hold numbers before any move, so that both machines agree on them.
void Touch(const std::vector<Move>& moves, Machine& machine) {
  for (const Move& move : moves) {
    machine.Read(move.source);
    machine.Read(move.destination);
  }
}

void ExpectSameEffect(const std::vector<Move>& moves) {
  Machine at_once, in_order;
  Touch(moves, at_once);
  Touch(moves, in_order);
  std::vector<std::pair<Machine::Cell, uint64_t>> writes;
  writes.reserve(moves.size());
  for (const Move& move : moves) {
    writes.emplace_back(at_once.Resolve(move.destination), at_once.Read(move.source));
  }
  for (const auto& [cell, value] : writes) at_once.Write(cell, value);

  const std::vector<Move> sequence = OrderMoves(moves, kScratch);
  std::string text;
  for (const Move& move : sequence) {
    text += Text(move, Architecture::kX64) + "\n";
    in_order.Write(in_order.Resolve(move.destination), in_order.Read(move.source));
  }
  EXPECT_EQ(at_once.Visible(), in_order.Visible()) << text;
}

Location General(uint8_t number) { return Location::General(number); }
Location Vector(uint8_t number) { return Location::Register(RegisterFile::kVector, number); }

TEST(MovePlan, ChainNeedsNoScratch) {
  const std::vector<Move> chain = {Move::Copy(General(7), General(6), 8),
                                   Move::Copy(General(6), General(2), 8),
                                   Move::Copy(General(2), General(1), 8)};
  EXPECT_EQ(OrderMoves(chain, kScratch), chain);
  const std::vector<Move> reversed(chain.rbegin(), chain.rend());
  EXPECT_EQ(OrderMoves(reversed, kScratch), chain);
}

TEST(MovePlan, PointersOnTheStackAreReadBeforeTheyAreOverwritten) {
  ExpectSameEffect({Move::Copy(Location::Incoming(0), General(6), 8),
                    Move::Copy(General(7), Location::IncomingIndirect(0, 0), 8),
                    Move::Copy(General(6), Location::IncomingIndirect(0, 8), 8)});
  ExpectSameEffect({Move::Copy(Location::Incoming(8), Vector(3), 8),
                    Move::Copy(Vector(3), Location::IncomingIndirect(8, 16), 8)});
}

TEST(MovePlan, SwapGoesThroughScratch) {
  const std::vector<Move> sequence = OrderMoves(
      {Move::Copy(General(7), General(6), 8), Move::Copy(General(6), General(7), 8)}, kScratch);
  ASSERT_EQ(sequence.size(), 3u);
  EXPECT_EQ(Text(sequence[0], Architecture::kX64), "r11 <- rdi:8");
  EXPECT_EQ(Text(sequence[1], Architecture::kX64), "rdi <- rsi:8");
  EXPECT_EQ(Text(sequence[2], Architecture::kX64), "rsi <- r11:8");
}

TEST(MovePlan, BaseRegisterIsWrittenLast) {
  const std::vector<Move> sequence =
      OrderMoves({Move::Copy(General(6), Location::Behind(6, 8), 8),
                  Move::Copy(General(2), Location::Indirect(6, 16, 4), 8),
                  Move::Copy(Vector(0), Location::Behind(6, 0), 4)},
                 kScratch);
  EXPECT_EQ(sequence.back().destination, General(6));
}

TEST(MovePlan, IncomingStackShiftsInPlace) {
  ExpectSameEffect({Move::Copy(Location::Incoming(8), Location::Incoming(16), 8),
                    Move::Copy(Location::Incoming(0), Location::Incoming(8), 8),
                    Move::Copy(General(9), Location::Incoming(0), 8)});
}

TEST(MovePlan, IncomingStackCycle) {
  ExpectSameEffect({Move::Copy(Location::Incoming(0), Location::Incoming(8), 8),
                    Move::Copy(Location::Incoming(8), General(7), 8),
                    Move::Copy(General(7), Location::Incoming(0), 8)});
}

TEST(MovePlan, EveryPermutationOfFive) {
  std::vector<uint8_t> order = {1, 2, 6, 7, 8};
  const std::vector<uint8_t> registers = order;
  do {
    std::vector<Move> general, vector;
    for (size_t i = 0; i < order.size(); ++i) {
      general.push_back(Move::Copy(General(registers[i]), General(order[i]), 8));
      vector.push_back(Move::Copy(Vector(registers[i]), Vector(order[i]), 8));
    }
    ExpectSameEffect(general);
    ExpectSameEffect(vector);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(MovePlan, RandomPlans) {
  constexpr unsigned kSeed = 7;
  constexpr int kPlans = 5000;
  std::mt19937 random(kSeed);
  const std::vector<uint8_t> registers = {1, 2, 3, 6, 7, 8, 9};
  const auto pick = [&] { return registers[random() % registers.size()]; };
  for (int plan = 0; plan < kPlans && !::testing::Test::HasFailure(); ++plan) {
    std::vector<uint8_t> destinations = registers;
    std::shuffle(destinations.begin(), destinations.end(), random);
    std::vector<Move> moves;
    for (uint32_t i = 0; i < destinations.size(); ++i) {
      const Location sources[] = {General(pick()), Location::Behind(pick(), 8 * i),
                                  Location::Indirect(pick(), 8 * i, 4), Location::Incoming(8 * i),
                                  Vector(pick())};
      const Location& source = sources[random() % std::size(sources)];
      const Location places[] = {General(destinations[i]), Vector(destinations[i]),
                                 Location::Outgoing(8 * i), Location::Local(8 * i),
                                 Location::Incoming(8 * i)};
      moves.push_back(Move::Copy(places[random() % std::size(places)], source, 8));
    }
    ExpectSameEffect(moves);
  }
}

TEST(MovePlan, ScratchOfSysv) {
  const StatusOr<Scratch> scratch = ScratchFor(abi::SysvX64(), abi::SysvX64());
  ASSERT_TRUE(scratch.ok());
  EXPECT_EQ(scratch->pointer, 0);
  EXPECT_EQ(scratch->data, 10);
  EXPECT_EQ(scratch->cycle, 11);
  EXPECT_EQ(scratch->vector_data, 15);
  EXPECT_EQ(scratch->vector_cycle, 14);
}

TEST(MovePlan, TextNamesConversions) {
  const Move sign =
      Move::Convert(General(7), Location::Behind(6, 8), Conversion::kSignExtend, 1, 4);
  EXPECT_EQ(Text(sign, Architecture::kX64), "rdi <- sx32 [rsi+8]:1");
  const Move indirect = Move::Copy(Vector(3), Location::Indirect(6, 24, 8), 8);
  EXPECT_EQ(Text(indirect, Architecture::kX64), "xmm3 <- [[rsi+24]+8]:8");
  EXPECT_EQ(Text(Move::Address(General(6), Location::Local(16)), Architecture::kX64),
            "rsi <- address of [local+16]");
  EXPECT_EQ(
      Text(Move::Copy(General(7), Location::Patch(PatchKind::kContext), 8), Architecture::kX64),
      "rdi <- <context>:8");
}

}  // namespace
}  // namespace springboard::jit
