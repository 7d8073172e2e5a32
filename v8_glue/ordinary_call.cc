// ordinary_call: what the ordinary function of a symbol does, in every tier the last resort: it
// converts straight into the call stub's slots, calls, and throws what there is to throw. See
// symbol.h.

#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "v8_glue/c_string.h"
#include "v8_glue/call_memory.h"
#include "v8_glue/conversion_error.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/javascript_trace.h"
#include "v8_glue/native_call.h"
#include "v8_glue/symbol.h"
#include "v8_glue/trace.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// Whether JavaScript can take bytes of `buffer`, a buffer or a view, away while somebody holds what
// owns them. Shared buffers only grow.
bool MayShrink(v8::Local<v8::Value> buffer) {
  const std::shared_ptr<v8::BackingStore> store = StoreOf(buffer);
  return store != nullptr && store->IsResizableByUserJavaScript() && !store->IsShared();
}

// The result, as FastBlock::result has it too; of a struct the beginning.
uint64_t ResultBits(CallMemory& memory) {
  uint64_t bits = 0;
  std::memcpy(&bits, memory.result(), sizeof(bits));
  return bits;
}

// Whether `result` says that the function failed. In FastBlock::result an i53 is a double.
bool HasFailed(JsSignature::Failure failure, uint64_t result) {
  constexpr uint64_t kMinusOne = ~uint64_t{0};
  switch (failure) {
    case JsSignature::Failure::kNone:
      return false;
    case JsSignature::Failure::kNumber:
      return result == kMinusOne || result == FloatBits(JsKind::kF64, -1);
    case JsSignature::Failure::kBigInt:
      return result == kMinusOne;
    case JsSignature::Failure::kPointer:
      return result == 0 || result == kMinusOne;
  }
  return false;
}

}  // namespace

Symbol& Symbol::Of(v8::Local<v8::Value> handle) {
  return *static_cast<Symbol*>(HandlePointer(handle.As<v8::Object>()));
}

void Symbol::Ordinary(const Info& info) {
  if (!EnvironmentOf(info)->IsBareHandle(info[0])) return ThrowIllegalCall(info.GetIsolate());
  Symbol& symbol = Of(info[0]);
  if (symbol.SettleStatus() && symbol.PrepareStored(info[0].As<v8::Object>())) {
    symbol.Call({info, 1});
  }
}

void Symbol::InPlaceOfStub(const Info& info) { Of(info.Data()).Call({info, 0}); }

void Symbol::InPlaceOfStoringStub(const Info& info) {
  Symbol& symbol = Of(info.Data());
  // Not the block itself: the callee may call JavaScript, which uses the block.
  CallMemory memory(symbol.shape_);
  uint64_t result = 0;
  std::memcpy(memory.result(), &result, sizeof(result));
  if (!symbol.Invoke({info, 0}, memory)) return;
  result = ResultBits(memory);
  const JsType& type = symbol.shape_.signature.result;
  if (TraitsOf(type.kind).kind_class == KindClass::kSafeInteger) {
    // The wrapper reads a Number.
    v8::Local<v8::Value> value;
    if (!ToJs(symbol.environment(), type, &result, {symbol.name_, ConversionSite::kResult})
             .ToLocal(&value)) {
      return symbol.TellReturned(result);
    }
    result = FloatBits(JsKind::kF64, value.As<v8::Number>()->Value());
  }
  symbol.environment().block()->result = result;
  if (IsString(type.kind)) symbol.environment().stored_text = memory.TakeKept();
}

void Symbol::TellReturned(uint64_t result) const {
  environment().CallReturned(result);
  if (HasFailed(shape_.signature.failure, result)) environment().CallFailed();
}

bool Symbol::SettleStatus() {
  jit::FastBlock& block = *environment().block();
  // A stub that has entered the native function left one of the others, or found one: an exception
  // that waited already may be taken by a call that has not come as far.
  if (block.status != jit::FastStatus::kDone && block.status != jit::FastStatus::kDeclined) {
    TellReturned(block.result);
  }
  // Whatever became of the result: the callback's exception came first.
  if (environment().RethrowPendingException()) return false;
  switch (block.status) {
    case jit::FastStatus::kUnsafe: {
      block.status = jit::FastStatus::kDone;
      const uint64_t result = block.result;
      // It throws.
      return !ToJs(environment(), shape_.signature.result, &result,
                   {name_, ConversionSite::kResult})
                  .IsEmpty();
    }
    case jit::FastStatus::kLost:
      block.status = jit::FastStatus::kDone;
      ThrowLost();
      return false;
    default:
      block.status = jit::FastStatus::kDone;
      return true;
  }
}

void Symbol::Call(const Arguments& arguments) {
  v8::Local<v8::Value> out;
  if (!TakeOut(arguments, &out)) return;
  CallMemory memory(shape_);
  if (!Invoke(arguments, memory)) return;
  const JsSignature& signature = shape_.signature;
  // Undefined is there already: to set it again is a tenth of an ordinary call.
  if (signature.result.kind == JsKind::kVoid && !signature.void_is_null) return;
  v8::Local<v8::Value> value;
  if (Result(out, memory.result()).ToLocal(&value)) {
    arguments.info.GetReturnValue().Set(value);
  } else {
    TellReturned(ResultBits(memory));
  }
}

v8::MaybeLocal<v8::Value> Symbol::Result(v8::Local<v8::Value> out, const void* result) const {
  const JsSignature& signature = shape_.signature;
  if (!out.IsEmpty()) {
    if (!StoreOut(out, result)) return {};
    return out;
  }
  if (signature.void_is_null && signature.result.kind == JsKind::kVoid) {
    return v8::Null(environment().isolate());
  }
  return ToJs(environment(), signature.result, result, {name_, ConversionSite::kResult});
}

bool Symbol::TakeOut(const Arguments& arguments, v8::Local<v8::Value>* out) const {
  const JsSignature& signature = shape_.signature;
  if (signature.result.kind != JsKind::kStruct) return true;
  const v8::Local<v8::Value> given = arguments[static_cast<int>(signature.parameters.size())];
  if (given->IsUndefined()) return true;
  *out = given;
  return CheckOut(given);
}

bool Symbol::CheckOut(v8::Local<v8::Value> out) const {
  const JsType& type = shape_.signature.result;
  const ConversionSite site = {name_, ConversionSite::kResult};
  Bytes bytes{};
  if (!BytesOf(environment(), out, &bytes)) {
    ThrowUnexpected(environment(), type, false, out, site);
    return false;
  }
  if (bytes.size >= type.size) return true;
  ThrowTooShort(environment(), type, bytes.size, site);
  return false;
}

void Symbol::ThrowLost() const {
  ThrowTypeError(environment().isolate(),
                 "Invalid FFI " + std::string(NameOf(shape_.signature.result)) +
                     " type: the array for the result of symbol '" + name_ +
                     "' was detached or shortened during the call");
}

bool Symbol::StoreOut(v8::Local<v8::Value> out, const void* result) const {
  // The callee may have run a callback that detached it.
  Bytes bytes{};
  if (!BytesOf(environment(), out, &bytes) || bytes.size < shape_.signature.result.size) {
    ThrowLost();
    return false;
  }
  std::memcpy(bytes.data, result, shape_.signature.result.size);
  return true;
}

bool Symbol::Convert(const Arguments& arguments, CallMemory& memory) const {
  if (library_->closed()) {
    ThrowBadResource(environment(),
                     "Bad resource ID: the library of symbol '" + name_ + "' is closed");
    return false;
  }
  const JsSignature& signature = shape_.signature;
  uint64_t* slots = memory.slots();
  std::byte* aggregates = memory.aggregates();
  int index = 0;
  for (const JsType& parameter : signature.parameters) {
    // An argument that is missing reads as undefined.
    if (IsString(parameter.kind)) {
      if (!StringFromJs(environment(), parameter, arguments[index], &memory.strings(),
                        &slots[index], {name_, index})) {
        return false;
      }
      ++index;
      continue;
    }
    if (!FromJs(environment(), parameter, signature.strict, arguments[index], &slots[index],
                aggregates, {name_, index})) {
      return false;
    }
    if (signature.strict_memory && parameter.kind == JsKind::kBuffer &&
        MayShrink(arguments[index])) {
      ThrowShrinkable(environment(), {name_, index});
      return false;
    }
    if (parameter.behind_slot) aggregates += SymbolShape::AggregateBytes(parameter);
    ++index;
  }
  return true;
}

bool Symbol::Invoke(const Arguments& arguments, CallMemory& memory) {
  ++environment().ordinary_calls;
  if (!Convert(arguments, memory)) return false;
  const JsSignature& signature = shape_.signature;
  if (shape_.takes_buffers && !signature.leaf && environment().HasCallbacks()) {
    HeldStores& held = memory.HoldStores();
    int index = 0;
    for (const JsType& parameter : signature.parameters) {
      if (parameter.kind == JsKind::kBuffer) held.Hold(StoreOf(arguments[index]));
      ++index;
    }
  }
  if (!environment().stack_room().ForCall(shape_.stack_bytes)) {
    environment().isolate()->ThrowException(NewStackOverflow(
        environment().isolate(),
        "symbol '" + name_ + "' takes " + std::to_string(shape_.stack_bytes) + " bytes of it"));
    return false;
  }
  bool returned = true;
  {
    const Environment::DepthScope depth(&environment());
    const RunningSymbol::Scope running(environment().running_symbol(), name_);
    if (signature.OnlyOrdinary()) {
      returned = CallTold(arguments, memory);
    } else if (signature.keeps_errno) {
      // Nothing is thrown without `cxx`.
      static_cast<void>(CallNative(signature, shape_.call_stub, target_, memory.slots(),
                                   memory.result(), &environment().block()->error));
    } else {
      CallStoppingCxx(shape_.call_stub, target_, memory.slots(), memory.result());
    }
  }
  if (!environment().HasPendingException()) return true;
  if (returned) TellReturned(ResultBits(memory));
  return !environment().RethrowPendingException();
}

bool Symbol::CallTold(const Arguments& arguments, CallMemory& memory) {
  const JsSignature& signature = shape_.signature;
  std::optional<TraceText> text;
  std::optional<TracedCall> traced;
  if (signature.trace) {
    text.emplace(Trace(arguments, memory));
    traced.emplace(TracedCall::Direction::kToNative, *text);
  }
  const std::optional<CxxException> thrown =
      CallNative(signature, shape_.call_stub, target_, memory.slots(), memory.result(),
                 &environment().block()->error);
  if (traced && thrown) {
    traced->Threw("threw " + thrown->Text());
  } else if (traced) {
    traced->Returned(memory.result(), environment().HasPendingException()
                                          ? ", and throws what a callback threw"
                                          : "");
  }
  // After what a callback of the same call threw, which is thrown instead of it.
  if (thrown) environment().StorePendingException(CxxError(environment(), name_, *thrown));
  return !thrown;
}

TraceText Symbol::Trace(const Arguments& arguments, CallMemory& memory) const {
  const JsSignature& signature = shape_.signature;
  std::vector<std::string> notes;
  int index = 0;
  for (const JsType& parameter : signature.parameters) {
    notes.push_back(BufferNote(parameter, arguments[index++]));
  }
  return TraceText(name_, signature, memory.slots(), notes);
}

}  // namespace springboard::glue
