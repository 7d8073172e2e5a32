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
#include "v8_glue/form_hooks.h"
#include "v8_glue/library.h"
#include "v8_glue/library_definitions.h"
#include "v8_glue/open_named.h"
#include "v8_glue/static_symbol.h"
#include "v8_glue/symbol.h"
#include "v8_glue/symbols_object.h"
#include "v8_glue/tethered.h"
#include "v8_glue/v8_compat.h"
#include "v8_glue/words.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// A library's handle, as api.js holds it.
class LibraryHandle : public Tethered {
 public:
  // `rules` are those of dlopen's options.
  static v8::MaybeLocal<v8::Object> Make(Environment& environment, std::shared_ptr<Library> library,
                                         const CallRules& rules) {
    std::unique_ptr<LibraryHandle> owned(new LibraryHandle(environment, std::move(library), rules));
    LibraryHandle* handle = owned.get();
    v8::Local<v8::Object> object;
    if (!environment.NewHandle(handle).ToLocal(&object)) return {};
    environment.Adopt(std::move(owned));
    handle->TetherTo(object);
    return object;
  }

  const std::shared_ptr<Library>& library() const { return library_; }
  const CallRules& rules() const { return rules_; }

 private:
  LibraryHandle(Environment& environment, std::shared_ptr<Library> library, const CallRules& rules)
      : Tethered(environment), library_(std::move(library)), rules_(rules) {}

  const std::shared_ptr<Library> library_;
  const CallRules rules_;
};

// REQUIRES: `value` is a library's handle.
LibraryHandle& HandleOf(v8::Local<v8::Value> value) {
  return *static_cast<LibraryHandle*>(HandlePointer(value.As<v8::Object>()));
}

// The symbols' addresses; null for missing optional ones. Throws, naming every symbol that is
// missing, and returns false.
bool FindSymbols(v8::Isolate* isolate, const NativeLibrary& native,
                 const std::vector<Definition>& definitions, std::vector<const void*>* addresses) {
  std::string missing;
  for (const Definition& definition : definitions) {
    const StatusOr<const void*> found = native.Find(definition.symbol, definition.version);
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

// Makes *function what JavaScript calls instead, by the definition's forms. False with an exception
// pending.
bool Wrap(Environment& environment, const Definition& definition, v8::Local<v8::Object> handle,
          v8::Local<v8::Function>* function) {
  v8::Isolate* isolate = environment.isolate();
  return definition.forms
             ->CreateDataProperty(environment.context(), Name(isolate, "symbol"),
                                  Text(isolate, definition.symbol))
             .IsJust() &&
         environment.forms()
             .WrapSymbol(*function, definition.key_text, definition.forms, handle)
             .ToLocal(function);
}

// What stands for each definition: a variable's value, a function, or null. Throws and returns
// false if a function cannot be called. `handle` is the library's.
bool MakeValues(Environment& environment, const std::shared_ptr<Library>& library,
                v8::Local<v8::Object> handle, std::vector<Definition>& definitions,
                const std::vector<const void*>& addresses, v8::LocalVector<v8::Value>* values) {
  v8::Isolate* isolate = environment.isolate();
  std::vector<Symbol::Request> requests;
  requests.reserve(definitions.size());
  for (size_t i = 0; i < definitions.size(); ++i) {
    Definition& definition = definitions[i];
    if (addresses[i] == nullptr || !definition.function) continue;
    requests.push_back({definition.key_text, *std::move(definition.function), addresses[i]});
  }
  v8::LocalVector<v8::Function> functions(isolate);
  if (!Symbol::MakeAll(environment, library, std::move(requests), &functions)) return false;
  size_t made = 0;
  values->reserve(definitions.size());
  for (size_t i = 0; i < definitions.size(); ++i) {
    v8::Local<v8::Value> value = v8::Null(isolate);
    if (addresses[i] != nullptr) {
      if (!definitions[i].variable) {
        v8::Local<v8::Function> function = functions[made++];
        if (!definitions[i].forms.IsEmpty() &&
            !Wrap(environment, definitions[i], handle, &function)) {
          return false;
        }
        value = function;
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
                                      const CallRules& rules, std::vector<Definition> definitions,
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
  v8::Local<v8::Object> handle;
  if (!LibraryHandle::Make(environment, library, rules).ToLocal(&handle) ||
      !MakeValues(environment, library, handle, definitions, addresses, &values)) {
    return {};
  }
  v8::Local<v8::Object> symbols;
  if (!environment.symbols_objects().Make(names, values, constant).ToLocal(&symbols)) return {};
  const v8::Local<v8::Object> result = v8::Object::New(isolate);
  result->CreateDataProperty(context, Name(isolate, "symbols"), symbols).Check();
  result->CreateDataProperty(context, Name(isolate, "handle"), handle).Check();
  return result;
}

// dlopen's options. Throws and returns false on bad input.
bool ReadOptions(Environment& environment, v8::Local<v8::Value> options, CallRules* rules,
                 NativeLibrary::Flags* flags) {
  if (options->IsNullOrUndefined()) return true;
  if (options->IsObject()) {
    const v8::Local<v8::Object> object = options.As<v8::Object>();
    return ReadCallRules(environment, object, "options", rules) &&
           ReadOpenFlags(environment, object, flags);
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
  NativeLibrary::Flags flags;
  if (!ReadOptions(environment, info[2], &rules, &flags)) return;
  std::vector<Definition> definitions;
  if (!ReadDefinitions(environment, rules, info[1], &definitions)) return;
  if (path.find('\0') != std::string::npos) {
    return ThrowError(isolate, "Could not open library: its path contains a zero character");
  }

  // Its functions are the program's, and those of all libraries that came with it.
  if (path.empty()) CrashReport::AnythingMayBeCalled();
  std::optional<NativeLibrary> native = OpenNamed(environment, path, flags);
  if (!native) return;
  std::vector<const void*> addresses;
  if (!FindSymbols(isolate, *native, definitions, &addresses)) return;

  const auto library = std::make_shared<Library>(
      environment, std::make_shared<const NativeLibrary>(*std::move(native)));
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Object> result;
  if (MakeResult(environment, library, rules, std::move(definitions), addresses).ToLocal(&result)) {
    info.GetReturnValue().Set(result);
    return;
  }
  // What has been made is unreachable, but the collector may take its time.
  library->Close();
  catcher.ReThrow();
}

// Null, with an exception pending, if `value` is not the handle of a library that is open.
std::shared_ptr<Library> OpenLibraryOf(Environment& environment, v8::Local<v8::Value> value) {
  if (!environment.IsHandle(value)) {
    ThrowIllegalCall(environment.isolate());
    return nullptr;
  }
  const std::shared_ptr<Library>& library = HandleOf(value).library();
  if (!library->closed()) return library;
  ThrowBadResource(environment, "Bad resource ID");
  return nullptr;
}

// closeLibrary(handle)
void CloseLibrary(const Info& info) {
  const std::shared_ptr<Library> library = OpenLibraryOf(*EnvironmentOf(info), info[0]);
  if (library != nullptr) library->Close();
}

// libraryIsOpen(handle) -> boolean; pointer_form.js passes a library's.
void IsOpen(const Info& info) { info.GetReturnValue().Set(!HandleOf(info[0]).library()->closed()); }

// librarySymbol(handle, name: string, definition) -> function: one more of an open library, by the
// library's rules where the definition names none, with its own `name`, if it has one.
void AddSymbol(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  const std::shared_ptr<Library> library = OpenLibraryOf(environment, info[0]);
  if (library == nullptr) return;
  std::vector<Definition> definitions(1);
  std::vector<const void*> addresses;
  v8::LocalVector<v8::Value> values(isolate);
  if (ReadDefinition(environment, HandleOf(info[0]).rules(), info[1].As<v8::Name>(), info[2],
                     definitions.data()) &&
      FindSymbols(isolate, *library->native(), definitions, &addresses) &&
      MakeValues(environment, library, info[0].As<v8::Object>(), definitions, addresses, &values)) {
    info.GetReturnValue().Set(values[0]);
  }
}

}  // namespace

void AddLibraryFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "dlopen", OpenLibrary);
  AddFunction(environment, binding, "closeLibrary", CloseLibrary);
  AddFunction(environment, binding, "librarySymbol", AddSymbol);
  AddFunction(environment, binding, "libraryIsOpen", IsOpen);
}

}  // namespace springboard::glue
