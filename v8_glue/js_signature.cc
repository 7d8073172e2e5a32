// js_signature: see js_signature.h.
//
// Reading a definition may run its getters, so nothing native is held meanwhile.

#include "v8_glue/js_signature.h"

#include <iterator>
#include <string>

#include "v8_glue/definition_site.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/form_hooks.h"
#include "v8_glue/words.h"

namespace springboard::glue {

namespace {

// Reads object[word]; throws if it is missing.
bool ReadField(Environment& environment, v8::Local<v8::Object> object, Word word,
               const DefinitionSite& site, v8::Local<v8::Value>* value) {
  if (!environment.words().ReadOwn(environment.context(), object, word, value)) return false;
  if (!(*value)->IsUndefined()) return true;
  ThrowTypeError(environment.isolate(),
                 site.At("missing field '" + std::string(Words::Text(word)) + "'"));
  return false;
}

// Whether C passes `kind` as something wider where it matches "..." (C17 6.5.2.2, paragraph 6).
bool IsPromoted(JsKind kind) {
  switch (kind) {
    case JsKind::kBool:
    case JsKind::kU8:
    case JsKind::kI8:
    case JsKind::kU16:
    case JsKind::kI16:
    case JsKind::kF32:
      return true;
    default:
      return false;
  }
}

// What is passed for a parameter of `kind` by the form of our own `name`.
std::optional<JsType> ParseOwnForm(Environment& environment, const char* name, JsKind kind,
                                   const DefinitionSite& place, v8::Local<v8::Value>* form) {
  v8::Local<v8::Object> own;
  v8::Local<v8::Value> core;
  if (!environment.forms().OwnForm(name, TraitsOf(kind).name).ToLocal(&own) ||
      !own->Get(environment.context(), Name(environment.isolate(), "core")).ToLocal(&core)) {
    return std::nullopt;
  }
  *form = own;
  return ParseJsType(environment, core, false, place);
}

// Parses parameter `place.parameter`, which may be variadic.
std::optional<JsType> ParseParameter(Environment& environment, v8::Local<v8::Value> value,
                                     bool is_variadic, const DefinitionSite& place,
                                     v8::Local<v8::Value>* form) {
  v8::Isolate* isolate = environment.isolate();
  const std::optional<JsType> type = ParseJsType(environment, value, false, place, form);
  if (!type || !is_variadic || !IsPromoted(type->kind)) return type;
  if (!form->IsEmpty()) {
    ThrowTypeError(isolate, place.At("unsupported type of a variadic parameter, as C widens '" +
                                     std::string(TraitsOf(type->kind).name) + "'"));
    return std::nullopt;
  }
  return ParseOwnForm(environment, "promoted", type->kind, place, form);
}

// Gives parameters that are strings or buffers to the form `text` if an out parameter reads text:
// that may be a part of an argument (strtol()'s), which then has to stay where it is after the
// native function has returned.
bool KeepTexts(Environment& environment, std::string_view symbol, JsSignature* signature,
               v8::LocalVector<v8::Value>* forms) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  bool reads = false;
  for (const v8::Local<v8::Value>& form : *forms) {
    v8::Local<v8::Value> value;
    if (!form->IsObject()) continue;
    if (!form.As<v8::Object>()->Get(context, Name(isolate, "readsText")).ToLocal(&value)) {
      return false;
    }
    reads = reads || value->IsTrue();
  }
  if (!reads) return true;
  // Those of leaf functions may lie in V8's heap.
  signature->leaf = false;
  for (size_t i = 0; i < signature->parameters.size(); ++i) {
    JsType& type = signature->parameters[i];
    const bool has_form = i < forms->size() && (*forms)[i]->IsObject();
    if (has_form || (!IsString(type.kind) && type.kind != JsKind::kBuffer)) continue;
    v8::Local<v8::Value> form;
    const std::optional<JsType> core =
        ParseOwnForm(environment, "text", type.kind, {symbol, static_cast<int>(i)}, &form);
    if (!core) return false;
    while (forms->size() <= i) forms->push_back(v8::Undefined(isolate));
    (*forms)[i] = form;
    type = *core;
  }
  return true;
}

bool IsEllipsis(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  return value->IsString() && value->StrictEquals(Name(isolate, "..."));
}

// `forms` stays empty if there are none.
bool ParseParameters(Environment& environment, v8::Local<v8::Value> value,
                     const DefinitionSite& site, JsSignature* signature,
                     v8::LocalVector<v8::Value>* forms) {
  v8::Isolate* isolate = environment.isolate();
  if (!value->IsArray()) {
    ThrowTypeError(isolate, site.At("invalid type: " + Describe(isolate, value) +
                                    ", expected an array of parameters"));
    return false;
  }
  v8::Local<v8::Array> parameters = value.As<v8::Array>();
  const uint32_t count = parameters->Length();
  if (count > abi::kMaxParameters) {
    ThrowTypeError(isolate, site.At("a function has more than " +
                                    std::to_string(abi::kMaxParameters) + " parameters"));
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    v8::EscapableHandleScope scope(isolate);
    v8::Local<v8::Value> parameter;
    v8::Local<v8::Value> form;
    if (!parameters->Get(environment.context(), i).ToLocal(&parameter)) return false;
    const size_t index = signature->parameters.size();
    const DefinitionSite place = {site.symbol, static_cast<int>(index)};
    std::optional<uint32_t>& variadic_from = signature->abi.variadic_from;
    if (IsEllipsis(isolate, parameter)) {
      if (variadic_from) {
        ThrowTypeError(isolate, place.At("'...' stands twice among the parameters"));
        return false;
      }
      variadic_from = static_cast<uint32_t>(index);
      continue;
    }
    const std::optional<JsType> type =
        ParseParameter(environment, parameter, variadic_from.has_value(), place, &form);
    if (!type) return false;
    if (!form.IsEmpty()) {
      while (forms->size() <= index) forms->push_back(v8::Undefined(isolate));
      (*forms)[index] = scope.Escape(form);
    }
    signature->parameters.push_back(*type);
    signature->abi.parameters.push_back(type->type);
  }
  return true;
}

// What ParseJsSignature() gives of forms; `result` may be empty.
v8::Local<v8::Object> FormsObject(Environment& environment, const JsSignature& signature,
                                  v8::LocalVector<v8::Value>& parameters,
                                  v8::Local<v8::Value> result, bool tells_errno) {
  v8::Isolate* isolate = environment.isolate();
  if (result.IsEmpty()) result = v8::Undefined(isolate);
  while (parameters.size() < signature.parameters.size()) {
    parameters.push_back(v8::Undefined(isolate));
  }
  v8::Local<v8::Name> names[] = {Name(isolate, "parameters"),   Name(isolate, "result"),
                                 Name(isolate, "nonblocking"),  Name(isolate, "strict"),
                                 Name(isolate, "returnsBytes"), Name(isolate, "returnsVoid"),
                                 Name(isolate, "errno"),        Name(isolate, "throws")};
  v8::Local<v8::Value> values[] = {
      v8::Array::New(isolate, parameters.data(), parameters.size()),
      result,
      v8::Boolean::New(isolate, signature.nonblocking),
      v8::Boolean::New(isolate, signature.strict),
      v8::Boolean::New(isolate, signature.result.kind == JsKind::kStruct),
      v8::Boolean::New(isolate, signature.result.kind == JsKind::kVoid),
      v8::Boolean::New(isolate, tells_errno),
      v8::Integer::New(isolate, static_cast<int>(signature.failure))};
  return v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
}

// How a result of `kind` says that the function failed.
JsSignature::Failure FailureOf(JsKind kind) {
  const KindTraits& traits = TraitsOf(kind);
  if (traits.kind_class == KindClass::kPointer || traits.kind_class == KindClass::kString) {
    return JsSignature::Failure::kPointer;
  }
  if (traits.lowest >= 0) return JsSignature::Failure::kNone;
  return IsBigInteger(kind) ? JsSignature::Failure::kBigInt : JsSignature::Failure::kNumber;
}

// Reads `throws`, which is about signature->result.
bool ParseThrows(Environment& environment, v8::Local<v8::Object> object, std::string_view site,
                 JsSignature* signature) {
  bool throws = false;
  if (!ReadThrows(environment, object, site, &throws)) return false;
  if (!throws) return true;
  signature->keeps_errno = true;
  signature->failure = FailureOf(signature->result.kind);
  if (signature->failure != JsSignature::Failure::kNone) return true;
  ThrowTypeError(environment.isolate(),
                 DefinitionSite{site, DefinitionSite::kResult}.At(
                     "a function that throws errno gives a signed integer, a pointer or a string"));
  return false;
}

}  // namespace

std::optional<JsSignature> ParseJsSignature(Environment& environment,
                                            v8::Local<v8::Value> definition,
                                            std::string_view site_text, const CallRules& defaults,
                                            v8::Local<v8::Object>* forms) {
  v8::Isolate* isolate = environment.isolate();
  v8::EscapableHandleScope scope(isolate);
  const DefinitionSite site = {site_text};
  if (!definition->IsObject()) {
    ThrowTypeError(isolate, site.At("invalid type: " + Describe(isolate, definition) +
                                    ", expected struct ForeignFunction"));
    return std::nullopt;
  }
  v8::Local<v8::Object> object = definition.As<v8::Object>();
  JsSignature signature;
  static_cast<CallRules&>(signature) = defaults;
  v8::Local<v8::Value> value;
  v8::LocalVector<v8::Value> parameter_forms(isolate);
  v8::Local<v8::Value> result_form;
  if (!ReadField(environment, object, Word::kParameters, site, &value) ||
      !ParseParameters(environment, value, site, &signature, &parameter_forms) ||
      !ReadField(environment, object, Word::kResult, site, &value)) {
    return std::nullopt;
  }
  const std::optional<JsType> result =
      ParseJsType(environment, value, true, {site.symbol, DefinitionSite::kResult}, &result_form);
  if (!result ||
      !ReadFlag(environment, object, Word::kNonblocking, site_text, &signature.nonblocking) ||
      !ReadFlag(environment, object, Word::kLeaf, site_text, &signature.leaf) ||
      !KeepTexts(environment, site_text, &signature, &parameter_forms) ||
      !ReadCallRules(environment, object, site_text, &signature)) {
    return std::nullopt;
  }
  signature.void_is_null = signature.nonblocking;
  signature.result = *result;
  signature.abi.result = result->type;
  const bool tells_errno = signature.keeps_errno;
  if (!ParseThrows(environment, object, site_text, &signature)) return std::nullopt;
  if (!parameter_forms.empty() || !result_form.IsEmpty() ||
      signature.failure != JsSignature::Failure::kNone) {
    *forms = scope.Escape(
        FormsObject(environment, signature, parameter_forms, result_form, tells_errno));
  }
  return signature;
}

}  // namespace springboard::glue
