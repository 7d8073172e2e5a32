// Which types V8's fast calls pass. See place_v8.h.
//
// v8-fast-api-calls.h, CTypeInfo::Type: bool, 32- and 64-bit integers and floating numbers,
// pointers and handles (both are pointers here). The receiver is the first parameter.

#include "abi/place_v8.h"

namespace springboard::abi {
namespace {

bool IsPassed(const Type* type) {
  switch (type->kind()) {
    case TypeKind::kBool:
    case TypeKind::kI32:
    case TypeKind::kU32:
    case TypeKind::kI64:
    case TypeKind::kU64:
    case TypeKind::kF32:
    case TypeKind::kF64:
    case TypeKind::kPointer:
      return true;
    default:
      return false;
  }
}

}  // namespace

Status CheckV8Types(const Signature& signature) {
  if (signature.variadic_from.has_value()) {
    return Status::Error("V8's fast calls are not variadic");
  }
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    if (IsPassed(signature.parameters[i])) continue;
    return Status::Error("parameter " + std::to_string(i) + ": V8's fast calls pass no " +
                         signature.parameters[i]->text());
  }
  if (signature.result->is_void() || IsPassed(signature.result)) return Status::Ok();
  return Status::Error("result: V8's fast calls return no " + signature.result->text());
}

}  // namespace springboard::abi
