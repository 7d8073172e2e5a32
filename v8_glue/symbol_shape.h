// symbol_shape: what all symbols of one signature share in one environment.
//
// Libraries have thousands of functions and few signatures: stubs, V8's description of them and the
// wrappers' factory are found or made once, here. A shape lives as long as its environment, and so
// does its cache. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_SYMBOL_SHAPE_H_
#define SPRINGBOARD_V8_GLUE_SYMBOL_SHAPE_H_

#include <v8.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "abi/status.h"
#include "ffi_jit/stub.h"
#include "v8_glue/fast_signature.h"
#include "v8_glue/js_signature.h"

namespace springboard::glue {

class Environment;

struct SymbolShape {
  JsSignature signature;
  jit::CallStub call_stub;
  bool takes_buffers = false;
  size_t aggregate_bytes =
      0;  // of all arguments behind their slots, each rounded up to kAggregateAlignment
  size_t stack_bytes = 0;  // about what a stub copies to the stack, beyond 2 KiB of scalars
  // What there is of each FastVariant, where the wrapper has use for it. Without kPlain every call
  // takes the ordinary function. Nonblocking symbols have neither stubs nor wrappers.
  std::array<std::optional<FastEntry>, kFastVariants> entries;
  const std::optional<FastEntry>& entry(FastVariant variant) const {
    return entries[static_cast<size_t>(variant)];
  }
  // Of wrappers (wrapper.h); empty where each has one of its own.
  v8::Global<v8::Function> factory;

  // As much as any scalar inside an aggregate needs; stubs copy by-reference aggregates themselves.
  static constexpr size_t kAggregateAlignment = 16;
  static size_t AggregateBytes(const JsType& type) {
    return (type.size + kAggregateAlignment - 1) & ~(kAggregateAlignment - 1);
  }
};

class ShapeCache {
 public:
  explicit ShapeCache(Environment& environment) : environment_(environment) {}
  ShapeCache(const ShapeCache&) = delete;
  ShapeCache& operator=(const ShapeCache&) = delete;

  // The shape of `signature`. A Status if no stub can be made for it. Null, with an exception
  // pending, if V8 refuses.
  StatusOr<const SymbolShape*> Get(const JsSignature& signature);

  size_t size() const { return shapes_.size(); }

 private:
  StatusOr<std::unique_ptr<SymbolShape>> Make(const JsSignature& signature);

  Environment& environment_;
  std::unordered_map<std::string, std::unique_ptr<SymbolShape>> shapes_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SYMBOL_SHAPE_H_
