// js_signature: definitions of functions, { parameters, result, ... }, as JavaScript gives them.
//
// Values; isolate thread only for the parsing function.

#ifndef SPRINGBOARD_V8_GLUE_JS_SIGNATURE_H_
#define SPRINGBOARD_V8_GLUE_JS_SIGNATURE_H_

#include <v8.h>

#include <optional>
#include <string_view>
#include <vector>

#include "abi/signature.h"
#include "v8_glue/call_rules.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

class Environment;

// What a call, callback or function pointer is defined as.
struct JsSignature : CallRules {
  std::vector<JsType> parameters;
  JsType result;
  abi::Signature abi;  // the same, for placement
  // Runs on a pool thread; JavaScript gets a promise.
  bool nonblocking = false;
  // The definition promises that the native function never re-enters JavaScript.
  bool leaf = false;
  // A result that says that the function failed (-1, null) becomes an error: what this names is how
  // JavaScript sees it. Implies keeps_errno.
  enum class Failure : uint8_t { kNone, kNumber, kBigInt, kPointer };
  Failure failure = Failure::kNone;
  // A void result is null instead of undefined (of function pointers and of nonblocking calls, as
  // Deno has it).
  bool void_is_null = false;
};

// Whether the result is a value that a register can carry and V8 makes a JavaScript value of:
// neither nothing nor a struct nor a string.
inline bool ReturnsScalar(const JsSignature& signature) {
  const KindClass kind_class = TraitsOf(signature.result.kind).kind_class;
  return kind_class != KindClass::kVoid && kind_class != KindClass::kStruct &&
         kind_class != KindClass::kString;
}

// Parses { parameters, result, nonblocking?, leaf? } and call rules, of which `defaults` are those
// that the definition does not name. "..." among the parameters says that those behind it are
// variadic. Throws and returns nothing on bad input. The signature is that
// of the core types; *forms becomes what forms.js needs to know beyond it, if there is anything:
//   { parameters: [form or undefined, ...], result: form or undefined,
//     nonblocking: boolean, strict: boolean, returnsBytes: boolean, returnsVoid: boolean,
//     errno: boolean (whether promises tell it), throws: 0, or a JsSignature::Failure }
std::optional<JsSignature> ParseJsSignature(Environment& environment,
                                            v8::Local<v8::Value> definition, std::string_view site,
                                            const CallRules& defaults,
                                            v8::Local<v8::Object>* forms);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_JS_SIGNATURE_H_
