// Signatures: validation, canonical text and hash. Parsing is in parse.cc.
//
// Pure functions on values.

#include "abi/signature.h"

#include <cassert>

namespace springboard::abi {
namespace {

Status Fault(size_t index, const std::string& what) {
  return Status::Error("parameter " + std::to_string(index) + " " + what);
}

// C17 6.5.2.2p7: what the default argument promotions make of `type`; nullptr if they leave it.
const char* PromotedName(const Type* type) {
  switch (type->kind()) {
    case TypeKind::kBool:
    case TypeKind::kI8:
    case TypeKind::kU8:
    case TypeKind::kI16:
    case TypeKind::kU16:
      return "i32";
    case TypeKind::kF32:
      return "f64";
    default:
      return nullptr;
  }
}

}  // namespace

Status Signature::Validate() const {
  assert(result != nullptr);
  if (result->kind() == TypeKind::kArray) {
    return Status::Error("the result is an array; C returns no array by value");
  }
  if (parameters.size() > kMaxParameters) {
    return Status::Error("there are " + std::to_string(parameters.size()) +
                         " parameters, more than " + std::to_string(kMaxParameters));
  }
  if (variadic_from && *variadic_from > parameters.size()) {
    return Status::Error("the variadic part begins at parameter " + std::to_string(*variadic_from) +
                         " of " + std::to_string(parameters.size()));
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    assert(parameters[i] != nullptr);
    if (parameters[i]->is_void()) return Fault(i, "is void");
    if (parameters[i]->kind() == TypeKind::kArray) {
      return Fault(i, "is an array; C passes no array by value");
    }
    if (!variadic_from || i < *variadic_from) continue;
    if (const char* promoted = PromotedName(parameters[i])) {
      return Fault(i, "is variadic and has type " + parameters[i]->text() +
                          ", which C promotes: declare it " + promoted);
    }
  }
  return Status::Ok();
}

std::string Signature::Text() const {
  std::string text = "(";
  const auto separate = [&text] {
    if (text.size() > 1) text += ',';
  };
  for (size_t i = 0; i < parameters.size(); ++i) {
    separate();
    if (variadic_from == i) text += "...,";
    text += parameters[i]->text();
  }
  if (variadic_from == parameters.size()) {
    separate();
    text += "...";
  }
  text += ')';
  text += result->text();
  return text;
}

uint64_t Signature::Hash() const {
  // FNV-1a, 64 bits: offset basis and prime as its authors publish them.
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : Text()) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3u;
  }
  return hash;
}

}  // namespace springboard::abi
