// Signature: result type, parameter types and where the variadic part begins.
//
// Text notation (tests, tools, error messages):
//   signature := '(' [type {',' type}] ')' type            "(i32,f64)i32"
//                the first variadic parameter is preceded by "..." : "(pointer,...,i32,f64)i32"
//   type      := scalar | '{' types '}' attrs | '<' types '>' attrs (union) | '[' type '*' count
//   ']'
//              | 'complex' '(' type ')' | 'vector' '(' type '*' count ')'
//   attrs     := ['packed' '(' n ')'] ['align' '(' n ')'] ['unit' '(' n ')' (union only)]
//                ['class' (struct only)] ("{}class" has one byte, which no type of C has)
//   scalar    := void bool i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 f16 bf16 f32 f64 longdouble
//   pointer
// Text() is canonical (no spaces); Parse() also accepts spaces between tokens.
// Signatures are values; any thread.

#ifndef SPRINGBOARD_ABI_SIGNATURE_H_
#define SPRINGBOARD_ABI_SIGNATURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/status.h"
#include "abi/type.h"

namespace springboard::abi {

// As many as C guarantees twice over (C17 5.2.4.1: 127).
inline constexpr uint32_t kMaxParameters = 255;

struct Signature {
  const Type* result = Type::Scalar(TypeKind::kVoid);
  std::vector<const Type*> parameters;
  // Index of the first argument that matches "..." in the callee's prototype. Absent: not variadic.
  // It may equal parameters.size(): a variadic function called without variadic arguments.
  std::optional<uint32_t> variadic_from;

  bool operator==(const Signature&) const = default;

  // A Status that names the parameter at fault: void or array parameter, array result, too many
  // parameters.
  Status Validate() const;

  // The canonical encoding: equal encodings, equal signatures. It is the text notation.
  std::string Text() const;

  // A 64-bit hash of Text(), stable between runs and platforms (FNV-1a).
  uint64_t Hash() const;

  // A Status names the column (from 1) and what was expected there.
  static StatusOr<Signature> Parse(std::string_view text);
};

// Parses one type of the notation above.
StatusOr<const Type*> ParseType(std::string_view text);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_SIGNATURE_H_
