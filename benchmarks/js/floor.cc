// floor: the functions of tests/native/plain.c as hand-written V8 fast functions: the least that a
// call from optimised JavaScript to native code can cost in this process. bench.mjs compares with
// it.
//
// Each is a function made from a template of its own, with the fast version that optimised code
// calls and the callback that all other code calls. Isolate thread only, but for the fast versions'
// types, which live as long as the process.

#include <node.h>

#include "v8_glue/fast_api.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

using Arguments = v8::FunctionCallbackInfo<v8::Value>;
using Type = v8::CTypeInfo::Type;
using Receiver = v8::Local<v8::Object>;

void Nop(Receiver) {}
int32_t AddI32(Receiver, int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
double AddF64(Receiver, double a, double b) { return a + b; }
uint64_t AddU64(Receiver, uint64_t a, uint64_t b) { return a + b; }
void* SamePointer(Receiver, void* pointer) { return pointer; }

// What code that is not optimised calls: the same functions through V8's public API.

void SlowNop(const Arguments&) {}
void SlowAddI32(const Arguments& info) {
  info.GetReturnValue().Set(
      AddI32({}, info[0].As<v8::Int32>()->Value(), info[1].As<v8::Int32>()->Value()));
}
void SlowAddF64(const Arguments& info) {
  info.GetReturnValue().Set(
      AddF64({}, info[0].As<v8::Number>()->Value(), info[1].As<v8::Number>()->Value()));
}
void SlowAddU64(const Arguments& info) {
  const uint64_t sum =
      AddU64({}, info[0].As<v8::BigInt>()->Uint64Value(), info[1].As<v8::BigInt>()->Uint64Value());
  info.GetReturnValue().Set(v8::BigInt::NewFromUnsigned(info.GetIsolate(), sum));
}
void SlowSamePointer(const Arguments& info) {
  void* pointer = info[0]->IsExternal() ? ExternalPointer(info[0].As<v8::External>()) : nullptr;
  if (pointer == nullptr) return info.GetReturnValue().SetNull();
  info.GetReturnValue().Set(NewExternal(info.GetIsolate(), pointer));
}

// Defines exports[name]. The first of `types` is the receiver's.
template <size_t kCount>
void Define(v8::Local<v8::Context> context, v8::Local<v8::Object> exports, const char* name,
            v8::FunctionCallback slow, const void* fast, Type result, const Type (&types)[kCount]) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::CTypeInfo* arguments = new v8::CTypeInfo[kCount];
  for (size_t i = 0; i < kCount; ++i) arguments[i] = v8::CTypeInfo(types[i]);
  const v8::CFunctionInfo* info = new v8::CFunctionInfo(
      v8::CTypeInfo(result), kCount, arguments, v8::CFunctionInfo::Int64Representation::kBigInt);
  const v8::CFunction* function = new v8::CFunction(fast, info);
  v8::Local<v8::FunctionTemplate> made =
      v8::FunctionTemplate::New(isolate, slow, {}, {}, 0, v8::ConstructorBehavior::kThrow,
                                v8::SideEffectType::kHasSideEffect, function);
  exports
      ->Set(context, v8::String::NewFromUtf8(isolate, name).ToLocalChecked(),
            made->GetFunction(context).ToLocalChecked())
      .Check();
}

template <typename Function>
const void* Address(Function* function) {
  return reinterpret_cast<const void*>(function);
}

void DefineAll(v8::Local<v8::Context> context, v8::Local<v8::Object> exports) {
  constexpr Type kReceiver = Type::kV8Value;
  Define(context, exports, "nop", SlowNop, Address(Nop), Type::kVoid, {kReceiver});
  Define(context, exports, "add_i32", SlowAddI32, Address(AddI32), Type::kInt32,
         {kReceiver, Type::kInt32, Type::kInt32});
  Define(context, exports, "add_f64", SlowAddF64, Address(AddF64), Type::kFloat64,
         {kReceiver, Type::kFloat64, Type::kFloat64});
  Define(context, exports, "add_u64", SlowAddU64, Address(AddU64), Type::kUint64,
         {kReceiver, Type::kUint64, Type::kUint64});
  Define(context, exports, "same_pointer", SlowSamePointer, Address(SamePointer), Type::kPointer,
         {kReceiver, Type::kPointer});
}

}  // namespace
}  // namespace springboard::glue

NODE_MODULE_INIT() {
  static_cast<void>(module);
  springboard::glue::DefineAll(context, exports);
}
