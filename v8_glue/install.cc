// install: puts the API into a context. See springboard.h and binding.h.

#include <array>
#include <utility>

#include "ffi_jit/code_cache.h"
#include "v8_glue/binding.h"
#include "v8_glue/callback.h"
#include "v8_glue/crash_report.h"
#include "v8_glue/embedded_js.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/foreign_calls.h"
#include "v8_glue/javascript_stack.h"
#include "v8_glue/native_library.h"
#include "v8_glue/nonblocking.h"
#include "v8_glue/springboard.h"
#include "v8_glue/symbol_shape.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// setErrorClasses(BadResource, NotCapable)
void SetErrorClasses(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  environment.bad_resource_class.Reset(environment.isolate(), info[0].As<v8::Function>());
  environment.not_capable_class.Reset(environment.isolate(), info[1].As<v8::Function>());
}

// checkPointers()
void CheckPointers(const Info& info) { RequirePointers(*EnvironmentOf(info)); }

std::string_view NameOf(Tier tier) {
  switch (tier) {
    case Tier::kFast:
      return "fast";
    case Tier::kOrdinary:
      return "ordinary";
    case Tier::kPublicApi:
      break;
  }
  return "public-api";
}

// counts() -> numbers that tell which way calls took and what is alive: of this environment, and
// (from callStubs on) of the process
void Counts(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  const jit::CodeCache::Counts code = jit::CodeCache::Process().counts();
  const std::pair<std::string_view, uint64_t> rows[] = {
      {"ordinaryCalls", environment.ordinary_calls},
      {"pendingCalls", environment.pool_calls().pending()},
      {"ownedObjects", environment.owned_count()},
      {"retiredObjects", environment.retired_count()},
      {"shapes", environment.shapes().size()},
      {"callStubs", code.call_stubs},
      {"templates", code.templates},
      {"liveStubs", code.live_stubs},
      {"codeBytesUsed", code.code_bytes_used},
      {"codeBytesMapped", code.code_bytes_mapped},
      {"unwindRecords", code.unwind_records},
      {"closures", Closure::alive()},
      {"environments", Environment::alive()},
      {"openLibraries", NativeLibrary::open_count()},
  };
  const v8::Local<v8::Object> counts = v8::Object::New(isolate);
  for (const auto& [name, count] : rows) {
    counts
        ->CreateDataProperty(environment.context(), Name(isolate, name),
                             v8::Number::New(isolate, static_cast<double>(count)))
        .Check();
  }
  info.GetReturnValue().Set(counts);
}

// What tests and tools look at: target[Symbol.for('springboard.internals')], not enumerable.
void DefineInternals(Environment& environment, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  const v8::Local<v8::Object> internals = v8::Object::New(isolate);
  internals
      ->CreateDataProperty(context, Name(isolate, "tier"),
                           Name(isolate, NameOf(environment.tier())))
      .Check();
  internals
      ->CreateDataProperty(
          context, Name(isolate, "readsArrayFields"),
          v8::Boolean::New(isolate, environment.object_layout().typed_array_fields))
      .Check();
  AddFunction(environment, internals, "counts", Counts);
  const v8::Local<v8::Symbol> key =
      v8::Symbol::For(isolate, Name(isolate, "springboard.internals"));
  // A frozen target refuses this; then there are no internals to look at.
  target->DefineOwnProperty(context, key, internals, v8::DontEnum).FromMaybe(false);
}

// One of the files of JavaScript: the body of a function (binding, parts), whose result becomes
// parts[name].
struct Part {
  const char* name;
  std::string_view text;
};

// Runs `part`. Empty, with an exception pending, if V8 refuses.
v8::MaybeLocal<v8::Value> RunPart(Environment& environment, const Part& part,
                                  v8::Local<v8::Object> binding, v8::Local<v8::Object> parts) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  v8::Local<v8::String> text;
  if (!v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(part.text.data()),
                                  v8::NewStringType::kNormal, static_cast<int>(part.text.size()))
           .ToLocal(&text)) {
    return {};
  }
  const std::string url = "springboard:" + std::string(part.name);
  v8::ScriptCompiler::Source source(text, v8::ScriptOrigin(Name(isolate, url)));
  std::array<v8::Local<v8::String>, 2> names = {Name(isolate, "binding"), Name(isolate, "parts")};
  std::array<v8::Local<v8::Value>, 2> arguments = {binding, parts};
  v8::Local<v8::Function> function;
  v8::Local<v8::Value> result;
  if (!v8::ScriptCompiler::CompileFunction(context, &source, names.size(), names.data())
           .ToLocal(&function) ||
      !function->Call(context, v8::Undefined(isolate), arguments.size(), arguments.data())
           .ToLocal(&result) ||
      parts->CreateDataProperty(context, Name(isolate, part.name), result).IsNothing()) {
    return {};
  }
  return result;
}

// Each part sees those before it; the last one's result is the API.
v8::MaybeLocal<v8::Object> RunApi(Environment& environment, v8::Local<v8::Object> binding) {
  const Part kParts[] = {
      {"systemError", kSystemErrorJs},
      {"callUses", kCallUsesJs},
      {"formText", kFormTextJs},
      {"forms", kFormsJs},
      {"cstringForm", kCstringFormJs},
      {"enumForm", kEnumFormJs},
      {"callbackForm", kCallbackFormJs},
      {"userdataForm", kUserdataFormJs},
      {"pointerForm", kPointerFormJs},
      {"memory", kMemoryJs},
      {"outForm", kOutFormJs},
      {"variadic", kVariadicJs},
      {"accessorValues", kAccessorValuesJs},
      {"accessorBits", kAccessorBitsJs},
      {"accessorCodecs", kAccessorCodecsJs},
      {"accessors", kAccessorsJs},
      {"api", kApiJs},
  };
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Object> parts =
      v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  v8::Local<v8::Value> result;
  for (const Part& part : kParts) {
    if (!RunPart(environment, part, binding, parts).ToLocal(&result)) return {};
  }
  return result.As<v8::Object>();
}

bool CopyProperties(v8::Local<v8::Context> context, v8::Local<v8::Object> from,
                    v8::Local<v8::Object> to) {
  v8::Local<v8::Array> keys;
  if (!from->GetOwnPropertyNames(context).ToLocal(&keys)) return false;
  for (uint32_t i = 0; i < keys->Length(); ++i) {
    v8::Local<v8::Value> key;
    v8::Local<v8::Value> value;
    if (!keys->Get(context, i).ToLocal(&key) || !from->Get(context, key).ToLocal(&value) ||
        to->CreateDataProperty(context, key.As<v8::Name>(), value).IsNothing()) {
      return false;
    }
  }
  return true;
}

}  // namespace

void AddFunction(Environment& environment, v8::Local<v8::Object> binding, std::string_view name,
                 v8::FunctionCallback callback) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  v8::Local<v8::Function> function;
  if (!v8::Function::New(context, callback, NewExternal(isolate, &environment), 0,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&function)) {
    return;
  }
  const v8::Local<v8::String> key = Name(isolate, name);
  function->SetName(key);
  binding->CreateDataProperty(context, key, function).Check();
}

void EnvironmentDeleter::operator()(Environment* environment) const { delete environment; }

void LoopEnds(Environment& environment) { environment.foreign_calls()->End(); }

EnvironmentHandle Install(v8::Local<v8::Context> context, v8::Local<v8::Object> target, Host& host,
                          Policy& policy, const InstallOptions& options) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::HandleScope scope(isolate);
  const v8::Context::Scope context_scope(context);
  if (options.crash_report) CrashReport::Start(WriteJavaScriptStack);
  CrashReport::PrepareThread();
  EnvironmentHandle environment(new Environment(context, host, policy, options));
  const v8::Local<v8::Object> binding = v8::Object::New(isolate);
  AddFunction(*environment, binding, "setErrorClasses", SetErrorClasses);
  AddFunction(*environment, binding, "checkPointers", CheckPointers);
  AddLibraryFunctions(*environment, binding);
  AddFormFunctions(*environment, binding);
  AddFnPointerFunctions(*environment, binding);
  AddLayoutFunctions(*environment, binding);
  AddPointerFunctions(*environment, binding);
  AddPointerViewFunctions(*environment, binding);
  AddCallbackFunctions(*environment, binding);
  AddMemoryFunctions(*environment, binding);
  AddSystemErrorFunctions(*environment, binding);
  AddSlotFunctions(*environment, binding);
  AddTypeFunctions(*environment, binding);
  v8::Local<v8::Object> api;
  if (!RunApi(*environment, binding).ToLocal(&api) || !CopyProperties(context, api, target)) {
    return nullptr;
  }
  DefineInternals(*environment, target);
  return environment;
}

}  // namespace springboard::glue
