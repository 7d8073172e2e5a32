// wrapper: compiling and caching the wrappers' factories. See wrapper.h.

#include "v8_glue/wrapper.h"

#include <array>
#include <utility>

#include "v8_glue/attempt.h"
#include "v8_glue/c_string.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/fast_api.h"
#include "v8_glue/symbol.h"
#include "v8_glue/symbol_shape.h"
#include "v8_glue/v8_compat.h"
#include "v8_glue/words.h"
#include "v8_glue/wrapper_text.h"

namespace springboard::glue {

namespace {

// takePointer(block): optimised code enters FastTake, and makes the pointer object itself.
void* FastTake(v8::Local<v8::Value>, const jit::FastBlock* block) {
  return reinterpret_cast<void*>(block->result);
}

void Take(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const auto* block =
      static_cast<const jit::FastBlock*>(ExternalPointer(info[0].As<v8::External>()));
  info.GetReturnValue().Set(
      PointerToJs(info.GetIsolate(), reinterpret_cast<const void*>(block->result)));
}

const v8::CFunction& TakeFunction() {
  using Type = v8::CTypeInfo::Type;
  static const v8::CTypeInfo arguments[] = {v8::CTypeInfo(Type::kV8Value),
                                            v8::CTypeInfo(Type::kPointer)};
  static const v8::CFunctionInfo info(v8::CTypeInfo(Type::kPointer), 2, arguments,
                                      v8::CFunctionInfo::Int64Representation::kBigInt);
  static const v8::CFunction function(reinterpret_cast<const void*>(&FastTake), &info);
  return function;
}

// takeStringN()
template <JsKind kKind>
void TakeString(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Environment& environment = *EnvironmentOf(info);
  const uint64_t result = environment.block()->result;
  const KeptArguments kept = std::exchange(environment.stored_text, {});
  v8::Local<v8::Value> string;
  if (StringToJs(info.GetIsolate(), kKind, reinterpret_cast<const void*>(result))
          .ToLocal(&string)) {
    info.GetReturnValue().Set(string);
  } else {
    environment.CallReturned(result);
  }
}

bool TakeStringFunctions(Environment& environment,
                         std::array<v8::Local<v8::Function>, 3>* functions) {
  const v8::FunctionCallback callbacks[] = {
      TakeString<JsKind::kCString>, TakeString<JsKind::kCString16>, TakeString<JsKind::kCString32>};
  for (size_t i = 0; i < functions->size(); ++i) {
    if (!v8::Function::New(environment.context(), callbacks[i],
                           NewExternal(environment.isolate(), &environment), 0,
                           v8::ConstructorBehavior::kThrow)
             .ToLocal(&(*functions)[i])) {
      return false;
    }
  }
  return true;
}

// new Uint8Array(size), for when the global one is none.
void NewBytes(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const size_t size = info[0].As<v8::Uint32>()->Value();
  info.GetReturnValue().Set(v8::Uint8Array::New(v8::ArrayBuffer::New(isolate, size), 0, size));
}

// What constructs the results of functions that return structs: V8's own Uint8Array, unless the
// script had put something else in its place before.
v8::MaybeLocal<v8::Value> BytesConstructor(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const Attempt attempt(isolate);
  v8::Local<v8::Value> found;
  v8::Local<v8::Object> made;
  v8::Local<v8::Value> size = v8::Integer::New(isolate, 1);
  if (context->Global()->Get(context, Name(isolate, "Uint8Array")).ToLocal(&found) &&
      found->IsFunction() &&
      found.As<v8::Function>()->NewInstance(context, 1, &size).ToLocal(&made) &&
      made->IsUint8Array() && made.As<v8::Uint8Array>()->Length() == 1) {
    return found;
  }
  return v8::Function::New(context, NewBytes).FromMaybe(v8::Local<v8::Function>());
}

// The values of kSharedNames. Empty, with an exception pending, if V8 refuses.
v8::MaybeLocal<v8::Array> SharedValues(Environment& environment) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  v8::Local<v8::Function> ordinary;
  v8::Local<v8::Function> take_pointer;
  v8::Local<v8::Value> bytes;
  std::array<v8::Local<v8::Function>, 3> strings;
  if (!TakeStringFunctions(environment, &strings)) return {};
  if (!v8::Function::New(context, Symbol::Ordinary, NewExternal(isolate, &environment), 0,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&ordinary) ||
      !v8::FunctionTemplate::New(isolate, Take, {}, {}, 0, v8::ConstructorBehavior::kThrow,
                                 v8::SideEffectType::kHasSideEffect, &TakeFunction())
           ->GetFunction(context)
           .ToLocal(&take_pointer) ||
      !BytesConstructor(context).ToLocal(&bytes)) {
    return {};
  }
  const v8::Local<v8::ArrayBuffer> block = environment.block_buffer();
  constexpr size_t kWords = sizeof(jit::FastBlock) / 4;
  constexpr size_t kPairs = sizeof(jit::FastBlock) / 8;
  std::array<v8::Local<v8::Value>, kSharedNames.size()> values = {
      ordinary,
      environment.callback_switch(),
      v8::Uint32Array::New(block, 0, kWords),
      v8::Int32Array::New(block, 0, kWords),
      v8::Float32Array::New(block, 0, kWords),
      v8::Float64Array::New(block, 0, kPairs),
      v8::BigInt64Array::New(block, 0, kPairs),
      v8::BigUint64Array::New(block, 0, kPairs),
      take_pointer,
      NewExternal(isolate, environment.block()),
      strings[0],
      strings[1],
      strings[2],
      bytes,
  };
  return v8::Array::New(isolate, values.data(), values.size());
}

}  // namespace

v8::MaybeLocal<v8::Function> WrapperCache::SharedFactory(const SymbolShape& shape) {
  std::string text = WrapperText(shape);
  const auto found = factories_.find(text);
  if (found != factories_.end()) return found->second.Get(environment_.isolate());
  v8::Local<v8::Function> factory;
  if (!NewFactory(text).ToLocal(&factory)) return {};
  factories_.emplace(std::move(text), v8::Global<v8::Function>(environment_.isolate(), factory));
  return factory;
}

v8::MaybeLocal<v8::Function> WrapperCache::NewFactory(const std::string& text) {
  v8::Isolate* isolate = environment_.isolate();
  const v8::Local<v8::Context> context = environment_.context();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::String> source_text;
  if (!v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                               static_cast<int>(text.size()))
           .ToLocal(&source_text) ||
      (shared_.IsEmpty() && !MakeShared())) {
    return {};
  }
  const v8::Local<v8::Array> shared = shared_.Get(isolate);
  std::array<v8::Local<v8::String>, kSharedNames.size()> names;
  std::array<v8::Local<v8::Value>, kSharedNames.size()> values;
  for (uint32_t i = 0; i < names.size(); ++i) {
    names[i] = Name(isolate, kSharedNames[i]);
    if (!shared->Get(context, i).ToLocal(&values[i])) return {};
  }
  v8::ScriptCompiler::Source source(source_text,
                                    v8::ScriptOrigin(Name(isolate, "springboard:wrapper")));
  v8::Local<v8::Function> compiled;
  v8::Local<v8::Value> factory;
  if (!v8::ScriptCompiler::CompileFunction(context, &source, names.size(), names.data())
           .ToLocal(&compiled) ||
      !compiled->Call(context, v8::Undefined(isolate), values.size(), values.data())
           .ToLocal(&factory)) {
    return {};
  }
  return scope.Escape(factory.As<v8::Function>());
}

bool WrapperCache::MakeShared() {
  v8::Local<v8::Array> shared;
  if (!SharedValues(environment_).ToLocal(&shared)) return false;
  shared_.Reset(environment_.isolate(), shared);
  return true;
}

v8::MaybeLocal<v8::Function> WrapperCache::Make(const SymbolShape& shape,
                                                const WrapperParts& parts) {
  v8::Isolate* isolate = environment_.isolate();
  v8::EscapableHandleScope scope(isolate);
  const v8::Local<v8::Context> context = environment_.context();
  std::array<v8::Local<v8::Value>, 4> arguments = {parts.plain, parts.any, parts.symbol,
                                                   parts.library_switch};
  v8::Local<v8::Function> factory = shape.factory.Get(isolate);
  v8::Local<v8::Value> wrapper;
  if ((factory.IsEmpty() && !NewFactory(WrapperText(shape)).ToLocal(&factory)) ||
      !factory->Call(context, v8::Undefined(isolate), arguments.size(), arguments.data())
           .ToLocal(&wrapper)) {
    return {};
  }
  // As Deno's functions have it, but for those that return a struct: there it is the arity. (A
  // default value for the first parameter would do it too, but then optimised code takes that
  // parameter through a tagged value: 15 % of an i32 call.)
  if (!shape.signature.parameters.empty() && shape.signature.result.kind != JsKind::kStruct &&
      wrapper.As<v8::Function>()
          ->DefineOwnProperty(context, environment_.words().Get(Word::kLength),
                              v8::Integer::New(isolate, 0),
                              static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontEnum))
          .IsNothing()) {
    return {};
  }
  return scope.Escape(wrapper.As<v8::Function>());
}

}  // namespace springboard::glue
