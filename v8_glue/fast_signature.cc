// fast_signature: see fast_signature.h.

#include "v8_glue/fast_signature.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "abi/convention.h"
#include "ffi_jit/errno_place.h"
#include "ffi_jit/stub.h"

namespace springboard::glue {

namespace {

using V8Type = v8::CTypeInfo::Type;
using jit::FastResult;
using jit::FastUse;

struct FastType {
  V8Type v8;
  abi::TypeKind entered;  // the same, as the stub is entered with it
  FastUse use = FastUse::kValue;
};

constexpr FastType Handle(FastUse use) { return {V8Type::kV8Value, abi::TypeKind::kPointer, use}; }

// V8's own type for a scalar. Narrow integers travel as 32 bits, which V8 truncates a Number to;
// the stub narrows them.
FastType ScalarType(JsKind kind) {
  switch (kind) {
    case JsKind::kBool:
      return {V8Type::kBool, abi::TypeKind::kBool};
    case JsKind::kI8:
    case JsKind::kI16:
    case JsKind::kI32:
      return {V8Type::kInt32, abi::TypeKind::kI32};
    case JsKind::kU8:
    case JsKind::kU16:
    case JsKind::kU32:
      return {V8Type::kUint32, abi::TypeKind::kU32};
    case JsKind::kI64:
    case JsKind::kIsize:
      return {V8Type::kInt64, abi::TypeKind::kI64};
    case JsKind::kU64:
    case JsKind::kUsize:
      return {V8Type::kUint64, abi::TypeKind::kU64};
    case JsKind::kF32:
      return {V8Type::kFloat32, abi::TypeKind::kF32};
    case JsKind::kF64:
      return {V8Type::kFloat64, abi::TypeKind::kF64};
    case JsKind::kI53:
    case JsKind::kU53:
      return {V8Type::kFloat64, abi::TypeKind::kF64, FastUse::kSafeInteger};
    case JsKind::kPointer:
    case JsKind::kFunction:
    case JsKind::kBuffer:
      return {V8Type::kPointer, abi::TypeKind::kPointer};
    case JsKind::kCString:
    case JsKind::kCString16:
    case JsKind::kCString32:
    case JsKind::kVoid:
    case JsKind::kStruct:
    case JsKind::kI128:
    case JsKind::kU128:
    case JsKind::kF16:
    case JsKind::kLongDouble:
    case JsKind::kComplex:
    case JsKind::kVector:
      break;
  }
  return {V8Type::kVoid, abi::TypeKind::kVoid};
}

// More parameters than this make the wrapper's text too long to call two variants in turn.
constexpr size_t kMaxSplitParameters = 8;

FastType ParameterType(const JsSignature& signature, JsKind kind, FastVariant variant) {
  if (kind == JsKind::kBuffer) return Handle(FastUse::kBytes);
  if (kind == JsKind::kStruct) return Handle(FastUse::kAggregate);
  if (kind == JsKind::kCString) return Handle(FastUse::kString);
  if (!IsBigInteger(kind)) return ScalarType(kind);
  // V8 wraps BigInts.
  if (signature.strict) return Handle(FastUse::kExactInteger);
  const bool big_ints = variant == FastVariant::kPlain || variant == FastVariant::kStored;
  return big_ints && signature.parameters.size() <= kMaxSplitParameters ? ScalarType(kind)
                                                                        : Handle(FastUse::kInteger);
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

// Describes the entry of `signature` to the stub, and to V8 in `types` (the result first).
jit::FastShape ShapeOf(const JsSignature& signature, FastVariant variant,
                       std::vector<V8Type>* types) {
  jit::FastShape shape;
  shape.native = signature.abi;
  // A text that the function gives may be a part of them (strchr()'s), and is read later.
  shape.movable_bytes = signature.leaf && !IsString(signature.result.kind);
  if (signature.keeps_errno) shape.errno_offset = jit::ErrnoOffset();
  const bool stored = variant == FastVariant::kStored || variant == FastVariant::kStoredAny;
  // Whether there is JavaScript below that could transfer a buffer away.
  shape.lists_bytes = stored;
  shape.safe_result = TraitsOf(signature.result.kind).kind_class == KindClass::kSafeInteger;
  FastType result = ScalarType(signature.result.kind);
  if (signature.result.kind == JsKind::kStruct) shape.result = FastResult::kBytes;
  if ((stored && ReturnsScalar(signature)) || IsString(signature.result.kind)) {
    shape.result = FastResult::kBlock;
    result = ScalarType(JsKind::kVoid);
  }
  const abi::Type* pointer = abi::Type::Scalar(abi::TypeKind::kPointer);
  shape.entered.result = abi::Type::Scalar(result.entered);
  shape.entered.parameters = {pointer};
  *types = {result.v8, V8Type::kV8Value};
  for (const JsType& parameter : signature.parameters) {
    const FastType type = ParameterType(signature, parameter.kind, variant);
    shape.entered.parameters.push_back(abi::Type::Scalar(type.entered));
    shape.uses.push_back(type.use);
    types->push_back(type.v8);
  }
  const bool copies = std::count(shape.uses.begin(), shape.uses.end(), FastUse::kString) > 0;
  if (IsString(signature.result.kind) && copies) shape.result = FastResult::kText;
  if (shape.result == FastResult::kBytes) {
    shape.entered.parameters.push_back(pointer);
    types->push_back(V8Type::kV8Value);
  }
  return shape;
}

// TurboFan has five bits for the number of arguments of either kind of a native call, the receiver
// included. Beyond, V8 14 aborts the process, and V8 13 was seen to crash.
constexpr size_t kMostOfAKind = 31;

// A type that no object of V8's has: handles of it are declined.
constexpr uint16_t kNoType = 0xFFFF;

bool IsCallable(const std::vector<V8Type>& types) {
  const auto floats =
      static_cast<size_t>(std::count_if(types.begin() + 1, types.end(), [](V8Type type) {
        return type == V8Type::kFloat32 || type == V8Type::kFloat64;
      }));
  return floats <= kMostOfAKind && types.size() - 1 - floats <= kMostOfAKind;
}

// Whether a stub can be entered with all of it.
bool HasFastForm(const JsSignature& signature) {
  const auto passes = [](const JsType& type) { return type.kind <= JsKind::kCString; };
  return (passes(signature.result) || IsString(signature.result.kind)) &&
         std::all_of(signature.parameters.begin(), signature.parameters.end(), passes);
}

bool NeedsHandles(const jit::FastShape& shape) {
  return shape.result == FastResult::kBytes ||
         std::any_of(shape.uses.begin(), shape.uses.end(), [](FastUse use) {
           return use != FastUse::kValue && use != FastUse::kSafeInteger;
         });
}

bool MayDecline(const jit::FastShape& shape) {
  return shape.result == FastResult::kBytes || shape.safe_result ||
         std::any_of(shape.uses.begin(), shape.uses.end(),
                     [](FastUse use) { return use != FastUse::kValue; });
}

}  // namespace

bool HasAnyVariant(const JsSignature& signature) {
  return !signature.strict && signature.parameters.size() <= kMaxSplitParameters &&
         std::any_of(signature.parameters.begin(), signature.parameters.end(),
                     [](const JsType& parameter) { return IsBigInteger(parameter.kind); });
}

std::optional<FastEntry> FastEntryOf(const JsSignature& signature, FastVariant variant,
                                     const std::optional<jit::ObjectLayout>& handles) {
  if (!HasFastForm(signature)) return std::nullopt;
  std::vector<V8Type> types;
  jit::FastShape shape = ShapeOf(signature, variant, &types);
  if (!IsCallable(types)) return std::nullopt;
  if (NeedsHandles(shape)) {
    if (!handles) return std::nullopt;
    shape.layout = *handles;
    // An array buffer itself does not show where stubs look whether it may shrink; a view does.
    const bool bytes = std::count(shape.uses.begin(), shape.uses.end(), FastUse::kBytes) > 0;
    if (signature.strict_memory && bytes) shape.layout.array_buffer = kNoType;
  }
  const StatusOr<const jit::FastTemplate*> code = jit::CodeCache::Process().GetFastTemplate(
      shape, abi::HostFastConvention(), *signature.convention);
  if (!code.ok()) return std::nullopt;
  return FastEntry{*code, InternedInfo(types), MayDecline(shape)};
}

}  // namespace springboard::glue
