// symbol_shape: see symbol_shape.h.

#include "v8_glue/symbol_shape.h"

#include <utility>

#include "abi/convention.h"
#include "ffi_jit/code_cache.h"
#include "ffi_jit/errno_place.h"
#include "v8_glue/environment.h"
#include "v8_glue/wrapper.h"
#include "v8_glue/wrapper_text.h"

namespace springboard::glue {

namespace {

// Everything that two symbols of one shape have in common, in a few bytes. Types are interned and
// conventions are a table's rows, so that they are known by their addresses.
std::string KeyOf(const JsSignature& signature) {
  std::string key;
  const auto append_address = [&](const void* object) {
    const auto address = reinterpret_cast<uintptr_t>(object);
    key.append(reinterpret_cast<const char*>(&address), sizeof(address));
  };
  const auto append = [&](const JsType& type) {
    key += static_cast<char>(type.kind);
    if (type.kind >= JsKind::kStruct) append_address(type.type);
  };
  append(signature.result);
  key += static_cast<char>((signature.leaf ? 1 : 0) | (signature.void_is_null ? 2 : 0) |
                           (signature.nonblocking ? 4 : 0));
  key += static_cast<char>(signature.Bits());
  append_address(signature.convention);
  for (const JsType& parameter : signature.parameters) append(parameter);
  if (signature.abi.variadic_from) key += "..." + std::to_string(*signature.abi.variadic_from);
  return key;
}

}  // namespace

StatusOr<const SymbolShape*> ShapeCache::Get(const JsSignature& signature) {
  std::string key = KeyOf(signature);
  const auto found = shapes_.find(key);
  if (found != shapes_.end()) return found->second.get();
  StatusOr<std::unique_ptr<SymbolShape>> made = Make(signature);
  if (!made.ok()) return made.status();
  // V8 refused the factory.
  if (*made == nullptr) return nullptr;
  return shapes_.emplace(std::move(key), *std::move(made)).first->second.get();
}

StatusOr<std::unique_ptr<SymbolShape>> ShapeCache::Make(const JsSignature& signature) {
  const StatusOr<jit::CallStub> call_stub =
      jit::CodeCache::Process().GetCallStub(signature.abi, *signature.convention);
  if (!call_stub.ok()) return call_stub.status();
  auto shape = std::make_unique<SymbolShape>();
  shape->signature = signature;
  shape->call_stub = *call_stub;
  for (const JsType& parameter : signature.parameters) {
    if (parameter.behind_slot) {
      shape->aggregate_bytes += SymbolShape::AggregateBytes(parameter);
    }
    if (parameter.kind == JsKind::kBuffer) shape->takes_buffers = true;
    if (parameter.kind == JsKind::kCString) shape->stack_bytes += jit::kMaxStackCharacters + 1;
  }
  shape->stack_bytes += shape->aggregate_bytes;
  if (signature.result.behind_slot) shape->stack_bytes += signature.result.size;
  if (signature.nonblocking) return shape;
  if (environment_.tier() == Tier::kFast && !signature.OnlyOrdinary() &&
      (!signature.keeps_errno || jit::ErrnoOffset().has_value()) &&
      shape->stack_bytes <= StackRoom::kUnasked) {
    const auto make = [&](FastVariant variant, bool useful) {
      if (!useful) return;
      shape->entries[static_cast<size_t>(variant)] =
          FastEntryOf(signature, variant, environment_.object_layout().handles);
    };
    const bool any = HasAnyVariant(signature);
    const bool stored = HasStoredVariant(*shape);
    make(FastVariant::kPlain, true);
    make(FastVariant::kAny, any);
    make(FastVariant::kStored, stored);
    make(FastVariant::kStoredAny, any && stored);
  }
  if (!IsInlined(*shape)) return shape;
  v8::Local<v8::Function> factory;
  if (!environment_.wrappers().SharedFactory(*shape).ToLocal(&factory)) {
    return std::unique_ptr<SymbolShape>();
  }
  shape->factory.Reset(environment_.isolate(), factory);
  return shape;
}

}  // namespace springboard::glue
