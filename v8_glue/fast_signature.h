// fast_signature: what V8's optimised code passes for each parameter of a signature.
//
// Types are V8's own fast-call types; a signature that has a parameter V8 cannot pass (a buffer, a
// struct) has no fast signature. Values; any thread.

#ifndef SPRINGBOARD_V8_GLUE_FAST_SIGNATURE_H_
#define SPRINGBOARD_V8_GLUE_FAST_SIGNATURE_H_

#include <optional>

#include "ffi_jit/stub.h"
#include "v8_glue/fast_api.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

struct FastSignature {
  jit::FastShape shape;  // for the stub
  // For V8. Lives as long as the process, because compiler threads may read it at any time.
  const v8::CFunctionInfo* info;
};

enum class FastVariant {
  kValue,  // returns the result
  kVoid,   // returns nothing and stores the result in the environment's CallBlock
};

std::optional<FastSignature> FastSignatureOf(const JsSignature& signature, FastVariant variant);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_FAST_SIGNATURE_H_
