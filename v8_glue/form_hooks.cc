// form_hooks: see form_hooks.h, and binding.h for the functions that forms.js finds here.

#include "v8_glue/form_hooks.h"

#include <array>
#include <limits>
#include <string>

#include "v8_glue/binding.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/nonblocking.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

template <size_t N>
v8::MaybeLocal<v8::Function> CallForFunction(v8::Local<v8::Context> context,
                                             v8::Local<v8::Function> hook,
                                             std::array<v8::Local<v8::Value>, N> arguments) {
  v8::Local<v8::Value> result;
  if (!hook->Call(context, v8::Undefined(v8::Isolate::GetCurrent()), N, arguments.data())
           .ToLocal(&result)) {
    return {};
  }
  return result.As<v8::Function>();
}

// setForms(lower, ownForm, wrapSymbol, wrapCallback)
void SetForms(const Info& info) {
  EnvironmentOf(info)->forms().Set(info[0].As<v8::Function>(), info[1].As<v8::Function>(),
                                   info[2].As<v8::Function>(), info[3].As<v8::Function>());
}

// compile(names: string[], body: string, url?: string) -> function: what `new Function` gives, also
// where a policy forbids that.
void Compile(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  const v8::Local<v8::Array> names = info[0].As<v8::Array>();
  v8::LocalVector<v8::String> parameters(isolate);
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name;
    if (!names->Get(context, i).ToLocal(&name)) return;
    parameters.push_back(name.As<v8::String>());
  }
  const v8::Local<v8::Value> url =
      info[2]->IsString() ? info[2] : Name(isolate, "springboard:form").As<v8::Value>();
  v8::ScriptCompiler::Source source(info[1].As<v8::String>(), v8::ScriptOrigin(url));
  v8::Local<v8::Function> function;
  if (v8::ScriptCompiler::CompileFunction(context, &source, parameters.size(), parameters.data())
          .ToLocal(&function)) {
    info.GetReturnValue().Set(function);
  }
}

// describe(value) -> what messages call it
void DescribeValue(const Info& info) {
  info.GetReturnValue().Set(Text(info.GetIsolate(), Describe(info.GetIsolate(), info[0])));
}

// report(text, error)
void Report(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  EnvironmentOf(info)->host().Report(Utf8(isolate, info[0]) + ": " +
                                     ExceptionText(isolate, info[1]));
}

// lostPointer() -> pointer object or null
void LostPointer(const Info& info) {
  info.GetReturnValue().Set(PointerToJs(
      info.GetIsolate(), reinterpret_cast<const void*>(EnvironmentOf(info)->lost_result())));
}

// callsOnStack(url: string) -> the number of JavaScript frames whose script has that name
void CallsOnStack(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(
      isolate, std::numeric_limits<int>::max(), v8::StackTrace::kScriptName);
  uint32_t count = 0;
  for (int i = 0; i < stack->GetFrameCount(); ++i) {
    const v8::HandleScope handles(isolate);
    const v8::Local<v8::String> name =
        stack->GetFrame(isolate, static_cast<uint32_t>(i))->GetScriptName();
    if (!name.IsEmpty() && name->StrictEquals(info[0])) ++count;
  }
  info.GetReturnValue().Set(count);
}

// outcomeOf(error)
void OutcomeOf(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Local<v8::Value> outcome;
  if (info[0]->IsObject() &&
      info[0]
          .As<v8::Object>()
          ->GetPrivate(environment.context(), OutcomeKey(environment.isolate()))
          .ToLocal(&outcome)) {
    info.GetReturnValue().Set(outcome);
  }
}

}  // namespace

void FormHooks::Set(v8::Local<v8::Function> lower, v8::Local<v8::Function> own_form,
                    v8::Local<v8::Function> wrap_symbol, v8::Local<v8::Function> wrap_callback) {
  v8::Isolate* isolate = environment_.isolate();
  lower_.Reset(isolate, lower);
  own_form_.Reset(isolate, own_form);
  wrap_symbol_.Reset(isolate, wrap_symbol);
  wrap_callback_.Reset(isolate, wrap_callback);
}

v8::MaybeLocal<v8::Value> FormHooks::Lower(v8::Local<v8::Value> type,
                                           const DefinitionSite& site) const {
  v8::Isolate* isolate = environment_.isolate();
  std::array<v8::Local<v8::Value>, 2> arguments = {type, Text(isolate, site.At({}))};
  return lower_.Get(isolate)->Call(environment_.context(), v8::Undefined(isolate), arguments.size(),
                                   arguments.data());
}

v8::MaybeLocal<v8::Object> FormHooks::OwnForm(std::string_view name, std::string_view type) const {
  v8::Isolate* isolate = environment_.isolate();
  std::array<v8::Local<v8::Value>, 2> arguments = {Text(isolate, name), Text(isolate, type)};
  v8::Local<v8::Value> form;
  if (!own_form_.Get(isolate)
           ->Call(environment_.context(), v8::Undefined(isolate), arguments.size(),
                  arguments.data())
           .ToLocal(&form)) {
    return {};
  }
  return form.As<v8::Object>();
}

v8::MaybeLocal<v8::Function> FormHooks::WrapSymbol(v8::Local<v8::Function> function,
                                                   std::string_view name,
                                                   v8::Local<v8::Object> forms,
                                                   v8::Local<v8::Value> library) const {
  v8::Isolate* isolate = environment_.isolate();
  return CallForFunction<4>(environment_.context(), wrap_symbol_.Get(isolate),
                            {function, Text(isolate, name), forms, library});
}

v8::MaybeLocal<v8::Function> FormHooks::WrapCallback(v8::Local<v8::Function> function,
                                                     v8::Local<v8::Object> forms,
                                                     std::string_view site) const {
  v8::Isolate* isolate = environment_.isolate();
  return CallForFunction<3>(environment_.context(), wrap_callback_.Get(isolate),
                            {function, forms, Text(isolate, site)});
}

void AddFormFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "setForms", SetForms);
  AddFunction(environment, binding, "compile", Compile);
  AddFunction(environment, binding, "describe", DescribeValue);
  AddFunction(environment, binding, "report", Report);
  AddFunction(environment, binding, "lostPointer", LostPointer);
  AddFunction(environment, binding, "callsOnStack", CallsOnStack);
  AddFunction(environment, binding, "outcomeOf", OutcomeOf);
  binding
      ->CreateDataProperty(environment.context(), Name(environment.isolate(), "calls"),
                           environment.NewCounts())
      .Check();
  binding
      ->CreateDataProperty(environment.context(), Name(environment.isolate(), "listed"),
                           environment.listed_uses())
      .Check();
}

}  // namespace springboard::glue
