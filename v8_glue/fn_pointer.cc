// fn_pointer: UnsafeFnPointer's function, a symbol without a library. See binding.h.

#include <memory>
#include <utility>
#include <vector>

#include "v8_glue/binding.h"
#include "v8_glue/crash_report.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/form_hooks.h"
#include "v8_glue/js_signature.h"
#include "v8_glue/library.h"
#include "v8_glue/symbol.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// What messages call the function.
constexpr char kName[] = "UnsafeFnPointer";

// fnPointer(pointer, definition) -> function. Its stubs are freed when the function is collected.
void FnPointer(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  if (!RequirePointers(environment)) return;
  if (info[0]->IsNull()) {
    return ThrowTypeError(isolate, "Invalid function pointer, pointer is null");
  }
  if (!info[0]->IsExternal()) return ThrowTypeError(isolate, "expected external");
  v8::Local<v8::Object> forms;
  std::optional<JsSignature> signature =
      ParseJsSignature(environment, info[1], {}, environment.default_rules(), &forms);
  if (!signature) return;
  signature->void_is_null = true;
  CrashReport::AnythingMayBeCalled();
  const void* target = ExternalPointer(info[0].As<v8::External>());
  v8::LocalVector<v8::Function> functions(isolate);
  std::vector<Symbol::Request> requests;
  requests.push_back({kName, *std::move(signature), target});
  if (!Symbol::MakeAll(environment, std::make_shared<Library>(environment, nullptr),
                       std::move(requests), &functions)) {
    return;
  }
  v8::Local<v8::Function> function = functions[0];
  if (forms.IsEmpty() || environment.forms()
                             .WrapSymbol(function, kName, forms, v8::Undefined(isolate))
                             .ToLocal(&function)) {
    info.GetReturnValue().Set(function);
  }
}

// checkResult(type): throws unless it can be a result.
void CheckResult(const v8::FunctionCallbackInfo<v8::Value>& info) {
  static_cast<void>(ParseJsType(*EnvironmentOf(info), info[0], true).has_value());
}

}  // namespace

void AddFnPointerFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "fnPointer", FnPointer);
  AddFunction(environment, binding, "checkResult", CheckResult);
}

}  // namespace springboard::glue
