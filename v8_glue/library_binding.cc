// library_binding: dlopen and closeLibrary, the functions of binding.h.
//
// Definitions are read first, because that may run getters, and only then is anything loaded: a bad
// definition leaves nothing behind, and neither does a missing symbol.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "v8_glue/binding.h"
#include "v8_glue/crash_report.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/js_signature.h"
#include "v8_glue/library.h"
#include "v8_glue/static_symbol.h"
#include "v8_glue/symbol.h"
#include "v8_glue/symbols_object.h"
#include "v8_glue/tethered.h"
#include "v8_glue/v8_compat.h"
#include "v8_glue/words.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

std::string Utf8(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  const v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? std::string() : std::string(*text, text.length());
}

// One entry of dlopen's second argument.
struct Definition {
  v8::Local<v8::Name> key;
  std::string key_text;
  std::string symbol;  // what is looked up
  bool optional = false;
  // One of the two.
  std::optional<JsSignature> function;
  std::optional<JsType> variable;

  // Whether its property on `symbols` can be neither written nor deleted.
  bool IsConstant() const { return variable.has_value() || function->nonblocking; }
};

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

 private:
  bool Read(v8::Local<v8::Object> object, Word word, v8::Local<v8::Value>* value) const {
    return environment_.words().ReadOwn(context_, object, word, value);
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
    if (!ReadSymbolName(object, site, definition) || !ReadOptional(object, site, definition)) {
      return false;
    }
    v8::Local<v8::Value> type;
    if (!Read(object, Word::kType, &type)) return false;
    // A struct is no type of a variable, and an object without a string type is a function.
    if (type->IsString()) {
      definition->variable = ParseStaticType(environment_, type, site);
      return definition->variable.has_value();
    }
    definition->function = ParseJsSignature(environment_, object, site, defaults_);
    return definition->function.has_value();
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

// A library's handle, as api.js holds it.
class LibraryHandle : public Tethered {
 public:
  static v8::MaybeLocal<v8::Object> Make(Environment& environment,
                                         std::shared_ptr<Library> library) {
    std::unique_ptr<LibraryHandle> owned(new LibraryHandle(environment, std::move(library)));
    LibraryHandle* handle = owned.get();
    v8::Local<v8::Object> object;
    if (!environment.NewHandle(handle).ToLocal(&object)) return {};
    environment.Adopt(std::move(owned));
    handle->TetherTo(object);
    return object;
  }

  Library& library() { return *library_; }

 private:
  LibraryHandle(Environment& environment, std::shared_ptr<Library> library)
      : Tethered(environment), library_(std::move(library)) {}

  const std::shared_ptr<Library> library_;
};

// The symbols' addresses; null for missing optional ones. Throws, naming every symbol that is
// missing, and returns false.
bool FindSymbols(v8::Isolate* isolate, const NativeLibrary& native,
                 const std::vector<Definition>& definitions, std::vector<const void*>* addresses) {
  std::string missing;
  for (const Definition& definition : definitions) {
    const StatusOr<const void*> found = native.Find(definition.symbol);
    addresses->push_back(found.ok() ? *found : nullptr);
    if (found.ok() || definition.optional) continue;
    missing.append(missing.empty() ? "" : "; ").append("Failed to register symbol ");
    missing += definition.symbol + ": Could not obtain symbol from the library: ";
    missing += found.status().message();
  }
  if (missing.empty()) return true;
  ThrowError(isolate, missing);
  return false;
}

// What stands for each definition: a variable's value, a function, or null. Throws and returns
// false if a function cannot be called.
bool MakeValues(Environment& environment, const std::shared_ptr<Library>& library,
                std::vector<Definition>& definitions, const std::vector<const void*>& addresses,
                v8::LocalVector<v8::Value>* values) {
  v8::Isolate* isolate = environment.isolate();
  std::vector<Symbol::Request> requests;
  requests.reserve(definitions.size());
  for (size_t i = 0; i < definitions.size(); ++i) {
    Definition& definition = definitions[i];
    if (addresses[i] == nullptr || !definition.function) continue;
    requests.push_back(
        {std::move(definition.key_text), *std::move(definition.function), addresses[i]});
  }
  v8::LocalVector<v8::Function> functions(isolate);
  if (!Symbol::MakeAll(environment, library, std::move(requests), &functions)) return false;
  size_t made = 0;
  values->reserve(definitions.size());
  for (size_t i = 0; i < definitions.size(); ++i) {
    v8::Local<v8::Value> value = v8::Null(isolate);
    if (addresses[i] != nullptr) {
      if (!definitions[i].variable) {
        value = functions[made++];
      } else if (!StaticValue(environment, *definitions[i].variable, addresses[i],
                              definitions[i].key_text)
                      .ToLocal(&value)) {
        return false;
      }
    }
    values->push_back(value);
  }
  return true;
}

// { symbols, handle }. Throws and returns nothing if a symbol cannot be called.
v8::MaybeLocal<v8::Object> MakeResult(Environment& environment,
                                      const std::shared_ptr<Library>& library,
                                      std::vector<Definition> definitions,
                                      const std::vector<const void*>& addresses) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  v8::LocalVector<v8::Name> names(isolate);
  names.reserve(definitions.size());
  std::vector<bool> constant;
  for (const Definition& definition : definitions) {
    names.push_back(definition.key);
    constant.push_back(definition.IsConstant());
  }
  // Takes the signatures out of the definitions.
  v8::LocalVector<v8::Value> values(isolate);
  if (!MakeValues(environment, library, definitions, addresses, &values)) return {};
  v8::Local<v8::Object> symbols;
  if (!environment.symbols_objects().Make(names, values, constant).ToLocal(&symbols)) return {};
  v8::Local<v8::Object> handle;
  if (!LibraryHandle::Make(environment, library).ToLocal(&handle)) return {};
  const v8::Local<v8::Object> result = v8::Object::New(isolate);
  result->CreateDataProperty(context, Name(isolate, "symbols"), symbols).Check();
  result->CreateDataProperty(context, Name(isolate, "handle"), handle).Check();
  return result;
}

// dlopen's options. Throws and returns false on bad input.
bool ReadOptions(Environment& environment, v8::Local<v8::Value> options, CallRules* rules) {
  if (options->IsNullOrUndefined()) return true;
  if (options->IsObject()) {
    return ReadCallRules(environment, options.As<v8::Object>(), "options", rules);
  }
  v8::Isolate* isolate = environment.isolate();
  ThrowTypeError(isolate,
                 "invalid type: " + Describe(isolate, options) + ", expected an object of options");
  return false;
}

// dlopen(path: string, definitions, options) -> { symbols, handle }
void OpenLibrary(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  const std::string path = Utf8(isolate, info[0]);
  if (!environment.policy().AllowsLibrary(path)) {
    if (path.empty()) return ThrowError(isolate, "Empty path is not allowed");
    return ThrowNotCapable(environment, path);
  }
  CallRules rules = environment.default_rules();
  if (!ReadOptions(environment, info[2], &rules)) return;
  std::vector<Definition> definitions;
  if (!DefinitionReader(environment, rules).ReadAll(info[1], &definitions)) return;
  if (path.find('\0') != std::string::npos) {
    return ThrowError(isolate, "Could not open library: its path contains a zero character");
  }

  // Its functions are the program's, and those of all libraries that came with it.
  if (path.empty()) CrashReport::AnythingMayBeCalled();
  StatusOr<NativeLibrary> native = NativeLibrary::Open(path);
  if (!native.ok()) {
    return ThrowError(isolate, "Could not open library: " + native.status().message());
  }
  std::vector<const void*> addresses;
  if (!FindSymbols(isolate, *native, definitions, &addresses)) return;

  const auto library = std::make_shared<Library>(
      environment, std::make_shared<const NativeLibrary>(*std::move(native)));
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Object> result;
  if (MakeResult(environment, library, std::move(definitions), addresses).ToLocal(&result)) {
    info.GetReturnValue().Set(result);
    return;
  }
  // What has been made is unreachable, but the collector may take its time.
  library->Close();
  catcher.ReThrow();
}

// closeLibrary(handle)
void CloseLibrary(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!environment.IsHandle(info[0])) return ThrowIllegalCall(environment.isolate());
  Library& library =
      static_cast<LibraryHandle*>(HandlePointer(info[0].As<v8::Object>()))->library();
  if (library.closed()) return ThrowBadResource(environment, "Bad resource ID");
  library.Close();
}

}  // namespace

void AddLibraryFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "dlopen", OpenLibrary);
  AddFunction(environment, binding, "closeLibrary", CloseLibrary);
}

}  // namespace springboard::glue
