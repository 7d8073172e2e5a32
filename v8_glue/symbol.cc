// symbol: making a symbol's functions. See symbol.h; what the ordinary function does is in
// ordinary_call.cc.

#include "v8_glue/symbol.h"

#include <unordered_map>
#include <utility>

#include "ffi_jit/code_cache.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"
#include "v8_glue/wrapper.h"

namespace springboard::glue {

Symbol::Symbol(Environment& environment, std::shared_ptr<Library> library, std::string name,
               const SymbolShape& shape, const void* target)
    : Tethered(environment),
      library_(std::move(library)),
      name_(std::move(name)),
      shape_(shape),
      target_(target) {
  library_->Add(*this);
}

void Symbol::GiveUpStubs(std::vector<jit::StubCode>* stubs) {
  for (const std::unique_ptr<Fast>& fast : fast_) {
    if (fast != nullptr) stubs->push_back(std::move(fast->stub));
  }
}

Status Symbol::StampAll(const std::vector<Symbol*>& symbols, FastVariant variant) {
  const Symbol& first = *symbols[0];
  const std::optional<FastEntry>& entry = first.shape_.entry(variant);
  if (!entry) return Status::Ok();
  std::vector<const void*> targets;
  targets.reserve(symbols.size());
  for (const Symbol* symbol : symbols) targets.push_back(symbol->target_);
  StatusOr<std::vector<jit::StubCode>> stubs =
      jit::CodeCache::Process().StampFast(*entry->code, targets, first.environment().block());
  if (!stubs.ok()) return stubs.status();
  for (size_t i = 0; i < symbols.size(); ++i) {
    symbols[i]->fast_[static_cast<size_t>(variant)] =
        std::make_unique<Fast>(std::move((*stubs)[i]), entry->info);
  }
  return Status::Ok();
}

v8::MaybeLocal<v8::Function> Symbol::NewFast(const Fast& fast, v8::FunctionCallback in_place,
                                             v8::Local<v8::Object> handle) const {
  return v8::FunctionTemplate::New(environment().isolate(), in_place, handle,
                                   v8::Local<v8::Signature>(), 0, v8::ConstructorBehavior::kThrow,
                                   v8::SideEffectType::kHasSideEffect, &fast.function)
      ->GetFunction(environment().context());
}

v8::MaybeLocal<v8::Function> Symbol::NewCallable(v8::Local<v8::Object> handle) {
  if (shape_.signature.nonblocking) {
    return v8::Function::New(environment().context(), Nonblocking, handle, 0,
                             v8::ConstructorBehavior::kThrow);
  }
  const v8::Local<v8::Value> undefined = v8::Undefined(environment().isolate());
  WrapperParts parts = {undefined, undefined, handle, library_->switch_object()};
  for (const auto& [variant, part] :
       {std::pair(FastVariant::kPlain, &parts.plain), std::pair(FastVariant::kAny, &parts.any)}) {
    const Fast* fast = fast_[static_cast<size_t>(variant)].get();
    v8::Local<v8::Function> function;
    if (fast == nullptr) continue;
    const v8::FunctionCallback in_place =
        IsString(shape_.signature.result.kind) ? InPlaceOfStoringStub : InPlaceOfStub;
    if (!NewFast(*fast, in_place, handle).ToLocal(&function)) return {};
    *part = function;
  }
  return environment().wrappers().Make(shape_, parts);
}

bool Symbol::PrepareStored(v8::Local<v8::Object> handle) {
  if (!environment().HasCallbacks() || library_->closed()) return true;
  // The wrapper looks for kStored, and finds both.
  return MakeStored(FastVariant::kStoredAny, kStoredAnyName, handle) &&
         MakeStored(FastVariant::kStored, kStoredName, handle);
}

bool Symbol::MakeStored(FastVariant variant, const char* name, v8::Local<v8::Object> handle) {
  const auto index = static_cast<size_t>(variant);
  // Without memory for a stub the ordinary function goes on doing everything.
  if (!shape_.entries[index] || fast_[index] != nullptr || !StampAll({this}, variant).ok()) {
    return true;
  }
  const bool stores = ReturnsScalar(shape_.signature) || IsString(shape_.signature.result.kind);
  v8::Local<v8::Function> function;
  return NewFast(*fast_[index], stores ? InPlaceOfStoringStub : InPlaceOfStub, handle)
             .ToLocal(&function) &&
         handle
             ->CreateDataProperty(environment().context(), Name(environment().isolate(), name),
                                  function)
             .FromMaybe(false);
}

bool Symbol::MakeAll(Environment& environment, const std::shared_ptr<Library>& library,
                     std::vector<Request> requests, v8::LocalVector<v8::Function>* functions) {
  v8::Isolate* isolate = environment.isolate();
  // Nobody's yet: those of a library that cannot be opened go with this.
  std::vector<std::unique_ptr<Symbol>> symbols;
  symbols.reserve(requests.size());
  std::unordered_map<const SymbolShape*, std::vector<Symbol*>> by_shape;
  for (Request& request : requests) {
    const StatusOr<const SymbolShape*> shape = environment.shapes().Get(request.signature);
    if (!shape.ok()) {
      ThrowStatus(isolate, "Failed to register symbol " + request.name, shape.status());
      return false;
    }
    if (*shape == nullptr) return false;
    symbols.emplace_back(
        new Symbol(environment, library, std::move(request.name), **shape, request.target));
    by_shape[*shape].push_back(symbols.back().get());
  }
  for (const auto& [shape, alike] : by_shape) {
    for (const FastVariant variant : {FastVariant::kPlain, FastVariant::kAny}) {
      const Status stamped = StampAll(alike, variant);
      if (stamped.ok()) continue;
      ThrowStatus(isolate, "Failed to register symbol " + alike[0]->name_, stamped);
      return false;
    }
  }
  functions->reserve(symbols.size());
  for (std::unique_ptr<Symbol>& owned : symbols) {
    Symbol* symbol = owned.get();
    v8::Local<v8::Object> handle;
    v8::Local<v8::Function> callable;
    if (!environment.NewBareHandle(symbol).ToLocal(&handle)) return false;
    environment.Adopt(std::move(owned));
    symbol->TetherTo(handle);
    if (!symbol->NewCallable(handle).ToLocal(&callable)) return false;
    functions->push_back(callable);
  }
  return true;
}

}  // namespace springboard::glue
