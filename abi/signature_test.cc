// Signatures: text notation, validation, hash.

#include "abi/signature.h"

#include <gtest/gtest.h>

#include <set>

namespace springboard::abi {
namespace {

std::string Reparsed(std::string_view text) {
  const StatusOr<Signature> signature = Signature::Parse(text);
  return signature.ok() ? signature->Text() : signature.status().message();
}

std::string ErrorOfType(std::string_view text) {
  const StatusOr<const Type*> type = ParseType(text);
  return type.ok() ? "no error: " + (*type)->text() : type.status().message();
}

std::string Repeat(std::string_view text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Signature, CanonicalTextRoundTrips) {
  for (const char* text : {
           "()void",
           "(i32,f64)i32",
           "(bool,i8,u8,i16,u16,i32,u32,i64,u64,i128,u128,f16,bf16,f32,f64,longdouble,pointer)void",
           "({f64,[i32*4]},<i8,{i16}>,{}){i8,i32}packed(1)align(8)",
           "({}class,{{i64}class,i8}packed(1)align(16)class){f32}class",
           "(complex(longdouble),vector(f32*4))complex(f32)",
           "(<[u8*6]>packed(2)align(2)unit(8),<[u8*3],i8>unit(4))void",
           "(pointer,...,i32,f64)i32",
           "(pointer,...)i32",
           "(...,i64)void",
           "(...)void",
       }) {
    EXPECT_EQ(Reparsed(text), text);
    EXPECT_EQ(*Signature::Parse(text), *Signature::Parse(text));
  }
}

TEST(Signature, SpacesBetweenTokensAreIgnored) {
  EXPECT_EQ(Reparsed(" ( i32 , { f64 , [ i8 * 3 ] } packed ( 2 ) align ( 4 ) , ... , f64 ) void "),
            "(i32,{f64,[i8*3]}packed(2)align(4),...,f64)void");
  EXPECT_EQ(Reparsed("({ i8 } align ( 4 ) class)void"), "({i8}align(4)class)void");
}

TEST(Signature, DefaultIsNothingToNothing) {
  EXPECT_EQ(Signature().Text(), "()void");
  EXPECT_TRUE(Signature().Validate().ok());
}

TEST(Signature, ParseFillsTheFields) {
  const StatusOr<Signature> signature = Signature::Parse("(pointer,...,f64)i8");
  ASSERT_TRUE(signature.ok());
  EXPECT_EQ(signature->result, Type::Scalar(TypeKind::kI8));
  ASSERT_EQ(signature->parameters.size(), 2u);
  EXPECT_EQ(signature->parameters[1], Type::Scalar(TypeKind::kF64));
  EXPECT_EQ(signature->variadic_from, 1u);
}

TEST(Signature, ErrorsNameTheColumn) {
  const std::pair<const char*, const char*> table[] = {
      {"", "column 1: expected '(', found the end"},
      {"i32", "column 1: expected '(', found 'i32'"},
      {"(", "column 2: expected a type, found the end"},
      {"()", "column 3: expected a type, found the end"},
      {"(i32", "column 5: expected ',' or ')', found the end"},
      {"(i32 f64)void", "column 6: expected ',' or ')', found 'f64'"},
      {"(i32,)void", "column 6: expected a type, found ')'"},
      {"(int)void", "column 2: expected a type, found 'int'"},
      {"(I32)void", "column 2: expected a type, found 'I'"},
      {"()void x", "column 8: expected the end, found 'x'"},
      {"({i32)void", "column 6: expected ',' or '}', found ')'"},
      {"(<i32})void", "column 6: expected ',' or '>', found '}'"},
      {"([i32])void", "column 6: expected '*', found ']'"},
      {"([i32*])void", "column 7: expected a number, found ']'"},
      {"([i32*4294967296])void", "column 7: a number is larger than 4294967295"},
      {"([i32*3})void", "column 8: expected ']', found '}'"},
      {"(complex i32)void", "column 10: expected '(', found 'i32'"},
      {"(complex(i32))void",
       "column 2: a complex number of i32: its element must be a floating type"},
      {"(vector(f32*3))void", "column 2: vector(f32*3) is not 8 or 16 bytes long"},
      {"({i8}packed(3))void", "column 2: packed(3) is not a power of two up to 16"},
      {"({i8}align(0))void", "column 12: expected a power of two, found '0'"},
      {"({i8}align(4)packed(1))void", "column 14: expected ',' or ')', found 'packed'"},
      {"(i32,<i8>class)void", "column 6: a union is a class: only structs are"},
      {"(i32,{i8}unit(4))void", "column 6: a struct has a unit: only unions have"},
      {"(<i8>unit(16))void", "column 2: unit(16) is not a power of two up to 8"},
      {"({i8}class align(4))void", "column 12: expected ',' or ')', found 'align'"},
      {"({i8}classes)void", "column 6: expected ',' or ')', found 'classes'"},
      {"(class)void", "column 2: expected a type, found 'class'"},
      {"(i32,{i8,void})void", "column 6: member 1 of a struct is void"},
      {"(...,...,i32)void", "column 6: expected a type, found '.'"},
      {"(..)void", "column 2: expected a type, found '.'"},
      {"(thiswordismuchlongerthantwenty)void",
       "column 2: expected a type, found 'thiswordismuchlonger...'"},
  };
  for (const auto& [text, error] : table) EXPECT_EQ(Reparsed(text), error) << text;
}

TEST(Signature, TypesParseAlone) {
  EXPECT_EQ((*ParseType(" { i8 } "))->text(), "{i8}");
  EXPECT_EQ(ErrorOfType("i8,i8"), "column 3: expected the end, found ','");
  EXPECT_EQ(ErrorOfType(""), "column 1: expected a type, found the end");
}

TEST(Signature, NoInputOverflowsTheStack) {
  EXPECT_EQ(ErrorOfType(Repeat("{", 1000000)),
            "column 66: types are nested more than 64 levels deep");
  EXPECT_EQ(ErrorOfType(Repeat("[", 1000000)),
            "column 66: types are nested more than 64 levels deep");
  EXPECT_EQ(ErrorOfType(Repeat("complex(", 100000)),
            "column 521: types are nested more than 64 levels deep");
  EXPECT_TRUE(ParseType(Repeat("{", kMaxNesting) + Repeat("}", kMaxNesting)).ok());
  EXPECT_FALSE(ParseType(Repeat("{", kMaxNesting + 1) + Repeat("}", kMaxNesting + 1)).ok());
}

TEST(Signature, ParametersAreLimited) {
  const std::string most = Repeat("i8,", kMaxParameters - 1) + "i8";
  EXPECT_TRUE(Signature::Parse("(" + most + ")void").ok());
  EXPECT_EQ(Reparsed("(" + most + ",i8)void"), "column 767: more than 255 parameters");
  Signature signature;
  signature.parameters.assign(kMaxParameters + 1, Type::Scalar(TypeKind::kI8));
  EXPECT_EQ(signature.Validate().message(), "there are 256 parameters, more than 255");
}

TEST(Signature, ValidationNamesTheParameter) {
  const std::pair<const char*, const char*> table[] = {
      {"(i32,void)void", "parameter 1 is void"},
      {"(i32,f64,[i8*3])void", "parameter 2 is an array; C passes no array by value"},
      {"()[i8*3]", "the result is an array; C returns no array by value"},
      {"(pointer,...,f32)void",
       "parameter 1 is variadic and has type f32, which C promotes: declare it f64"},
      {"(pointer,...,i32,u16)void",
       "parameter 2 is variadic and has type u16, which C promotes: declare it i32"},
  };
  for (const auto& [text, error] : table) EXPECT_EQ(Reparsed(text), error) << text;
  EXPECT_EQ(Reparsed("(f32,i8,...,i32)void"), "(f32,i8,...,i32)void");
  Signature signature;
  signature.variadic_from = 1;
  EXPECT_EQ(signature.Validate().message(), "the variadic part begins at parameter 1 of 0");
}

// Values from an independent FNV-1a; a change would orphan every cache key.
TEST(Signature, HashIsStable) {
  EXPECT_EQ(Signature::Parse("()void")->Hash(), 0x8235f52cfae51964u);
  EXPECT_EQ(Signature::Parse("(i32,f64)i32")->Hash(), 0x73619dfd74345db8u);
  EXPECT_EQ(Signature::Parse("( i32, f64 ) i32")->Hash(), 0x73619dfd74345db8u);
}

TEST(Signature, HashTellsSimilarSignaturesApart) {
  std::set<uint64_t> hashes;
  const char* const texts[] = {"(i32)i32",        "(i32,i32)void", "({i32},i32)void",
                               "({i32,i32})void", "(...,i32)void", "(i32,...)void",
                               "(u32)i32",        "(i32)u32",      "({i32}class,i32)void"};
  for (const char* text : texts) hashes.insert(Signature::Parse(text)->Hash());
  EXPECT_EQ(hashes.size(), std::size(texts));
}

}  // namespace
}  // namespace springboard::abi
