// Fast stubs with aggregates: bytes behind handles to a native function and from it, of every size
// and class, from registers and from the stack.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/fake_objects.h"
#include "ffi_jit/testing.h"

// gcc notes that it passed over-aligned values differently before version 4.6.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::FakeObjects;
using testing::Function;
using testing::Handle;
using testing::Sig;

int calls = 0;
// What the callee does besides.
void (*meanwhile)() = nullptr;

// Makes a third value of two, so that every byte of each counts.
template <typename T>
T Mixed(const T& a, const T& b, int64_t by) {
  ++calls;
  std::array<uint8_t, sizeof(T)> left, right;
  std::memcpy(left.data(), &a, sizeof(T));
  std::memcpy(right.data(), &b, sizeof(T));
  for (size_t i = 0; i < sizeof(T); ++i) {
    left[i] = static_cast<uint8_t>(left[i] + 3 * right[i] + by);
  }
  T result;
  std::memcpy(&result, left.data(), sizeof(T));
  if (meanwhile != nullptr) meanwhile();
  return result;
}

template <typename T>
T Mix(T a, int32_t by, T b) {
  return Mixed(a, b, by);
}
template <typename T>
T MixOnStack(int64_t c, int64_t d, int64_t e, double f, int64_t g, int64_t h, int64_t i, int64_t j,
             T a, double by, T b) {
  return Mixed(a, b,
               static_cast<int64_t>(by) + c + d + e + static_cast<int64_t>(f) + g + h + i + j);
}
// One after the other into registers where there are any: V8's and C's differ by the receiver.
template <typename T>
int32_t Compare(T a, T b) {
  ++calls;
  // Bytes, padding included: which of the two is first is all that counts.
  const auto bytes = std::bit_cast<std::array<unsigned char, sizeof(T)>>(a);
  return bytes < std::bit_cast<std::array<unsigned char, sizeof(T)>>(b) ? -1 : 1;
}

struct Stubs {
  StubCode mix, on_stack, compare;
};

class Aggregates : public ::testing::Test {
 protected:
  void TearDown() override { meanwhile = nullptr; }

  StubCode Stamp(const std::string& entered, const std::string& native, std::vector<FastUse> uses,
                 const void* target) {
    FastShape shape;
    shape.entered = Sig(entered);
    shape.native = Sig(native);
    shape.uses = std::move(uses);
    shape.result = shape.native.result->is_aggregate() ? FastResult::kBytes : FastResult::kReturn;
    shape.layout = fake_.layout();
    StatusOr<StubCode> stub = testing::StampOne(shape, abi::HostFastConvention(), target, &block_);
    EXPECT_TRUE(stub.ok()) << native << ": " << (stub.ok() ? "" : stub.status().message());
    return stub.ok() ? *std::move(stub) : StubCode();
  }

  template <typename T>
  Stubs Make(const std::string& type) {
    constexpr FastUse kValue = FastUse::kValue, kAggregate = FastUse::kAggregate;
    Stubs stubs;
    stubs.mix =
        Stamp("(pointer,pointer,i32,pointer,pointer)void", "(" + type + ",i32," + type + ")" + type,
              {kAggregate, kValue, kAggregate}, Address(Mix<T>));
    const std::string eight = "i64,i64,i64,f64,i64,i64,i64,i64,";
    stubs.on_stack = Stamp("(pointer," + eight + "pointer,f64,pointer,pointer)void",
                           "(" + eight + type + ",f64," + type + ")" + type,
                           {kValue, kValue, kValue, kValue, kValue, kValue, kValue, kValue,
                            kAggregate, kValue, kAggregate},
                           Address(MixOnStack<T>));
    stubs.compare = Stamp("(pointer,pointer,pointer)i32", "(" + type + "," + type + ")i32",
                          {kAggregate, kAggregate}, Address(Compare<T>));
    return stubs;
  }

  FastStatus EnterMix(const Stubs& stubs, Handle a, int32_t by, Handle b, Handle out) {
    block_ = {};
    Function<void(void*, Handle, int32_t, Handle, Handle)>(stubs.mix.entry())(nullptr, a, by, b,
                                                                              out);
    return block_.status;
  }
  FastStatus EnterOnStack(const Stubs& stubs, Handle a, int32_t by, Handle b, Handle out) {
    block_ = {};
    Function<void(void*, int64_t, int64_t, int64_t, double, int64_t, int64_t, int64_t, int64_t,
                  Handle, double, Handle, Handle)>(stubs.on_stack.entry())(
        nullptr, 1, 2, 3, 4, 5, 6, 7, 8, a, by - 36, b, out);
    return block_.status;
  }

  // Every kind of bytes as arguments and as result, with 16 bytes around it that must stay.
  template <typename T>
  void Check(const std::string& type) {
    SCOPED_TRACE(type);
    constexpr size_t kSize = sizeof(T);
    ASSERT_EQ(testing::LayoutOf(Sig("(" + type + ")void").parameters[0]).size, kSize);
    const Stubs stubs = Make<T>(type);
    std::array<uint8_t, kSize> a, b;
    for (size_t i = 0; i < kSize; ++i) {
      a[i] = static_cast<uint8_t>(7 * i + 1);
      b[i] = static_cast<uint8_t>(5 * i + kSize);
    }
    const Handle lefts[] = {fake_.Array(a.data(), kSize), fake_.HeapArray(a.data(), kSize),
                            fake_.Buffer(a.data(), kSize), fake_.View(a.data(), kSize + 1)};
    const Handle right = fake_.HeapArray(b.data(), kSize);
    for (const Handle left : lefts) {
      for (int kind = 0; kind < 8; ++kind) {
        std::array<uint8_t, kSize + 32> out;
        out.fill(0xA5);
        std::array<uint8_t, kSize + 32> expected = out;
        for (size_t i = 0; i < kSize; ++i) {
          expected[16 + i] = static_cast<uint8_t>(a[i] + 3 * b[i] + 2);
        }
        uint8_t* const bytes = out.data() + 16;
        const Handle outs[] = {fake_.Array(bytes, kSize), fake_.HeapArray(bytes, kSize),
                               fake_.Buffer(bytes, kSize), fake_.View(bytes, kSize)};
        const FastStatus status = kind < 4 ? EnterMix(stubs, left, 2, right, outs[kind])
                                           : EnterOnStack(stubs, left, 2, right, outs[kind - 4]);
        EXPECT_EQ(status, FastStatus::kDone);
        EXPECT_EQ(out, expected) << "kind " << kind;
      }
      block_ = {};
      auto* compare = Function<int32_t(void*, Handle, Handle)>(stubs.compare.entry());
      const int order = std::memcmp(a.data(), b.data(), kSize) < 0 ? -1 : 1;
      EXPECT_EQ(compare(nullptr, left, right), order);
      EXPECT_EQ(compare(nullptr, right, left), kSize == 1 && a == b ? 1 : -order);
      EXPECT_EQ(block_.status, FastStatus::kDone);
    }
  }

  template <size_t kSize>
  struct Raw {
    std::array<uint8_t, kSize> bytes;
  };
  template <size_t... kSizes>
  void CheckSizes(std::index_sequence<kSizes...>) {
    (Check<Raw<kSizes + 1>>("{[u8*" + std::to_string(kSizes + 1) + "]}"), ...);
  }

  FakeObjects fake_;
  FastBlock block_ = {};
};

TEST_F(Aggregates, OfOneTo64Bytes) { CheckSizes(std::make_index_sequence<64>()); }

TEST_F(Aggregates, CopiedInLoops) { Check<Raw<1000>>("{[u8*1000]}"); }

struct TwoDoubles {
  double a, b;
};
struct ThreeFloats {
  float a, b, c;
};
struct FourDoubles {
  double a, b, c, d;
};
struct OneFloat {
  float a;
};
struct DoubleAndInteger {
  double a;
  int64_t b;
};
struct IntegerAndFloat {
  int32_t a;
  float b;
  double c;
};
struct TwoIntegers {
  int64_t a, b;
};
struct alignas(16) Aligned16 {
  int64_t a, b;
};
struct alignas(64) Aligned64 {
  int64_t a[8];
};

TEST_F(Aggregates, OfEveryClass) {
  Check<TwoDoubles>("{f64,f64}");
  Check<ThreeFloats>("{f32,f32,f32}");
  Check<FourDoubles>("{f64,f64,f64,f64}");
  Check<OneFloat>("{f32}");
  Check<DoubleAndInteger>("{f64,i64}");
  Check<IntegerAndFloat>("{i32,f32,f64}");
  Check<TwoIntegers>("{i64,i64}");
  Check<Aligned16>("{i64,i64}align(16)");
}

// Copied for the callee, which may rely on the alignment.
TEST_F(Aggregates, AlignedMoreThanTheStack) {
#if !defined(_WIN32)  // gcc for Windows does not align the stack for its own copies
  Check<Aligned64>("{[i64*8]}align(64)");
#else
  GTEST_SKIP() << "gcc for Windows itself does not align such values";
#endif
}

// What becomes of handles that are not good for 12 bytes.
TEST_F(Aggregates, TooShortOrGoneIsDeclined) {
  const Stubs stubs = Make<ThreeFloats>("{f32,f32,f32}");
  std::array<uint8_t, 64> memory = {};
  const Handle good = fake_.Array(memory.data(), 12);
  const Handle out = fake_.Array(memory.data() + 32, 12);
  const std::array<uint8_t, 64> before = memory;
  std::vector<Handle> bad = {fake_.Small(1),
                             fake_.Null(),
                             fake_.Undefined(),
                             fake_.Number(1),
                             fake_.BigInt(1, false, 1),
                             fake_.Array(memory.data(), 11),
                             fake_.Array(memory.data(), 0),
                             fake_.HeapArray(memory.data(), 11),
                             fake_.Buffer(memory.data(), 11),
                             fake_.View(memory.data(), 11),
                             fake_.VariableArray(memory.data(), 12)};
  for (const Handle gone : {fake_.Array(memory.data(), 12), fake_.Buffer(memory.data(), 12),
                            fake_.View(memory.data(), 12)}) {
    fake_.Detach(gone);
    bad.push_back(gone);
  }
  calls = 0;
  ASSERT_EQ(EnterMix(stubs, good, 0, good, out), FastStatus::kDone);
  ASSERT_EQ(calls, 1);
  for (const Handle handle : bad) {
    EXPECT_EQ(EnterMix(stubs, handle, 1, good, out), FastStatus::kDeclined);
    EXPECT_EQ(EnterMix(stubs, good, 1, handle, out), FastStatus::kDeclined);
    EXPECT_EQ(EnterMix(stubs, good, 1, good, handle), FastStatus::kDeclined);
    EXPECT_EQ(EnterOnStack(stubs, handle, 1, good, out), FastStatus::kDeclined);
    EXPECT_EQ(EnterOnStack(stubs, good, 1, handle, out), FastStatus::kDeclined);
    EXPECT_EQ(EnterOnStack(stubs, good, 1, good, handle), FastStatus::kDeclined);
  }
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(memory, before);
}

// The callee's view of the array that takes the result.
struct Out {
  FakeObjects* fake;
  Handle handle;
  Handle other;
};
Out out;

template <size_t kSize>
struct Words {
  int64_t words[kSize];
};

// A result in registers and one in memory, while the array changes during the call.
template <typename T>
void ExpectHandleIsReadAgain(FakeObjects& fake,
                             const std::function<FastStatus(Handle, Handle)>& enter) {
  std::array<uint8_t, sizeof(T)> a = {}, first = {}, second = {};
  a.fill(9);
  const Handle left = fake.Array(a.data(), sizeof(T));
  std::array<uint8_t, sizeof(T)> expected = {};
  expected.fill(9 + 27);
  const std::array<uint8_t, sizeof(T)> zero = {};

  // The bytes move.
  out = {&fake, fake.HeapArray(first.data(), sizeof(T)), fake.Array(second.data(), sizeof(T))};
  meanwhile = [] { *out.handle = *out.other; };
  EXPECT_EQ(enter(left, out.handle), FastStatus::kDone);
  EXPECT_EQ(first, zero);
  EXPECT_EQ(second, expected);

  // They are gone, or too few.
  out = {&fake, fake.Array(first.data(), sizeof(T)), nullptr};
  meanwhile = [] { out.fake->Detach(out.handle); };
  EXPECT_EQ(enter(left, out.handle), FastStatus::kLost);
  out = {&fake, fake.View(first.data(), sizeof(T)), nullptr};
  meanwhile = [] { out.fake->SetLength(out.handle, sizeof(T) - 1); };
  EXPECT_EQ(enter(left, out.handle), FastStatus::kLost);
  EXPECT_EQ(first, zero);
}

TEST_F(Aggregates, ResultsGoWhereTheBytesAreAfterTheCall) {
  const Stubs two = Make<Words<2>>("{[i64*2]}");
  const Stubs many = Make<Words<9>>("{[i64*9]}");
  const Stubs floats = Make<FourDoubles>("{f64,f64,f64,f64}");
  for (const bool on_stack : {false, true}) {
    const auto enter = [&](const Stubs& stubs) {
      return [&, on_stack](Handle left, Handle to) {
        return on_stack ? EnterOnStack(stubs, left, 0, left, to)
                        : EnterMix(stubs, left, 0, left, to);
      };
    };
    ExpectHandleIsReadAgain<Words<2>>(fake_, enter(two));
    ExpectHandleIsReadAgain<Words<9>>(fake_, enter(many));
    ExpectHandleIsReadAgain<FourDoubles>(fake_, enter(floats));
  }
}

// An argument's array may be the one that takes the result.
TEST_F(Aggregates, InPlace) {
  const Stubs stubs = Make<Words<9>>("{[i64*9]}");
  Words<9> value = {{1, 2, 3, 4, 5, 6, 7, 8, 9}};
  const Handle handle = fake_.Array(&value, sizeof(value));
  EXPECT_EQ(EnterMix(stubs, handle, 0, handle, handle), FastStatus::kDone);
  EXPECT_EQ(value.words[8], 36);
}

// The bases of both aggregates are in registers that two of the numbers go to, which are where the
// aggregates' own numbers go to.
double Crossed(TwoDoubles a, int64_t b, int64_t c, TwoDoubles d, int64_t e) {
  ++calls;
  return a.a + 10 * a.b + static_cast<double>(100 * b + 1000 * c) + 10000 * d.a + 100000 * d.b +
         static_cast<double>(1000000 * e);
}

TEST_F(Aggregates, WhoseBasesAreInCycles) {
  const StubCode stub =
      Stamp("(pointer,pointer,f64,f64,pointer,f64)f64", "({f64,f64},i64,i64,{f64,f64},i64)f64",
            {FastUse::kAggregate, FastUse::kSafeInteger, FastUse::kSafeInteger, FastUse::kAggregate,
             FastUse::kSafeInteger},
            Address(Crossed));
  const double doubles[] = {1, 2, 5, 6};
  auto* call = Function<double(void*, Handle, double, double, Handle, double)>(stub.entry());
  const Handle a = fake_.Array(doubles, 16), d = fake_.HeapArray(doubles + 2, 16);
  EXPECT_EQ(call(nullptr, a, 3, 4, d, 7), 7654321);
  EXPECT_EQ(block_.status, FastStatus::kDone);
}

double Exchanged(TwoIntegers a, TwoDoubles b, int64_t c, TwoIntegers d, uint64_t e) {
  ++calls;
  return static_cast<double>(a.a + 10 * a.b) + 100 * b.a + 1000 * b.b +
         static_cast<double>(10000 * c + 100000 * d.a + 1000000 * d.b) +
         static_cast<double>(10000000 * e);
}

TEST_F(Aggregates, AmongEverythingElse) {
  const StubCode stub = Stamp("(pointer,pointer,pointer,f64,pointer,pointer)f64",
                              "({i64,i64},{f64,f64},i64,{i64,i64},u64)f64",
                              {FastUse::kAggregate, FastUse::kAggregate, FastUse::kSafeInteger,
                               FastUse::kAggregate, FastUse::kInteger},
                              Address(Exchanged));
  const int64_t integers[] = {1, 2, 6, 7};
  const double doubles[] = {3, 4};
  auto* call = Function<double(void*, Handle, Handle, double, Handle, Handle)>(stub.entry());
  const Handle a = fake_.HeapArray(integers, 16), b = fake_.Buffer(doubles, 16);
  const Handle d = fake_.View(integers + 2, 16), e = fake_.BigInt(1, false, 8);
  calls = 0;
  EXPECT_EQ(call(nullptr, a, b, 5.0, d, e), 21 + 300 + 4000 + 50000 + 600000 + 7000000 + 80000000);
  EXPECT_EQ(block_.status, FastStatus::kDone);
  EXPECT_EQ(call(nullptr, a, b, 5.5, d, e), 0);
  EXPECT_EQ(block_.status, FastStatus::kDeclined);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace springboard::jit
