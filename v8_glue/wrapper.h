// wrapper: the JavaScript function that stands before a symbol's fast functions and the ordinary
// one (docs/v8_glue.md, "How a symbol is called").
//
// A wrapper is a closure from a factory. Factories are compiled by V8's own API, which no policy
// against generated code forbids, one per text, and kept for the environment's life. Isolate
// thread only.

#ifndef SPRINGBOARD_V8_GLUE_WRAPPER_H_
#define SPRINGBOARD_V8_GLUE_WRAPPER_H_

#include <v8.h>

#include <string>
#include <unordered_map>

#include "v8_glue/js_type.h"

namespace springboard::glue {

class Environment;
struct SymbolShape;

// What a wrapper closes over beside what its environment's wrappers share.
struct WrapperParts {
  v8::Local<v8::Value> plain;    // entered through the stub of FastVariant::kPlain, or undefined
  v8::Local<v8::Value> any;      // of FastVariant::kAny, or undefined
  v8::Local<v8::Object> symbol;  // handle of the Symbol, with kStoredName and kStoredAnyName
  v8::Local<v8::Object> library_switch;
};

// The names under which the functions of FastVariant::kStored and kStoredAny are found on a
// symbol's handle, once they have been made.
inline constexpr const char kStoredName[] = "stored";
inline constexpr const char kStoredAnyName[] = "storedAny";

// Whether wrappers of `shape` use FastVariant::kStored once a callback exists. Reads its signature
// and takes_buffers.
bool HasStoredVariant(const SymbolShape& shape);

class WrapperCache {
 public:
  explicit WrapperCache(Environment& environment) : environment_(environment) {}
  WrapperCache(const WrapperCache&) = delete;
  WrapperCache& operator=(const WrapperCache&) = delete;

  // What makes the wrappers of `shape`, and of all whose text is the same. Empty, with an exception
  // pending, if V8 refuses.
  v8::MaybeLocal<v8::Function> SharedFactory(const SymbolShape& shape);

  // A new wrapper, by the shape's factory if it has one. V8 does not inline long ones, and then
  // optimises for what they close over only what was made by a factory of its own.
  v8::MaybeLocal<v8::Function> Make(const SymbolShape& shape, const WrapperParts& parts);

 private:
  v8::MaybeLocal<v8::Function> NewFactory(const std::string& text);
  bool MakeShared();

  Environment& environment_;
  v8::Global<v8::Array> shared_;  // the values of kSharedNames
  std::unordered_map<std::string, v8::Global<v8::Function>> factories_;  // by source text
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_WRAPPER_H_
