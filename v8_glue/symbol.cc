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
  if (plain_) stubs->push_back(std::move(plain_->stub));
  for (Fast* fast : {any_.get(), stored_.get()}) {
    if (fast != nullptr) stubs->push_back(std::move(fast->stub));
  }
}

// Stamps the eager stubs of symbols of one shape.
bool Symbol::StampAll(Environment& environment, const std::vector<Symbol*>& symbols) {
  const SymbolShape& shape = symbols[0]->shape_;
  std::vector<const void*> targets;
  targets.reserve(symbols.size());
  for (const Symbol* symbol : symbols) targets.push_back(symbol->target_);
  const auto stamp = [&](const FastEntry& entry, auto take) {
    StatusOr<std::vector<jit::StubCode>> stubs =
        jit::CodeCache::Process().StampFast(*entry.code, targets, environment.block());
    // Without stubs every call takes the ordinary function.
    if (!stubs.ok()) return false;
    for (size_t i = 0; i < symbols.size(); ++i) {
      take(*symbols[i], Fast(std::move((*stubs)[i]), entry.info));
    }
    return true;
  };
  if (!shape.plain) return true;
  return stamp(*shape.plain,
               [](Symbol& symbol, Fast fast) { symbol.plain_.emplace(std::move(fast)); }) &&
         (!shape.any || stamp(*shape.any, [](Symbol& symbol, Fast fast) {
           symbol.any_ = std::make_unique<Fast>(std::move(fast));
         }));
}

v8::MaybeLocal<v8::Function> Symbol::NewFast(const Fast& fast, v8::FunctionCallback in_place,
                                             v8::Local<v8::Object> handle) const {
  return v8::FunctionTemplate::New(environment().isolate(), in_place, handle,
                                   v8::Local<v8::Signature>(), 0, v8::ConstructorBehavior::kThrow,
                                   v8::SideEffectType::kHasSideEffect, &fast.function)
      ->GetFunction(environment().context());
}

v8::MaybeLocal<v8::Function> Symbol::NewCallable(v8::Local<v8::Object> handle) {
  const v8::Local<v8::Value> undefined = v8::Undefined(environment().isolate());
  WrapperParts parts = {undefined, undefined, handle, library_->switch_object()};
  v8::Local<v8::Function> function;
  if (plain_) {
    if (!NewFast(*plain_, InPlaceOfStub, handle).ToLocal(&function)) return {};
    parts.plain = function;
  }
  if (any_ != nullptr) {
    if (!NewFast(*any_, InPlaceOfStub, handle).ToLocal(&function)) return {};
    parts.any = function;
  }
  return environment().wrappers().Make(shape_, parts);
}

bool Symbol::PrepareStored(v8::Local<v8::Object> handle) {
  if (!shape_.stored || stored_ != nullptr || !environment().HasCallbacks()) return true;
  StatusOr<std::vector<jit::StubCode>> stub = jit::CodeCache::Process().StampFast(
      *shape_.stored->code, {&target_, 1}, environment().block());
  if (!stub.ok()) return true;
  stored_ = std::make_unique<Fast>(std::move((*stub)[0]), shape_.stored->info);
  v8::Local<v8::Function> function;
  return NewFast(*stored_, InPlaceOfStoringStub, handle).ToLocal(&function) &&
         handle
             ->CreateDataProperty(environment().context(),
                                  Name(environment().isolate(), kStoredName), function)
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
    const auto fail = [&](const std::string& reason) {
      ThrowTypeError(isolate, "Failed to register symbol " + request.name + ": " + reason);
      return false;
    };
    if (request.signature.nonblocking) return fail("nonblocking calls are not supported");
    const StatusOr<const SymbolShape*> shape = environment.shapes().Get(request.signature);
    if (!shape.ok()) return fail(shape.status().message());
    if (*shape == nullptr) return false;
    symbols.emplace_back(
        new Symbol(environment, library, std::move(request.name), **shape, request.target));
    by_shape[*shape].push_back(symbols.back().get());
  }
  for (const auto& [shape, alike] : by_shape) {
    if (StampAll(environment, alike)) continue;
    ThrowError(isolate, "Failed to register symbol " + alike[0]->name_ +
                            ": the system refused memory for machine code");
    return false;
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
