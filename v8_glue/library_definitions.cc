// library_definitions: see library_definitions.h.

#include "v8_glue/library_definitions.h"

#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/static_symbol.h"
#include "v8_glue/words.h"

namespace springboard::glue {

namespace {

class DefinitionReader {
 public:
  // `defaults` are the rules that definitions do not name themselves.
  DefinitionReader(Environment& environment, const CallRules& defaults)
      : environment_(environment),
        defaults_(defaults),
        isolate_(environment.isolate()),
        context_(environment.context()) {}

  // Throws and returns false on bad input.
  bool ReadAll(v8::Local<v8::Value> value, std::vector<Definition>* definitions) {
    // An array buffer's view is an object with a property for every element.
    if (!value->IsObject() || value->IsArrayBufferView()) {
      ThrowTypeError(isolate_, "invalid type; expected: object, got: " + Describe(isolate_, value));
      return false;
    }
    v8::Local<v8::Object> object = value.As<v8::Object>();
    v8::Local<v8::Array> keys;
    constexpr auto kOwnEnumerable =
        static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS);
    if (!object
             ->GetOwnPropertyNames(context_, kOwnEnumerable,
                                   v8::KeyConversionMode::kConvertToString)
             .ToLocal(&keys)) {
      return false;
    }
    definitions->resize(keys->Length());
    for (uint32_t i = 0; i < keys->Length(); ++i) {
      v8::Local<v8::Value> key;
      v8::Local<v8::Value> entry;
      if (!keys->Get(context_, i).ToLocal(&key) || !object->Get(context_, key).ToLocal(&entry) ||
          !ReadOne(key.As<v8::Name>(), entry, &(*definitions)[i])) {
        return false;
      }
    }
    return true;
  }

  bool ReadOne(v8::Local<v8::Name> key, v8::Local<v8::Value> value, Definition* definition) {
    definition->key = key;
    definition->key_text = Utf8(isolate_, key);
    const std::string site = "symbol '" + definition->key_text + "'";
    if (!value->IsObject()) {
      ThrowTypeError(isolate_, "invalid type: " + Describe(isolate_, value) +
                                   ", expected struct ForeignFunction: " + site);
      return false;
    }
    v8::Local<v8::Object> object = value.As<v8::Object>();
    if (!ReadSymbolName(object, site, definition) || !ReadVersion(object, site, definition) ||
        !ReadOptional(object, site, definition)) {
      return false;
    }
    v8::Local<v8::Value> type;
    if (!Read(object, Word::kType, &type)) return false;
    // A struct is no type of a variable, and an object without a string type is a function.
    if (type->IsString()) {
      definition->variable = ParseStaticType(environment_, type, site);
      return definition->variable.has_value();
    }
    definition->function =
        ParseJsSignature(environment_, object, site, defaults_, &definition->forms);
    return definition->function.has_value();
  }

 private:
  bool Read(v8::Local<v8::Object> object, Word word, v8::Local<v8::Value>* value) const {
    return environment_.words().ReadOwn(context_, object, word, value);
  }

  bool ReadSymbolName(v8::Local<v8::Object> object, const std::string& site,
                      Definition* definition) {
    v8::Local<v8::Value> name;
    if (!Read(object, Word::kName, &name)) return false;
    if (!name->IsString() && !name->IsNullOrUndefined()) {
      ThrowTypeError(isolate_, "invalid type: " + Describe(isolate_, name) +
                                   ", expected string: " + site + ", field 'name'");
      return false;
    }
    definition->symbol = name->IsString() ? Utf8(isolate_, name) : definition->key_text;
    if (definition->symbol.find('\0') == std::string::npos) return true;
    ThrowTypeError(isolate_, "Invalid FFI symbol name: it contains a zero character: " + site);
    return false;
  }

  bool ReadVersion(v8::Local<v8::Object> object, const std::string& site, Definition* definition) {
    v8::Local<v8::Value> version;
    if (!Read(object, Word::kVersion, &version)) return false;
    if (version->IsNullOrUndefined()) return true;
    if (version->IsString()) definition->version = Utf8(isolate_, version);
    if (!definition->version.empty() && definition->version.find('\0') == std::string::npos) {
      return true;
    }
    ThrowTypeError(isolate_, "invalid " + std::string(version->IsString() ? "value" : "type") +
                                 ": " + Describe(isolate_, version) +
                                 ", expected a symbol version: " + site + ", field 'version'");
    return false;
  }

  bool ReadOptional(v8::Local<v8::Object> object, const std::string& site, Definition* definition) {
    v8::Local<v8::Value> optional;
    if (!Read(object, Word::kOptional, &optional)) return false;
    definition->optional = optional->IsTrue();
    if (optional->IsBoolean() || optional->IsUndefined()) return true;
    ThrowTypeError(isolate_, "invalid type: " + Describe(isolate_, optional) +
                                 ", expected boolean: " + site + ", field 'optional'");
    return false;
  }

  Environment& environment_;
  const CallRules defaults_;
  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
};

}  // namespace

bool ReadDefinitions(Environment& environment, const CallRules& defaults,
                     v8::Local<v8::Value> value, std::vector<Definition>* definitions) {
  return DefinitionReader(environment, defaults).ReadAll(value, definitions);
}

bool ReadDefinition(Environment& environment, const CallRules& defaults, v8::Local<v8::Name> key,
                    v8::Local<v8::Value> value, Definition* definition) {
  return DefinitionReader(environment, defaults).ReadOne(key, value, definition);
}

}  // namespace springboard::glue
