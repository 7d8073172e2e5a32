// wrapper: the JavaScript function that stands before a symbol's fast and ordinary functions
// (docs/v8_glue.md, "How a symbol is called").
//
// A wrapper is a closure from a factory. Factories are compiled by V8's own API, which no policy
// against generated code forbids, one per shape, and kept for the environment's life. Isolate
// thread only.

#ifndef SPRINGBOARD_V8_GLUE_WRAPPER_H_
#define SPRINGBOARD_V8_GLUE_WRAPPER_H_

#include <v8.h>

#include <array>
#include <string>
#include <unordered_map>

#include "v8_glue/js_type.h"

namespace springboard::glue {

class Environment;

// The functions and the switch that a wrapper chooses between.
struct WrapperParts {
  v8::Local<v8::Function> fast;       // entered by optimised code through the fast stub
  v8::Local<v8::Function> fast_void;  // its void variant; empty when the shape has no use for one
  v8::Local<v8::Function> ordinary;
  v8::Local<v8::Object> library_switch;
};

// Whether wrappers of `signature` call the void variant of its stub once a callback exists.
bool NeedsVoidVariant(const JsSignature& signature);

class WrapperCache {
 public:
  explicit WrapperCache(Environment& environment) : environment_(environment) {}
  WrapperCache(const WrapperCache&) = delete;
  WrapperCache& operator=(const WrapperCache&) = delete;

  // A new wrapper for `signature`. Empty, with an exception pending, if V8 refuses.
  v8::MaybeLocal<v8::Function> Make(const JsSignature& signature, const WrapperParts& parts);

 private:
  v8::MaybeLocal<v8::Function> Factory(const JsSignature& signature);
  bool MakeSharedParts();

  Environment& environment_;
  std::unordered_map<std::string, v8::Global<v8::Function>> factories_;  // by source text
  v8::Global<v8::Function> rethrow_;
  std::array<v8::Global<v8::TypedArray>, 6> views_;  // of the environment's CallBlock
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_WRAPPER_H_
