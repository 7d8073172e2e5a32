// symbol: see symbol.h.

#include "v8_glue/symbol.h"

#include <array>
#include <utility>

#include "abi/convention.h"
#include "ffi_jit/code_cache.h"
#include "v8_glue/convert.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"
#include "v8_glue/wrapper.h"

namespace springboard::glue {

namespace {

// As much as any scalar inside an aggregate needs; stubs copy by-reference aggregates themselves.
constexpr size_t kAggregateAlignment = 16;

size_t RoundUp(size_t size) {
  return (size + kAggregateAlignment - 1) & ~(kAggregateAlignment - 1);
}

// Aligned memory on the stack when it is little, as it nearly always is.
template <size_t kInlineBytes>
class Scratch {
 public:
  explicit Scratch(size_t size) {
    if (size > kInlineBytes) heap_ = std::make_unique<Unit[]>(size / sizeof(Unit) + 1);
  }
  void* data() { return heap_ == nullptr ? static_cast<void*>(inline_) : heap_.get(); }

 private:
  struct alignas(kAggregateAlignment) Unit {
    std::byte bytes[kAggregateAlignment];
  };
  alignas(kAggregateAlignment) std::byte inline_[kInlineBytes];
  std::unique_ptr<Unit[]> heap_;
};

// Parameters that need no memory from the heap; more than nearly every C function has.
constexpr size_t kInlineSlots = 16;
constexpr size_t kInlineAggregateBytes = 256;
constexpr size_t kInlineResultBytes = 64;

}  // namespace

Symbol::Symbol(Environment& environment, std::shared_ptr<Library> library, std::string name,
               JsSignature signature, const void* target, jit::CallStub call_stub)
    : Tethered(environment),
      library_(std::move(library)),
      name_(std::move(name)),
      signature_(std::move(signature)),
      target_(target),
      call_stub_(call_stub) {
  for (const JsType& parameter : signature_.parameters) {
    if (parameter.kind == JsKind::kStruct) aggregate_bytes_ += RoundUp(parameter.size);
    if (parameter.kind == JsKind::kBuffer) takes_buffers_ = true;
  }
}

Symbol& Symbol::Of(const Info& info) {
  return *static_cast<Symbol*>(ExternalPointer(info.Data().As<v8::External>()));
}

void Symbol::Ordinary(const Info& info) {
  Symbol& symbol = Of(info);
  const JsType& type = symbol.signature_.result;
  Scratch<kInlineResultBytes> result(type.size);
  if (!symbol.Invoke(info, result.data())) return;
  if (type.kind != JsKind::kVoid) {
    v8::Local<v8::Value> value;
    if (ToJs(symbol.environment(), type, result.data(), {symbol.name_, ConversionSite::kResult})
            .ToLocal(&value)) {
      info.GetReturnValue().Set(value);
    }
  } else if (symbol.signature_.void_is_null) {
    info.GetReturnValue().SetNull();
  }
}

void Symbol::OrdinaryToBlock(const Info& info) {
  Symbol& symbol = Of(info);
  // Not the block itself: the callee may call JavaScript, which uses the block.
  uint64_t result = 0;
  if (symbol.Invoke(info, &result)) symbol.environment().block()->result = result;
}

bool Symbol::Invoke(const Info& info, void* result) {
  ++environment().ordinary_calls;
  if (library_->closed()) {
    ThrowBadResource(environment(),
                     "Bad resource ID: the library of symbol '" + name_ + "' is closed");
    return false;
  }
  const size_t count = signature_.parameters.size();
  Scratch<kInlineSlots * sizeof(uint64_t)> slots(count * sizeof(uint64_t));
  Scratch<kInlineAggregateBytes> aggregates(aggregate_bytes_);
  return ConvertAndCall(info, static_cast<uint64_t*>(slots.data()),
                        static_cast<std::byte*>(aggregates.data()), result);
}

bool Symbol::ConvertAndCall(const Info& info, uint64_t* slots, std::byte* aggregates,
                            void* result) {
  int index = 0;
  for (const JsType& parameter : signature_.parameters) {
    // An argument that is missing reads as undefined.
    if (!FromJs(environment(), parameter, signature_.strict, info[index], &slots[index], aggregates,
                {name_, index})) {
      return false;
    }
    if (parameter.kind == JsKind::kStruct) aggregates += RoundUp(parameter.size);
    ++index;
  }
  {
    const std::vector<std::shared_ptr<v8::BackingStore>> held = StoresToHold(info);
    const Environment::DepthScope depth(&environment());
    call_stub_(target_, slots, result);
  }
  return !environment().RethrowPendingException();
}

std::vector<std::shared_ptr<v8::BackingStore>> Symbol::StoresToHold(const Info& info) const {
  std::vector<std::shared_ptr<v8::BackingStore>> stores;
  if (!takes_buffers_ || signature_.leaf || !environment().HasCallbacks()) return stores;
  for (size_t i = 0; i < signature_.parameters.size(); ++i) {
    if (signature_.parameters[i].kind != JsKind::kBuffer) continue;
    stores.push_back(StoreOf(info[static_cast<int>(i)]));
  }
  return stores;
}

v8::MaybeLocal<v8::Function> Symbol::MakeFast(v8::Local<v8::External> data, FastVariant variant,
                                              std::optional<v8::CFunction>* function) {
  const std::optional<FastSignature> fast = FastSignatureOf(signature_, variant);
  if (!fast) return {};
  const bool to_block = variant == FastVariant::kVoid;
  StatusOr<jit::StubCode> stub = jit::CodeCache::Process().StampFast(
      fast->shape, abi::HostFastConvention(), abi::HostConvention(), target_,
      to_block ? &environment().block()->result : nullptr);
  if (!stub.ok()) return {};
  function->emplace(stub->entry(), fast->info);
  library_->Keep(*std::move(stub));
  v8::Isolate* isolate = environment().isolate();
  return v8::FunctionTemplate::New(isolate, to_block ? OrdinaryToBlock : Ordinary, data,
                                   v8::Local<v8::Signature>(), 0, v8::ConstructorBehavior::kThrow,
                                   v8::SideEffectType::kHasSideEffect, &**function)
      ->GetFunction(environment().context());
}

v8::MaybeLocal<v8::Function> Symbol::MakeCallable(v8::Local<v8::External> data) {
  // Deno's functions have length 0, but those that return a struct their arity.
  const int length = signature_.result.kind == JsKind::kStruct
                         ? static_cast<int>(signature_.parameters.size())
                         : 0;
  WrapperParts parts;
  if (!v8::Function::New(environment().context(), Ordinary, data, length,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&parts.ordinary)) {
    return {};
  }
  // Whatever stands against a fast stub, the ordinary function does everything.
  if (environment().tier() != Tier::kFast ||
      !MakeFast(data, FastVariant::kValue, &fast_).ToLocal(&parts.fast) ||
      (NeedsVoidVariant(signature_) &&
       !MakeFast(data, FastVariant::kVoid, &fast_void_).ToLocal(&parts.fast_void))) {
    return parts.ordinary;
  }
  parts.library_switch = library_->switch_object();
  return environment().wrappers().Make(signature_, parts);
}

v8::MaybeLocal<v8::Function> Symbol::Make(Environment& environment,
                                          std::shared_ptr<Library> library, std::string name,
                                          JsSignature signature, const void* target) {
  v8::Isolate* isolate = environment.isolate();
  v8::EscapableHandleScope scope(isolate);
  if (signature.nonblocking) {
    ThrowTypeError(isolate,
                   "Failed to register symbol " + name + ": nonblocking calls are not supported");
    return {};
  }
  const StatusOr<jit::CallStub> call_stub =
      jit::CodeCache::Process().GetCallStub(signature.abi, abi::HostConvention());
  if (!call_stub.ok()) {
    ThrowTypeError(isolate,
                   "Failed to register symbol " + name + ": " + call_stub.status().message());
    return {};
  }
  std::unique_ptr<Symbol> owned(new Symbol(environment, std::move(library), std::move(name),
                                           std::move(signature), target, *call_stub));
  Symbol* symbol = owned.get();
  environment.Adopt(std::move(owned));
  const v8::Local<v8::External> data = NewExternal(isolate, symbol);
  symbol->TetherTo(data);
  v8::Local<v8::Function> callable;
  if (!symbol->MakeCallable(data).ToLocal(&callable)) return {};
  return scope.Escape(callable);
}

}  // namespace springboard::glue
