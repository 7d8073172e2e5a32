// js_signature: see js_signature.h.
//
// Reading a definition may run its getters, so nothing native is held meanwhile.

#include "v8_glue/js_signature.h"

#include <string>

#include "v8_glue/definition_site.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
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

bool ParseParameters(Environment& environment, v8::Local<v8::Value> value,
                     const DefinitionSite& site, JsSignature* signature) {
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
    v8::HandleScope scope(isolate);
    v8::Local<v8::Value> parameter;
    if (!parameters->Get(environment.context(), i).ToLocal(&parameter)) return false;
    const DefinitionSite place = {site.symbol, static_cast<int>(i)};
    const std::optional<JsType> type = ParseJsType(environment, parameter, false, place);
    if (!type) return false;
    signature->parameters.push_back(*type);
    signature->abi.parameters.push_back(type->type);
  }
  return true;
}

}  // namespace

std::optional<JsSignature> ParseJsSignature(Environment& environment,
                                            v8::Local<v8::Value> definition,
                                            std::string_view site_text, const CallRules& defaults) {
  v8::Isolate* isolate = environment.isolate();
  v8::HandleScope scope(isolate);
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
  if (!ReadField(environment, object, Word::kParameters, site, &value) ||
      !ParseParameters(environment, value, site, &signature) ||
      !ReadField(environment, object, Word::kResult, site, &value)) {
    return std::nullopt;
  }
  const std::optional<JsType> result =
      ParseJsType(environment, value, true, {site.symbol, DefinitionSite::kResult});
  if (!result ||
      !ReadFlag(environment, object, Word::kNonblocking, site_text, &signature.nonblocking) ||
      !ReadFlag(environment, object, Word::kLeaf, site_text, &signature.leaf) ||
      !ReadCallRules(environment, object, site_text, &signature)) {
    return std::nullopt;
  }
  signature.void_is_null = signature.nonblocking;
  signature.result = *result;
  signature.abi.result = result->type;
  return signature;
}

}  // namespace springboard::glue
