// Layouts against the compiler's own sizeof, alignof and offsetof; leaves of aggregates.

#include "abi/layout.h"

#include <gtest/gtest.h>

#include <complex>
#include <cstddef>

#include "abi/signature.h"

namespace springboard::abi {
namespace {

const Type* Parse(std::string_view text) {
  const StatusOr<const Type*> type = ParseType(text);
  EXPECT_TRUE(type.ok()) << text << ": " << type.status().message();
  return type.ok() ? *type : Type::Scalar(TypeKind::kI8);
}

struct Expected {
  const char* text;
  uint64_t size;
  uint32_t align;
  std::vector<uint64_t> offsets;
};

void ExpectLayout(const Expected& expected) {
  const StatusOr<Layout> layout = LayoutOf(Parse(expected.text), SysvX64());
  ASSERT_TRUE(layout.ok()) << expected.text << ": " << layout.status().message();
  EXPECT_EQ(layout->size, expected.size) << expected.text;
  EXPECT_EQ(layout->align, expected.align) << expected.text;
  EXPECT_EQ(layout->offsets, expected.offsets) << expected.text;
}

#if defined(__x86_64__) && !defined(_WIN32)

// The C types behind the notation in the table below.
typedef float Float4 __attribute__((vector_size(16)));
typedef short Short4 __attribute__((vector_size(8)));
__extension__ typedef __int128 Int128;
struct Padded {
  char a;
  int b;
  char c;
  double d;
  short e;
};
struct Wide {
  char a;
  Int128 b;
  char c;
  long double d;
};
struct Inner {
  char a;
  short b[3];
};
struct Nested {
  char a;
  Inner b[2];
  void* c;
};
struct WithVectors {
  char a;
  Float4 b;
  Short4 c;
};
struct WithComplex {
  char a;
  std::complex<float> b;
  std::complex<double> c;
};
struct __attribute__((packed)) Packed {
  char a;
  int b;
  Int128 c;
};
#pragma pack(push, 2)
struct Pack2 {
  char a;
  int b;
  char c;
};
#pragma pack(pop)
#pragma pack(push, 16)
struct Pack16 {
  char a;
  int b;
};
#pragma pack(pop)
struct __attribute__((aligned(32))) Aligned {
  int a;
  char b;
};
struct HoldsAligned {
  char a;
  Aligned b;
};
#pragma GCC diagnostic push
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpacked-not-aligned"
#endif
struct __attribute__((packed)) PackedHoldsAligned {
  char a;
  Aligned b;
};
#pragma GCC diagnostic pop
struct __attribute__((packed, aligned(4))) PackedAligned {
  char a;
  short b;
  short c;
};
union Plain {
  char a[9];
  int b;
};
union Strict {
  char a;
  long double b;
};
struct HoldsUnion {
  char a;
  Plain b;
};
struct WithConstructor {
  explicit WithConstructor(double d) : a(0), b(d) {}
  char a;
  double b;
};
struct Empty {};
struct alignas(8) AlignedEmpty {};
struct HoldsEmpty {
  Empty a;
  int b;
  Empty c[3];
};

TEST(Layout, AgreesWithTheCompiler) {
  const Expected table[] = {
      {"bool", sizeof(bool), alignof(bool), {}},
      {"i16", sizeof(short), alignof(short), {}},
      {"u32", sizeof(int), alignof(int), {}},
      {"i64", sizeof(long), alignof(long), {}},
      {"u128", sizeof(Int128), alignof(Int128), {}},
      {"f32", sizeof(float), alignof(float), {}},
      {"f64", sizeof(double), alignof(double), {}},
      {"longdouble", sizeof(long double), alignof(long double), {}},
      {"pointer", sizeof(void*), alignof(void*), {}},
      {"complex(f32)", sizeof(std::complex<float>), alignof(std::complex<float>), {}},
      {"complex(longdouble)",
       sizeof(std::complex<long double>),
       alignof(std::complex<long double>),
       {}},
      {"vector(f32*4)", sizeof(Float4), alignof(Float4), {}},
      {"vector(i16*4)", sizeof(Short4), alignof(Short4), {}},
      {"[{i8,[i16*3]}*2]", sizeof(Inner[2]), alignof(Inner[2]), {}},
      {"{i8,i32,i8,f64,i16}",
       sizeof(Padded),
       alignof(Padded),
       {offsetof(Padded, a), offsetof(Padded, b), offsetof(Padded, c), offsetof(Padded, d),
        offsetof(Padded, e)}},
      {"{i8,i128,i8,longdouble}",
       sizeof(Wide),
       alignof(Wide),
       {offsetof(Wide, a), offsetof(Wide, b), offsetof(Wide, c), offsetof(Wide, d)}},
      {"{i8,[{i8,[i16*3]}*2],pointer}",
       sizeof(Nested),
       alignof(Nested),
       {offsetof(Nested, a), offsetof(Nested, b), offsetof(Nested, c)}},
      {"{i8,vector(f32*4),vector(i16*4)}",
       sizeof(WithVectors),
       alignof(WithVectors),
       {offsetof(WithVectors, a), offsetof(WithVectors, b), offsetof(WithVectors, c)}},
      {"{i8,complex(f32),complex(f64)}",
       sizeof(WithComplex),
       alignof(WithComplex),
       {offsetof(WithComplex, a), offsetof(WithComplex, b), offsetof(WithComplex, c)}},
      {"{i8,i32,i128}packed(1)",
       sizeof(Packed),
       alignof(Packed),
       {offsetof(Packed, a), offsetof(Packed, b), offsetof(Packed, c)}},
      {"{i8,i32,i8}packed(2)",
       sizeof(Pack2),
       alignof(Pack2),
       {offsetof(Pack2, a), offsetof(Pack2, b), offsetof(Pack2, c)}},
      {"{i8,i32}packed(16)",
       sizeof(Pack16),
       alignof(Pack16),
       {offsetof(Pack16, a), offsetof(Pack16, b)}},
      {"{i32,i8}align(32)",
       sizeof(Aligned),
       alignof(Aligned),
       {offsetof(Aligned, a), offsetof(Aligned, b)}},
      {"{i8,{i32,i8}align(32)}",
       sizeof(HoldsAligned),
       alignof(HoldsAligned),
       {offsetof(HoldsAligned, a), offsetof(HoldsAligned, b)}},
      {"{i8,{i32,i8}align(32)}packed(1)",
       sizeof(PackedHoldsAligned),
       alignof(PackedHoldsAligned),
       {offsetof(PackedHoldsAligned, a), offsetof(PackedHoldsAligned, b)}},
      {"{i8,i16,i16}packed(1)align(4)",
       sizeof(PackedAligned),
       alignof(PackedAligned),
       {offsetof(PackedAligned, a), offsetof(PackedAligned, b), offsetof(PackedAligned, c)}},
      {"<[i8*9],i32>", sizeof(Plain), alignof(Plain), {0, 0}},
      {"<i8,longdouble>", sizeof(Strict), alignof(Strict), {0, 0}},
      {"{i8,<[i8*9],i32>}",
       sizeof(HoldsUnion),
       alignof(HoldsUnion),
       {offsetof(HoldsUnion, a), offsetof(HoldsUnion, b)}},
      {"{i8,f64}class",
       sizeof(WithConstructor),
       alignof(WithConstructor),
       {offsetof(WithConstructor, a), offsetof(WithConstructor, b)}},
      {"{}class", sizeof(Empty), alignof(Empty), {}},
      {"{}align(8)class", sizeof(AlignedEmpty), alignof(AlignedEmpty), {}},
      {"{{}class,i32,[{}class*3]}",
       sizeof(HoldsEmpty),
       alignof(HoldsEmpty),
       {offsetof(HoldsEmpty, a), offsetof(HoldsEmpty, b), offsetof(HoldsEmpty, c)}},
  };
  for (const Expected& expected : table) ExpectLayout(expected);
}

#endif  // the compiler's layouts are those of sysv_x64

// GNU C, not C++, where an empty struct has one byte.
TEST(Layout, EmptyAggregatesHaveNoSize) {
  ExpectLayout({"{}", 0, 1, {}});
  ExpectLayout({"<>align(16)", 0, 16, {}});
  ExpectLayout({"[{}*4000000000]", 0, 1, {}});
  ExpectLayout({"{i8,{},i8}", 2, 1, {0, 1, 1}});
}

TEST(Layout, EmptyClassesHaveAByteButNoLeaf) {
  ExpectLayout({"{{}class,i8}", 2, 1, {0, 1}});
  ExpectLayout({"{{}}class", 1, 1, {0}});
  EXPECT_TRUE(Flatten(Parse("{{}class,[{}class*3]}"), SysvX64())->empty());
}

TEST(Layout, LongDoubleFollowsTheConvention) {
  Convention eight = SysvX64();
  eight.long_double_bytes = 8;
  const StatusOr<Layout> layout = LayoutOf(Parse("{i8,longdouble}"), eight);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->size, 16u);
  EXPECT_EQ(layout->align, 8u);
}

TEST(Layout, VoidHasNone) {
  EXPECT_EQ(LayoutOf(Type::Scalar(TypeKind::kVoid), SysvX64()).status().message(),
            "void has no size");
}

TEST(Layout, SizeIsLimited) {
  EXPECT_TRUE(LayoutOf(Parse("{[i8*65536]}"), SysvX64()).ok());
  EXPECT_EQ(LayoutOf(Parse("{[i8*65536],i8}"), SysvX64()).status().message(),
            "type {[i8*65536],i8} is larger than 65536 bytes");
  EXPECT_FALSE(LayoutOf(Parse("[[i32*4294967295]*4294967295]"), SysvX64()).ok());
}

std::string LeavesOf(std::string_view text) {
  const StatusOr<std::vector<Leaf>> leaves = Flatten(Parse(text), SysvX64());
  if (!leaves.ok()) return leaves.status().message();
  std::string all;
  for (const Leaf& leaf : *leaves) {
    if (!all.empty()) all += ' ';
    all += leaf.type->text() + "@" + std::to_string(leaf.offset) + (leaf.misaligned ? "!" : "");
  }
  return all;
}

TEST(Flatten, ListsScalarsWithTheirOffsets) {
  EXPECT_EQ(LeavesOf("i32"), "i32@0");
  EXPECT_EQ(LeavesOf("{}"), "");
  EXPECT_EQ(LeavesOf("{i8,{i16,f64},pointer}"), "i8@0 i16@8 f64@16 pointer@24");
  EXPECT_EQ(LeavesOf("{i8,[{i8,i16}*2]}"), "i8@0 i8@2 i16@4 i8@6 i16@8");
  EXPECT_EQ(LeavesOf("<f32,{i8,i32}>"), "f32@0 i8@0 i32@4");
}

TEST(Flatten, TakesComplexApartAndKeepsVectors) {
  EXPECT_EQ(LeavesOf("{f32,complex(f32)}"), "f32@0 f32@4 f32@8");
  EXPECT_EQ(LeavesOf("{f32,vector(f32*4)}"), "f32@0 vector(f32*4)@16");
}

TEST(Flatten, MarksMisalignedLeaves) {
  EXPECT_EQ(LeavesOf("{i8,i32}packed(1)"), "i8@0 i32@1!");
  EXPECT_EQ(LeavesOf("{f32,f32}packed(1)"), "f32@0 f32@4");
  EXPECT_EQ(LeavesOf("{i32,vector(f32*2)}packed(4)"), "i32@0 vector(f32*2)@4!");
  // Aligned in the element, not in the array.
  EXPECT_EQ(LeavesOf("[{i16,i8}packed(1)*2]"), "i16@0 i8@2 i16@3! i8@5");
}

TEST(Flatten, CountIsLimitedWithoutDoingTheWork) {
  EXPECT_EQ(LeavesOf("[{}*4294967295]"), "");
  const std::string bytes = "[i8*65536]";
  EXPECT_EQ(LeavesOf("<" + bytes + "," + bytes + ">"), "a type has more than 65536 scalars");
  EXPECT_EQ(LeavesOf("[<i8,i8>*65536]"), "a type has more than 65536 scalars");
}

}  // namespace
}  // namespace springboard::abi
