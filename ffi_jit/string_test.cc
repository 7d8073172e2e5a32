// Fast stubs that are entered with strings: what the callee finds in the stub's frame, and what is
// refused without calling anything.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/fake_objects.h"
#include "ffi_jit/one_parameter.h"
#include "ffi_jit/testing.h"

namespace springboard::jit {
namespace {

using testing::Address;
using testing::FakeObjects;
using testing::Function;
using testing::Handle;
using testing::OneParameter;
using testing::Sig;

class StringTest : public ::testing::Test {
 protected:
  // 1, 2, ... 127, 1, ...: each character differs from its neighbours.
  static std::string Characters(size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += static_cast<char>(i % 127 + 1);
    return text;
  }

  FakeObjects fake_;
};

// What the callee saw; `copies` in place of the addresses, which are gone after the call.
std::vector<std::string> copies;
uint64_t CopyOne(const char* text) {
  copies.emplace_back(text == nullptr ? "(null)" : text);
  return copies.size();
}
uint64_t CopyAll(const char* a, double number, const char* b, const char* c, const char* d,
                 const char* e, const char* f, const char* g, const char* h, const char* i) {
  for (const char* text : {a, b, c, d, e, f, g, h, i}) CopyOne(text);
  return static_cast<uint64_t>(number);
}

FastShape ShapeOf(const std::string& native, std::vector<FastUse> uses,
                  const ObjectLayout& layout) {
  FastShape shape;
  shape.entered = Sig("(pointer," + native + ")u64");
  shape.native = Sig("(" + native + ")u64");
  shape.uses = std::move(uses);
  shape.layout = layout;
  return shape;
}

TEST_F(StringTest, OfEveryLength) {
  FastBlock block = {};
  const StatusOr<StubCode> stub =
      testing::StampOne(ShapeOf("pointer", {FastUse::kString}, fake_.layout()),
                        abi::HostFastConvention(), Address(CopyOne), &block);
  ASSERT_TRUE(stub.ok());
  const auto call = Function<uint64_t(void*, Handle)>(stub->entry());
  for (size_t count = 0; count <= kMaxStackCharacters; ++count) {
    copies.clear();
    EXPECT_EQ(call(nullptr, fake_.String(Characters(count), count % 2 == 1)), 1u);
    EXPECT_EQ(copies[0], Characters(count));
    EXPECT_EQ(block.status, FastStatus::kDone);
  }
  copies.clear();
  EXPECT_EQ(call(nullptr, fake_.Null()), 1u);
  EXPECT_EQ(copies[0], "(null)");
  const Handle plain = fake_.String("what others stand for");
  for (const Handle other : {fake_.Thin(plain), fake_.Pair(plain, fake_.Empty()),
                             fake_.Thin(fake_.Pair(plain, fake_.Empty())),
                             fake_.Pair(fake_.Thin(plain), fake_.Empty())}) {
    copies.clear();
    EXPECT_EQ(call(nullptr, other), 1u);
    EXPECT_EQ(copies[0], "what others stand for");
  }
}

TEST_F(StringTest, ManyAtOnce) {
  FastBlock block = {};
  const auto use = FastUse::kString;
  const StatusOr<StubCode> stub = testing::StampOne(
      ShapeOf("pointer,f64,pointer,pointer,pointer,pointer,pointer,pointer,pointer,pointer",
              {use, FastUse::kValue, use, use, use, use, use, use, use, use}, fake_.layout()),
      abi::HostFastConvention(), Address(CopyAll), &block);
  ASSERT_TRUE(stub.ok());
  std::vector<Handle> handles;
  std::vector<std::string> expected;
  for (size_t i = 0; i < 9; ++i) {
    expected.push_back(Characters(i * 31 % 256));
    handles.push_back(fake_.String(expected.back()));
  }
  copies.clear();
  EXPECT_EQ((Function<uint64_t(void*, Handle, double, Handle, Handle, Handle, Handle, Handle,
                               Handle, Handle, Handle)>(stub->entry())(
                nullptr, handles[0], 77, handles[1], handles[2], handles[3], handles[4], handles[5],
                handles[6], handles[7], handles[8])),
            77u);
  EXPECT_EQ(copies, expected);
}

TEST_F(StringTest, AnythingElseIsDeclined) {
  OneParameter stub(FastUse::kString, "pointer", fake_.layout());
  EXPECT_EQ(stub(fake_.Null()), 0u);
  EXPECT_TRUE(stub.Declines(fake_.Small(0)));
  EXPECT_TRUE(stub.Declines(fake_.Undefined()));
  EXPECT_TRUE(stub.Declines(fake_.Number(1)));
  EXPECT_TRUE(stub.Declines(fake_.OtherString("hello world")));
  EXPECT_TRUE(stub.Declines(fake_.Pair(fake_.String("hello "), fake_.String("world"))));
  EXPECT_TRUE(stub.Declines(fake_.Thin(fake_.OtherString("hello world"))));
  EXPECT_TRUE(stub.Declines(fake_.String(Characters(kMaxStackCharacters + 1))));
}

// Of characters up to U+00FF.
std::string Utf8(std::string_view characters) {
  std::string text;
  for (const char character : characters) {
    const auto unit = static_cast<uint8_t>(character);
    if (unit < 0x80) {
      text += character;
    } else {
      text += static_cast<char>(0xC0 | unit >> 6);
      text += static_cast<char>(0x80 | (unit & 0x3F));
    }
  }
  return text;
}

TEST_F(StringTest, CharactersThatAreNoAsciiBecomeTwoBytes) {
  FastBlock block = {};
  const StatusOr<StubCode> stub =
      testing::StampOne(ShapeOf("pointer", {FastUse::kString}, fake_.layout()),
                        abi::HostFastConvention(), Address(CopyOne), &block);
  ASSERT_TRUE(stub.ok());
  const auto call = Function<uint64_t(void*, Handle)>(stub->entry());
  const auto expect = [&](Handle handle, const std::string& text) {
    copies.clear();
    ASSERT_EQ(call(nullptr, handle), 1u) << text.size();
    EXPECT_EQ(copies[0], Utf8(text));
  };
  for (size_t count = 1; count <= kMaxStackLatin1; ++count) {
    for (const size_t place : {size_t{0}, count / 2, count - 1}) {
      for (const char wide : {'\x80', '\xBF', '\xC0', '\xE9', '\xFF'}) {
        std::string text = Characters(count);
        text[place] = wide;
        expect(fake_.String(text), text);
      }
    }
    expect(fake_.String(std::string(count, '\xE9')), std::string(count, '\xE9'));
  }
  const std::string text = "na\xEFve, and what others stand for";
  const Handle plain = fake_.String(text);
  expect(fake_.Thin(plain), text);
  expect(fake_.Pair(plain, fake_.Empty()), text);
  expect(fake_.Thin(fake_.Pair(plain, fake_.Empty())), text);
}

TEST_F(StringTest, OnTheStackToo) {
  FastBlock block = {};
  const auto use = FastUse::kString;
  const StatusOr<StubCode> stub = testing::StampOne(
      ShapeOf("pointer,f64,pointer,pointer,pointer,pointer,pointer,pointer,pointer,pointer",
              {use, FastUse::kValue, use, use, use, use, use, use, use, use}, fake_.layout()),
      abi::HostFastConvention(), Address(CopyAll), &block);
  ASSERT_TRUE(stub.ok());
  std::vector<Handle> handles;
  std::vector<std::string> expected;
  for (size_t i = 0; i < 9; ++i) {
    const std::string text = Characters(i * 10) + "\xE9" + Characters(i * 4);
    expected.push_back(Utf8(text));
    handles.push_back(fake_.String(text));
  }
  copies.clear();
  EXPECT_EQ((Function<uint64_t(void*, Handle, double, Handle, Handle, Handle, Handle, Handle,
                               Handle, Handle, Handle)>(stub->entry())(
                nullptr, handles[0], 77, handles[1], handles[2], handles[3], handles[4], handles[5],
                handles[6], handles[7], handles[8])),
            77u);
  EXPECT_EQ(copies, expected);
}

// What the callee gives back: a place in one of its arguments, or something else.
const char* elsewhere = nullptr;
char* FindIn(char* first, uint32_t at, char* second) {
  if (at < 1000) return first + at;
  return at < 2000 ? second + (at - 1000) : const_cast<char*>(elsewhere);
}
char* FillAll(char* text, uint32_t, char*) {
  std::memset(text, 'x', kMaxStackCharacters + 1);
  return text;
}

// Stack of this thread's, with something else on it.
void Overwrite() {
  volatile char bytes[4096];
  for (volatile char& byte : bytes) byte = '!';
}

FastShape TextShape(const ObjectLayout& layout) {
  FastShape shape;
  shape.entered = Sig("(pointer,pointer,u32,pointer)void");
  shape.native = Sig("(pointer,u32,pointer)pointer");
  shape.uses = {FastUse::kString, FastUse::kValue, FastUse::kString};
  shape.result = FastResult::kText;
  shape.layout = layout;
  return shape;
}

StatusOr<StubCode> StampText(const ObjectLayout& layout, const void* target, FastBlock* block) {
  return testing::StampOne(TextShape(layout), abi::HostFastConvention(), target, block);
}

TEST_F(StringTest, TextsOutliveTheFrameTheyAreIn) {
  FastBlock block = {};
  const StatusOr<StubCode> stub = StampText(fake_.layout(), Address(FindIn), &block);
  ASSERT_TRUE(stub.ok());
  const auto call = Function<void(void*, Handle, uint32_t, Handle)>(stub->entry());
  for (const size_t count : {0, 1, 8, 100, 254, 255}) {
    const std::string first = Characters(count);
    const std::string second = "second" + Characters(count / 2);
    const Handle handles[] = {fake_.String(first), fake_.String(second)};
    const auto expect = [&](uint32_t at, const std::string& text) {
      call(nullptr, handles[0], at, handles[1]);
      Overwrite();
      EXPECT_EQ(block.result, reinterpret_cast<uintptr_t>(block.text));
      EXPECT_EQ(std::string(block.text), text) << count << " " << at;
    };
    for (uint32_t at = 0; at <= count; ++at) expect(at, first.substr(at));
    for (uint32_t at = 0; at <= second.size(); ++at) expect(1000 + at, second.substr(at));
    EXPECT_EQ(block.status, FastStatus::kDone);
  }
}

TEST_F(StringTest, OtherTextsStayWhereTheyAre) {
  FastBlock block = {};
  const StatusOr<StubCode> stub = StampText(fake_.layout(), Address(FindIn), &block);
  ASSERT_TRUE(stub.ok());
  const auto call = Function<void(void*, Handle, uint32_t, Handle)>(stub->entry());
  const Handle text = fake_.String("text");
  const char on_the_stack[] = "of a caller";
  for (const char* place : {static_cast<const char*>(nullptr), "static", on_the_stack}) {
    elsewhere = place;
    call(nullptr, text, 2000, text);
    EXPECT_EQ(block.result, reinterpret_cast<uintptr_t>(place));
  }
}

TEST_F(StringTest, TextsThatLostTheirEndHaveOne) {
  FastBlock block = {};
  const StatusOr<StubCode> stub = StampText(fake_.layout(), Address(FillAll), &block);
  ASSERT_TRUE(stub.ok());
  const Handle text = fake_.String("text");
  Function<void(void*, Handle, uint32_t, Handle)>(stub->entry())(nullptr, text, 0, text);
  EXPECT_EQ(std::string(block.text), std::string(kMaxStackCharacters + 1, 'x'));
}

TEST_F(StringTest, OnlyPointersAreTexts) {
  FastShape shape = TextShape(fake_.layout());
  shape.native = Sig("(pointer,u32,pointer)u64");
  FastBlock block = {};
  EXPECT_FALSE(testing::StampOne(shape, abi::HostFastConvention(), Address(FindIn), &block).ok());
}

TEST_F(StringTest, ZerosAndTooManyWideCharactersAreDeclined) {
  OneParameter stub(FastUse::kString, "pointer", fake_.layout());
  for (const size_t count : {1, 7, 8, 9, 15, 16, 17, 100, 255}) {
    for (size_t place = 0; place < count; ++place) {
      for (const char other : {'x', '\xE9'}) {
        std::string text = Characters(count);
        text[count / 2] = other;
        text[place] = '\0';
        EXPECT_TRUE(stub.Declines(fake_.String(text))) << count << " " << place;
      }
    }
  }
  for (size_t count = kMaxStackLatin1 + 1; count <= kMaxStackCharacters; ++count) {
    std::string text = Characters(count);
    text[count % 7] = '\xE9';
    EXPECT_TRUE(stub.Declines(fake_.String(text))) << count;
  }
}

}  // namespace
}  // namespace springboard::jit
