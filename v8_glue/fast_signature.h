// fast_signature: what V8's optimised code passes for each parameter of a signature, and the stub
// that is entered with it.
//
// A parameter travels as V8's own fast-call type where that loses nothing; arrays, structs and
// 64-bit integers of either kind travel as handles, which the stub reads. Values; any thread.

#ifndef SPRINGBOARD_V8_GLUE_FAST_SIGNATURE_H_
#define SPRINGBOARD_V8_GLUE_FAST_SIGNATURE_H_

#include <cstddef>
#include <optional>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/object_layout.h"
#include "v8_glue/fast_api.h"
#include "v8_glue/js_signature.h"

namespace springboard::glue {

// The ways to enter one symbol.
enum class FastVariant {
  kPlain,      // returns the result, or stores a struct; 64-bit integers are BigInts, if few
  kAny,        // the same, but every 64-bit integer is a Number or a BigInt
  kStored,     // as kPlain, but nothing is returned: the result is stored in the FastBlock; and the
               // buffers are listed there while the native function runs
  kStoredAny,  // as kAny, likewise
};
inline constexpr size_t kFastVariants = 4;

// One of them, for all symbols of a signature. What is pointed to lives as long as the process,
// because compiler threads may read it at any time.
struct FastEntry {
  const jit::FastTemplate* code;
  const v8::CFunctionInfo* info;
  bool may_decline;  // the stub may set FastBlock::status
};

// Whether the variants for any 64-bit integer differ from the others.
bool HasAnyVariant(const JsSignature& signature);

// Nothing if there is no such stub: the signature needs handles and their layout is not proven, or
// it has more parameters than V8 compiles a call of.
std::optional<FastEntry> FastEntryOf(const JsSignature& signature, FastVariant variant,
                                     const std::optional<jit::ObjectLayout>& handles);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_FAST_SIGNATURE_H_
