// symbol: one native function as JavaScript calls it.
//
// Makes the ordinary function (the only place that converts unusual input, moves arrays off-heap,
// checks for close and throws), the fast functions, and the wrapper that chooses between them.
// Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_SYMBOL_H_
#define SPRINGBOARD_V8_GLUE_SYMBOL_H_

#include <v8.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ffi_jit/stub.h"
#include "v8_glue/fast_api.h"
#include "v8_glue/fast_signature.h"
#include "v8_glue/js_type.h"
#include "v8_glue/library.h"
#include "v8_glue/tethered.h"

namespace springboard::glue {

// What the functions of one symbol share. Lives as long as one of them does.
class Symbol : public Tethered {
 public:
  // The callable for `target`. Throws and returns nothing if no stub can be made. `name` is for
  // messages.
  static v8::MaybeLocal<v8::Function> Make(Environment& environment,
                                           std::shared_ptr<Library> library, std::string name,
                                           JsSignature signature, const void* target);

 private:
  using Info = v8::FunctionCallbackInfo<v8::Value>;

  Symbol(Environment& environment, std::shared_ptr<Library> library, std::string name,
         JsSignature signature, const void* target, jit::CallStub call_stub);

  static Symbol& Of(const Info& info);
  // The ordinary function, and what V8 calls in place of the value-returning fast stub.
  static void Ordinary(const Info& info);
  // What V8 calls in place of the void variant of the fast stub.
  static void OrdinaryToBlock(const Info& info);

  // Converts the arguments, calls, fills `result`. False with an exception pending.
  bool Invoke(const Info& info, void* result);
  bool ConvertAndCall(const Info& info, uint64_t* slots, std::byte* aggregates, void* result);
  // What owns the bytes of the buffer arguments, as far as the callee might run a callback that
  // frees them.
  std::vector<std::shared_ptr<v8::BackingStore>> StoresToHold(const Info& info) const;

  // A function entered through a stub of `variant`. Empty, without an exception, if there is none.
  v8::MaybeLocal<v8::Function> MakeFast(v8::Local<v8::External> data, FastVariant variant,
                                        std::optional<v8::CFunction>* function);
  v8::MaybeLocal<v8::Function> MakeCallable(v8::Local<v8::External> data);

  const std::shared_ptr<Library> library_;
  const std::string name_;
  const JsSignature signature_;
  const void* const target_;
  const jit::CallStub call_stub_;
  bool takes_buffers_ = false;
  size_t aggregate_bytes_ = 0;  // of all struct arguments, each rounded up to kAggregateAlignment
  // V8 keeps their addresses.
  std::optional<v8::CFunction> fast_;
  std::optional<v8::CFunction> fast_void_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SYMBOL_H_
