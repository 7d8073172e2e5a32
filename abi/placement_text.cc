// Placement::Text(): the lines that golden files hold.
//
//   parameter 0 {f32,f32,f32}: xmm0[0..8) xmm1[8..12)
//   parameter 1 i8: rdi[0..1), extended to 32 bits
//   parameter 2 longdouble: stack+0[0..16)
//   result {i64,i64,i64}: 24 bytes aligned 8 at address in rdi, returned in rax
//   stack 16 bytes aligned 16
//   vector registers at most 2
//
// [a..b) are the bytes of the value that a register or stack area carries. Pure functions.

#include "abi/placement.h"

namespace springboard::abi {
namespace {

std::string PlaceName(const Piece& piece, Architecture architecture) {
  if (piece.place == Piece::Place::kStack) return "stack+" + std::to_string(piece.stack_offset);
  return RegisterName(architecture, piece.file, piece.number);
}

std::string ValueText(const ValuePlacement& value, Architecture architecture) {
  std::string text = value.type->text() + ":";
  switch (value.how) {
    case ValuePlacement::How::kNothing:
      return text + " nothing";
    case ValuePlacement::How::kByReference:
      return text + " " + std::to_string(value.size) + " bytes aligned " +
             std::to_string(value.align) + " at address in " +
             PlaceName(value.pieces[0], architecture);
    case ValuePlacement::How::kDirect:
      break;
  }
  for (const Piece& piece : value.pieces) {
    text += " " + PlaceName(piece, architecture) + "[" + std::to_string(piece.offset) + ".." +
            std::to_string(piece.offset + piece.size) + ")";
  }
  if (value.extend_bits != 0) {
    text += ", extended to " + std::to_string(value.extend_bits) + " bits";
  }
  return text;
}

}  // namespace

std::string Placement::Text() const {
  const Architecture architecture = convention->architecture;
  std::string text;
  for (size_t i = 0; i < parameters.size(); ++i) {
    text += "parameter " + std::to_string(i) + " " + ValueText(parameters[i], architecture) + "\n";
  }
  text += "result " + ValueText(result, architecture);
  if (result_address) text += ", returned in " + PlaceName(*result_address, architecture);
  text += "\nstack " + std::to_string(stack_bytes) + " bytes aligned " +
          std::to_string(stack_align) + "\n";
  if (variadic_vector_count) {
    text += "vector registers at most " + std::to_string(*variadic_vector_count) + "\n";
  }
  return text;
}

}  // namespace springboard::abi
