// library_definitions: reading what a program wants of a library: dlopen's second argument.
//
// Reading may run getters, so it is done before anything is loaded. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_LIBRARY_DEFINITIONS_H_
#define SPRINGBOARD_V8_GLUE_LIBRARY_DEFINITIONS_H_

#include <v8.h>

#include <optional>
#include <string>
#include <vector>

#include "v8_glue/call_rules.h"
#include "v8_glue/js_signature.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

class Environment;

// One entry. On the stack only: it holds handles.
struct Definition {
  v8::Local<v8::Name> key;
  std::string key_text;
  std::string symbol;   // what is looked up
  std::string version;  // which one of that name, or empty
  bool optional = false;
  // One of the two.
  std::optional<JsSignature> function;
  std::optional<JsType> variable;
  v8::Local<v8::Object> forms;  // of the function, or empty

  // Whether its property on `symbols` can be neither written nor deleted.
  bool IsConstant() const { return variable.has_value() || function->nonblocking; }
};

// Reads { key: definition, ... }. `defaults` are the rules that definitions do not name themselves.
// Throws and returns false on bad input.
bool ReadDefinitions(Environment& environment, const CallRules& defaults,
                     v8::Local<v8::Value> value, std::vector<Definition>* definitions);

// Reads one of them.
bool ReadDefinition(Environment& environment, const CallRules& defaults, v8::Local<v8::Name> key,
                    v8::Local<v8::Value> value, Definition* definition);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_LIBRARY_DEFINITIONS_H_
