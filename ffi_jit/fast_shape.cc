// The rules of FastUse and FastResult (stub.h). See fast_shape.h.

#include "ffi_jit/fast_shape.h"

#include <string>

namespace springboard::jit {

using abi::Type;
using abi::TypeKind;

namespace {

bool IsWide(const Type* type) {
  return type->kind() == TypeKind::kI64 || type->kind() == TypeKind::kU64;
}

bool Agree(FastUse use, const Type* entered, const Type* native) {
  const bool is_handle = entered->kind() == TypeKind::kPointer;
  switch (use) {
    case FastUse::kValue:
      return true;
    case FastUse::kBytes:
    case FastUse::kString:
      return is_handle && native->kind() == TypeKind::kPointer;
    case FastUse::kAggregate:
      return is_handle && native->is_aggregate();
    case FastUse::kInteger:
    case FastUse::kExactInteger:
      return is_handle && IsWide(native);
    case FastUse::kSafeInteger:
      return entered->kind() == TypeKind::kF64 && IsWide(native);
  }
  return false;
}

Status CheckResult(const FastShape& shape) {
  const Type* entered = shape.entered.result;
  const Type* native = shape.native.result;
  if (shape.result != FastResult::kReturn && !entered->is_void()) {
    return Status::Error("a fast stub that stores its result cannot also return one: " +
                         shape.entered.Text());
  }
  if (shape.result == FastResult::kBytes &&
      (!native->is_aggregate() || shape.entered.parameters.back()->kind() != TypeKind::kPointer)) {
    return Status::Error("a fast stub cannot store " + native->text() + " into bytes");
  }
  if (shape.result == FastResult::kText && native->kind() != TypeKind::kPointer) {
    return Status::Error("a fast stub cannot keep the text of " + native->text());
  }
  const bool returns_float =
      shape.result == FastResult::kBlock || entered->kind() == TypeKind::kF64;
  if (shape.safe_result &&
      (!IsWide(native) || !returns_float || shape.result == FastResult::kBytes)) {
    return Status::Error("a fast stub cannot turn " + native->text() + " into a safe integer");
  }
  return Status::Ok();
}

}  // namespace

FastUse UseOf(const FastShape& shape, size_t index) {
  return shape.uses.empty() ? FastUse::kValue : shape.uses[index];
}

Status CheckShape(const FastShape& shape) {
  const size_t count = shape.native.parameters.size();
  const bool takes_bytes = shape.result == FastResult::kBytes;
  if (shape.entered.parameters.size() != count + (takes_bytes ? 2 : 1)) {
    return Status::Error("a fast stub for " + shape.native.Text() + " cannot be entered as " +
                         shape.entered.Text() + ": it must have " +
                         (takes_bytes ? "two parameters more, the receiver and the result's bytes"
                                      : "one parameter more, the receiver"));
  }
  if (!shape.uses.empty() && shape.uses.size() != count) {
    return Status::Error("a fast stub for " + shape.native.Text() +
                         " needs a use for each parameter");
  }
  for (size_t index = 0; index < count; ++index) {
    const Type* entered = shape.entered.parameters[index + 1];
    const Type* native = shape.native.parameters[index];
    if (Agree(UseOf(shape, index), entered, native)) continue;
    return Status::Error("parameter " + std::to_string(index) + ": a fast stub cannot make " +
                         native->text() + " of " + entered->text() + " that way");
  }
  return CheckResult(shape);
}

}  // namespace springboard::jit
