// fast_signature: see fast_signature.h.

#include "v8_glue/fast_signature.h"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace springboard::glue {

namespace {

using V8Type = v8::CTypeInfo::Type;

struct FastType {
  V8Type v8;
  abi::TypeKind entered;  // the same, as the stub is entered with it
};

// Narrow integers travel as 32 bits, which V8 truncates a Number to; the stub narrows them.
std::optional<FastType> FastTypeOf(JsKind kind) {
  switch (kind) {
    case JsKind::kVoid:
      return FastType{V8Type::kVoid, abi::TypeKind::kVoid};
    case JsKind::kBool:
      return FastType{V8Type::kBool, abi::TypeKind::kBool};
    case JsKind::kI8:
    case JsKind::kI16:
    case JsKind::kI32:
      return FastType{V8Type::kInt32, abi::TypeKind::kI32};
    case JsKind::kU8:
    case JsKind::kU16:
    case JsKind::kU32:
      return FastType{V8Type::kUint32, abi::TypeKind::kU32};
    case JsKind::kI64:
    case JsKind::kIsize:
      return FastType{V8Type::kInt64, abi::TypeKind::kI64};
    case JsKind::kU64:
    case JsKind::kUsize:
      return FastType{V8Type::kUint64, abi::TypeKind::kU64};
    case JsKind::kF32:
      return FastType{V8Type::kFloat32, abi::TypeKind::kF32};
    case JsKind::kF64:
      return FastType{V8Type::kFloat64, abi::TypeKind::kF64};
    case JsKind::kPointer:
    case JsKind::kFunction:
      return FastType{V8Type::kPointer, abi::TypeKind::kPointer};
    case JsKind::kI53:
    case JsKind::kU53:
    case JsKind::kBuffer:
    case JsKind::kStruct:
      break;
  }
  return std::nullopt;
}

// What a CFunctionInfo points to, and itself.
struct InfoStorage {
  explicit InfoStorage(std::vector<V8Type> types) {
    for (size_t i = 1; i < types.size(); ++i) arguments.emplace_back(types[i]);
    info.emplace(v8::CTypeInfo(types[0]), static_cast<unsigned>(arguments.size()), arguments.data(),
                 v8::CFunctionInfo::Int64Representation::kBigInt);
  }

  std::vector<v8::CTypeInfo> arguments;
  std::optional<v8::CFunctionInfo> info;
};

// One CFunctionInfo per distinct list of types (result first), for the whole process.
const v8::CFunctionInfo* InternedInfo(const std::vector<V8Type>& types) {
  static std::mutex* const mutex = new std::mutex;
  static auto* const table = new std::map<std::vector<V8Type>, std::unique_ptr<InfoStorage>>;
  const std::lock_guard<std::mutex> lock(*mutex);
  std::unique_ptr<InfoStorage>& entry = (*table)[types];
  if (entry == nullptr) entry = std::make_unique<InfoStorage>(types);
  return &*entry->info;
}

}  // namespace

std::optional<FastSignature> FastSignatureOf(const JsSignature& signature, FastVariant variant) {
  // V8 wraps integers.
  if (signature.strict) return std::nullopt;
  // A result of type buffer is a pointer object.
  const JsKind result_kind =
      signature.result.kind == JsKind::kBuffer ? JsKind::kPointer : signature.result.kind;
  std::optional<FastType> result =
      FastTypeOf(variant == FastVariant::kVoid ? JsKind::kVoid : result_kind);
  if (!result || signature.result.kind == JsKind::kStruct) return std::nullopt;

  FastSignature fast;
  fast.shape.native = signature.abi;
  fast.shape.result =
      variant == FastVariant::kVoid ? jit::FastResult::kBlock : jit::FastResult::kReturn;
  fast.shape.entered.result = abi::Type::Scalar(result->entered);
  fast.shape.entered.parameters.push_back(abi::Type::Scalar(abi::TypeKind::kPointer));
  std::vector<V8Type> types = {result->v8, V8Type::kV8Value};
  for (const JsType& parameter : signature.parameters) {
    const std::optional<FastType> type = FastTypeOf(parameter.kind);
    if (!type) return std::nullopt;
    fast.shape.entered.parameters.push_back(abi::Type::Scalar(type->entered));
    types.push_back(type->v8);
  }
  fast.info = InternedInfo(types);
  return fast;
}

}  // namespace springboard::glue
