// wrapper: composing and caching the wrappers' source text. See wrapper.h.

#include "v8_glue/wrapper.h"

#include <array>
#include <string_view>

#include "v8_glue/binding.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// V8 13 goes on with stale assumptions after JavaScript ran below a fast call, so there a wrapper
// gives up fast calls for good once a callback exists. V8 14 handles this for fast calls that
// return nothing.
constexpr bool kVoidCallsMayReenter = V8_MAJOR_VERSION >= 14;

// What a factory is given, by name.
constexpr std::array kFactoryParameters = {"fast",      "fastVoid", "ordinary", "library",
                                           "callbacks", "i32",      "u32",      "f32",
                                           "f64",       "i64",      "u64",      "rethrow"};

bool IsPointerLike(JsKind kind) {
  return kind == JsKind::kPointer || kind == JsKind::kBuffer || kind == JsKind::kFunction;
}

// The guard that V8's own check of a fast call's argument is too lax to do without: optimised code
// passes true as 1 for an integer, and the truthiness of anything for a bool. Empty for types that
// V8 is strict about.
std::string_view GuardOf(JsKind kind) {
  switch (kind) {
    case JsKind::kBool:
      return "boolean";
    case JsKind::kU8:
    case JsKind::kI8:
    case JsKind::kU16:
    case JsKind::kI16:
    case JsKind::kU32:
    case JsKind::kI32:
      return "number";
    default:
      return {};
  }
}

// Reads CallBlock::result, at byte 8, after the void variant.
std::string_view ReadResult(JsKind kind) {
  switch (kind) {
    case JsKind::kBool:
      return "u32[2] !== 0";
    case JsKind::kI8:
    case JsKind::kI16:
    case JsKind::kI32:
      return "i32[2]";
    case JsKind::kF32:
      return "f32[2]";
    case JsKind::kF64:
      return "f64[1]";
    case JsKind::kI64:
    case JsKind::kIsize:
      return "i64[1]";
    case JsKind::kU64:
    case JsKind::kUsize:
      return "u64[1]";
    default:
      return "u32[2]";
  }
}
static_assert(offsetof(CallBlock, exception_pending) == 0 && offsetof(CallBlock, result) == 8);

std::string Parameters(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    text.append(i == 0 ? "p" : ", p").append(std::to_string(i));
  }
  return text;
}

std::string Condition(const JsSignature& signature, bool fast_needs_no_callbacks) {
  std::string text = "library.direct";
  if (fast_needs_no_callbacks) text += " && callbacks.direct";
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    const std::string_view guard = GuardOf(signature.parameters[i].kind);
    if (guard.empty()) continue;
    text += " && typeof p" + std::to_string(i) + " === '" + std::string(guard) + "'";
  }
  return text;
}

// A factory's body.
std::string FactoryText(const JsSignature& signature) {
  const std::string arguments = "(" + Parameters(signature.parameters.size()) + ")";
  const bool is_void = signature.result.kind == JsKind::kVoid;
  const bool reads_block = NeedsVoidVariant(signature);
  const bool reenters = !signature.leaf && kVoidCallsMayReenter && (is_void || reads_block);
  std::string text = "'use strict';\nreturn (";
  text += Parameters(signature.parameters.size()) + ") => {\n  if (";
  text += Condition(signature, !signature.leaf && !reenters) + ") {\n";
  if (!reenters) {
    text += is_void && signature.void_is_null ? "    fast" + arguments + ";\n    return null;\n"
                                              : "    return fast" + arguments + ";\n";
  } else if (is_void) {
    text += "    fast" + arguments + ";\n    if (!callbacks.direct && u32[0] !== 0) rethrow();\n";
    text += signature.void_is_null ? "    return null;\n" : "    return;\n";
  } else {
    text += "    if (callbacks.direct) return fast" + arguments + ";\n";
    text += "    fastVoid" + arguments + ";\n    if (u32[0] !== 0) rethrow();\n";
    text.append("    return ").append(ReadResult(signature.result.kind)).append(";\n");
  }
  return text + "  }\n  return ordinary" + arguments + ";\n};\n";
}

void Rethrow(const v8::FunctionCallbackInfo<v8::Value>& info) {
  EnvironmentOf(info)->RethrowPendingException();
}

}  // namespace

bool NeedsVoidVariant(const JsSignature& signature) {
  return kVoidCallsMayReenter && !signature.leaf && signature.result.kind != JsKind::kVoid &&
         !IsPointerLike(signature.result.kind);
}

v8::MaybeLocal<v8::Function> WrapperCache::Factory(const JsSignature& signature) {
  v8::Isolate* isolate = environment_.isolate();
  std::string text = FactoryText(signature);
  const auto found = factories_.find(text);
  if (found != factories_.end()) return found->second.Get(isolate);

  v8::Local<v8::String> source_text;
  if (!v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                               static_cast<int>(text.size()))
           .ToLocal(&source_text)) {
    return {};
  }
  std::array<v8::Local<v8::String>, kFactoryParameters.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = Name(isolate, kFactoryParameters[i]);
  v8::ScriptCompiler::Source source(source_text,
                                    v8::ScriptOrigin(Name(isolate, "springboard:wrapper")));
  v8::Local<v8::Function> factory;
  if (!v8::ScriptCompiler::CompileFunction(environment_.context(), &source, names.size(),
                                           names.data())
           .ToLocal(&factory)) {
    return {};
  }
  factories_.emplace(std::move(text), v8::Global<v8::Function>(isolate, factory));
  return factory;
}

// What every wrapper of the environment is given alike.
bool WrapperCache::MakeSharedParts() {
  v8::Isolate* isolate = environment_.isolate();
  v8::Local<v8::Function> rethrow;
  if (!v8::Function::New(environment_.context(), Rethrow, NewExternal(isolate, &environment_), 0,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&rethrow)) {
    return false;
  }
  rethrow_.Reset(isolate, rethrow);
  const v8::Local<v8::ArrayBuffer> block = environment_.block_buffer();
  constexpr size_t kWords = sizeof(CallBlock) / 4;
  constexpr size_t kPairs = sizeof(CallBlock) / 8;
  views_[0].Reset(isolate, v8::Int32Array::New(block, 0, kWords));
  views_[1].Reset(isolate, v8::Uint32Array::New(block, 0, kWords));
  views_[2].Reset(isolate, v8::Float32Array::New(block, 0, kWords));
  views_[3].Reset(isolate, v8::Float64Array::New(block, 0, kPairs));
  views_[4].Reset(isolate, v8::BigInt64Array::New(block, 0, kPairs));
  views_[5].Reset(isolate, v8::BigUint64Array::New(block, 0, kPairs));
  return true;
}

v8::MaybeLocal<v8::Function> WrapperCache::Make(const JsSignature& signature,
                                                const WrapperParts& parts) {
  v8::Isolate* isolate = environment_.isolate();
  v8::EscapableHandleScope scope(isolate);
  const v8::Local<v8::Context> context = environment_.context();
  if (rethrow_.IsEmpty() && !MakeSharedParts()) return {};
  v8::Local<v8::Function> factory;
  if (!Factory(signature).ToLocal(&factory)) return {};
  const v8::Local<v8::Value> undefined = v8::Undefined(isolate);
  std::array<v8::Local<v8::Value>, kFactoryParameters.size()> arguments = {
      parts.fast,
      parts.fast_void.IsEmpty() ? undefined : v8::Local<v8::Value>(parts.fast_void),
      parts.ordinary,
      parts.library_switch,
      environment_.callback_switch(),
      views_[0].Get(isolate),
      views_[1].Get(isolate),
      views_[2].Get(isolate),
      views_[3].Get(isolate),
      views_[4].Get(isolate),
      views_[5].Get(isolate),
      rethrow_.Get(isolate),
  };
  v8::Local<v8::Value> wrapper;
  if (!factory->Call(context, undefined, arguments.size(), arguments.data()).ToLocal(&wrapper)) {
    return {};
  }
  // As Deno's functions have it. (A default value for the first parameter would do it too, but then
  // optimised code takes that parameter through a tagged value: 15 % of an i32 call.)
  if (!signature.parameters.empty() &&
      wrapper.As<v8::Function>()
          ->DefineOwnProperty(context, Name(isolate, "length"), v8::Integer::New(isolate, 0),
                              static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontEnum))
          .IsNothing()) {
    return {};
  }
  return scope.Escape(wrapper.As<v8::Function>());
}

}  // namespace springboard::glue
