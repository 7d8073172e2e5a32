// Every case of testdata/cases.inc, with callees and callers compiled by gcc and by clang, of each
// convention that this processor can run: through the call stub, through the closure stub, and
// through both.
//
// Argument memory ends at an unreadable page and so does result memory, so that a stub that reads
// or writes one byte too many crashes here.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/guarded_bytes.h"
#include "ffi_jit/testdata/callees.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using abi::Signature;
using abi::Type;
using testing::Difference;
using testing::GuardedBytes;
using testing::LayoutOf;
using testing::RandomValue;
using testing::Sig;

bool FitsSlot(const Type* type) { return !type->is_aggregate() && LayoutOf(type).size <= 8; }

uint64_t ResultBytes(const Type* type) {
  const uint64_t size = LayoutOf(type).size;
  return type->is_aggregate() ? size : std::max<uint64_t>(size, 8);
}

// The offset of each parameter in a table's record.
std::vector<size_t> RecordOffsets(const Signature& signature) {
  std::vector<size_t> offsets;
  size_t at = 0;
  for (const Type* type : signature.parameters) {
    offsets.push_back(at);
    at += (LayoutOf(type).size + kRecordStride - 1) / kRecordStride * kRecordStride;
  }
  EXPECT_LE(at, static_cast<size_t>(kRecordBytes));
  return offsets;
}

// One call's random values.
struct Values {
  Values(const Signature& signature, std::mt19937& random) : signature(signature) {
    for (const Type* type : signature.parameters) arguments.push_back(RandomValue(type, random));
    if (!signature.result->is_void()) result = RandomValue(signature.result, random);
  }

  // The value arrived as it was sent; integers that were to be extended are.
  void ExpectArgument(size_t index, const uint8_t* actual) const {
    EXPECT_EQ(Difference(signature.parameters[index], arguments[index].data(), actual), "")
        << "argument " << index;
  }
  void ExpectResult(const uint8_t* actual) const {
    if (signature.result->is_void()) return;
    EXPECT_EQ(Difference(signature.result, result.data(), actual), "") << "result";
  }

  const Signature& signature;
  std::vector<std::vector<uint8_t>> arguments;
  std::vector<uint8_t> result;
};

void ExpectExtended(const Type* type, const uint8_t* bytes, uint64_t extended) {
  if (!type->is_integer() || LayoutOf(type).size > 8) return;
  EXPECT_EQ(extended, testing::Extended(type, bytes)) << type->text() << " is not extended";
}

// Slots whose aggregates end at an unreadable page, and whose narrow values have garbage above.
struct Slots {
  Slots(const Values& values, std::mt19937& random) {
    for (size_t index = 0; index < values.arguments.size(); ++index) {
      const std::vector<uint8_t>& bytes = values.arguments[index];
      uint64_t slot = (uint64_t{random()} << 32) | random();
      if (FitsSlot(values.signature.parameters[index])) {
        std::memcpy(&slot, bytes.data(), bytes.size());
      } else {
        memory.push_back(std::make_unique<GuardedBytes>(bytes.size()));
        std::memcpy(memory.back()->data(), bytes.data(), bytes.size());
        slot = std::bit_cast<uint64_t>(memory.back()->data());
      }
      slots.push_back(slot);
    }
  }

  std::vector<uint64_t> slots;
  std::vector<std::unique_ptr<GuardedBytes>> memory;
};

// Receives a closure's call: compares the arguments and gives the result.
struct Expectation {
  const Values* values;
  int calls = 0;

  static void Handle(void* context, const uint64_t* slots, void* result) {
    auto* self = static_cast<Expectation*>(context);
    const Values& values = *self->values;
    ++self->calls;
    for (size_t index = 0; index < values.arguments.size(); ++index) {
      const Type* type = values.signature.parameters[index];
      if (FitsSlot(type)) {
        values.ExpectArgument(index, reinterpret_cast<const uint8_t*>(&slots[index]));
        ExpectExtended(type, values.arguments[index].data(), slots[index]);
      } else {
        values.ExpectArgument(index, std::bit_cast<const uint8_t*>(slots[index]));
      }
    }
    const Type* type = values.signature.result;
    if (type->is_void()) {
      EXPECT_EQ(result, nullptr);
      return;
    }
    const auto* zeroes = static_cast<const uint8_t*>(result);
    EXPECT_TRUE(std::all_of(zeroes, zeroes + ResultBytes(type), [](uint8_t b) { return b == 0; }));
    std::memcpy(result, values.result.data(), values.result.size());
  }
};

// A table of native functions and their convention.
struct Compiled {
  const char* name;
  const CalleeTable& table;
  const abi::Convention& convention;
};

// Calls `target` through the call stub, and checks the result and its surroundings.
void CallThroughStub(const Values& values, const abi::Convention& convention, const void* target,
                     std::mt19937& random) {
  const Signature& signature = values.signature;
  const StatusOr<CallStub> stub = CodeCache::Process().GetCallStub(signature, convention);
  ASSERT_TRUE(stub.ok()) << stub.status().message();
  Slots slots(values, random);
  GuardedBytes result(ResultBytes(signature.result));
  (*stub)(target, slots.slots.data(), signature.result->is_void() ? nullptr : result.data());
  EXPECT_TRUE(result.FrontIsIntact());
  values.ExpectResult(result.data());
  if (!signature.result->is_void() && FitsSlot(signature.result)) {
    uint64_t extended = 0;
    std::memcpy(&extended, result.data(), 8);
    ExpectExtended(signature.result, values.result.data(), extended);
  }
}

class StubConformance : public ::testing::TestWithParam<Compiled> {
 protected:
  // Calls `body` with each case, its signature and fresh values, a few times.
  template <typename Body>
  void ForEachCase(Body body) {
    constexpr unsigned kSeed = 20240607;
    constexpr int kRounds = 4;
    std::mt19937 random(kSeed);
    for (int index = 0; index < table().count; ++index) {
      const CalleeCase& row = table().cases[index];
      if (const char* reason = ReasonToSkip(row)) {
        std::printf("skipped: %s %s: %s\n", GetParam().name, row.signature, reason);
        continue;
      }
      SCOPED_TRACE(std::string(GetParam().name) + " " + row.signature);
      const Signature signature = Sig(row.signature);
      for (int round = 0; round < kRounds && !HasFailure(); ++round) {
        const Values values(signature, random);
        body(row, values, random);
      }
      if (HasFailure()) return;
    }
  }

  // Null for most cases.
  static const char* ReasonToSkip(const CalleeCase& row) {
    if (std::string_view(row.signature).find("longdouble") == std::string_view::npos)
      return nullptr;
    // It passes the long double of the system that it compiles for, not that of Windows, which goes
    // by reference.
    if (std::string_view(GetParam().name) == "ClangWin64") {
      return "clang's ms_abi keeps the system's long double";
    }
    return LosesLongDoubles() ? "this machine (Valgrind's) rounds a long double to a double"
                              : nullptr;
  }

  // Whether a load and a store change one, as on Valgrind's processor.
  static bool LosesLongDoubles() {
    volatile long double value = 1 + std::numeric_limits<long double>::epsilon();
    const long double copy = value;
    return copy == 1;
  }
  static const CalleeTable& table() { return GetParam().table; }
  static const abi::Convention& convention() { return GetParam().convention; }

  static StubCode Closure(const Signature& signature, Expectation& expectation) {
    StatusOr<StubCode> closure = CodeCache::Process().StampClosure(
        signature, convention(), &Expectation::Handle, &expectation);
    EXPECT_TRUE(closure.ok()) << closure.status().message();
    return closure.ok() ? *std::move(closure) : StubCode();
  }
};

TEST_P(StubConformance, CallStub) {
  ForEachCase([&](const CalleeCase& row, const Values& values, std::mt19937& random) {
    std::memset(table().record, 0, kRecordBytes);
    std::copy(values.result.begin(), values.result.end(), table().reply);
    CallThroughStub(values, convention(), std::bit_cast<const void*>(row.callee), random);
    const std::vector<size_t> offsets = RecordOffsets(values.signature);
    for (size_t index = 0; index < offsets.size(); ++index) {
      values.ExpectArgument(index, table().record + offsets[index]);
    }
  });
}

TEST_P(StubConformance, ClosureStub) {
  ForEachCase([&](const CalleeCase& row, const Values& values, std::mt19937&) {
    Expectation expectation{&values};
    const StubCode closure = Closure(values.signature, expectation);
    const std::vector<size_t> offsets = RecordOffsets(values.signature);
    for (size_t index = 0; index < offsets.size(); ++index) {
      std::memcpy(table().record + offsets[index], values.arguments[index].data(),
                  values.arguments[index].size());
    }
    std::memset(table().reply, 0, kRecordBytes);
    row.caller(testing::Function<void()>(closure.entry()));
    EXPECT_EQ(expectation.calls, 1);
    values.ExpectResult(table().reply);
  });
}

TEST_P(StubConformance, CallStubIntoClosureStub) {
  ForEachCase([&](const CalleeCase&, const Values& values, std::mt19937& random) {
    Expectation expectation{&values};
    const StubCode closure = Closure(values.signature, expectation);
    CallThroughStub(values, convention(), closure.entry(), random);
    EXPECT_EQ(expectation.calls, 1);
  });
}

INSTANTIATE_TEST_SUITE_P(Compilers, StubConformance,
                         ::testing::Values(
#if defined(__x86_64__)
                             Compiled{"GccWin64", *gcc_win64_callees(), abi::Win64()},
                             Compiled{"ClangWin64", *clang_win64_callees(), abi::Win64()},
#endif
                             Compiled{"Gcc", *gcc_callees(), abi::HostConvention()},
                             Compiled{"Clang", *clang_callees(), abi::HostConvention()}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace springboard::jit
