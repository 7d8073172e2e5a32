// slot: memory for one value that a native function writes through a pointer, as out_form.js has
// it. See binding.h.
//
// The bytes are those of a Uint8Array that only out_form.js has, so that nobody takes them away.
// What goes in and comes out follows the rules of parameters and results (convert.h). Isolate
// thread only; stateless.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>

#include "v8_glue/binding.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

std::string Utf8(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  const v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? std::string() : std::string(*text, text.length());
}

uint32_t Uint32(v8::Local<v8::Value> value) { return value.As<v8::Uint32>()->Value(); }

// nativeType(type, site) -> { name, kind, size, form }: of any type; `form` is undefined if it is
// none, and the others are those of its core. Throws the TypeError of a bad type.
void NativeType(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  const std::string site = Utf8(isolate, info[1]);
  v8::Local<v8::Value> form = v8::Undefined(isolate);
  const std::optional<JsType> type = ParseJsType(environment, info[0], false, {site}, &form);
  if (!type) return;
  v8::Local<v8::Name> names[] = {Name(isolate, "name"), Name(isolate, "kind"),
                                 Name(isolate, "size"), Name(isolate, "form")};
  v8::Local<v8::Value> values[] = {
      Name(isolate, TraitsOf(type->kind).name),
      v8::Integer::New(isolate, static_cast<int>(type->kind)),
      v8::Integer::NewFromUnsigned(isolate, type->size),
      form,
  };
  info.GetReturnValue().Set(
      v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names)));
}

// slotStore(kind, size, strict, value, bytes, symbol, index): `value` as parameter `index` takes
// it.
void SlotStore(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  const std::string symbol = Utf8(environment.isolate(), info[5]);
  const JsType type = {static_cast<JsKind>(Uint32(info[0])), nullptr, Uint32(info[1])};
  Bytes bytes{};
  BytesOf(environment, info[4], &bytes);
  uint64_t slot = 0;
  if (FromJs(environment, type, info[2]->IsTrue(), info[3], &slot, bytes.data,
             {symbol, static_cast<int>(Uint32(info[6]))}) &&
      type.size <= sizeof(slot) && type.kind != JsKind::kStruct) {
    std::memcpy(bytes.data, &slot, type.size);
  }
}

// slotRead(kind, bytes, symbol, index) -> the value, as a result is.
void SlotRead(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  const JsType type = {static_cast<JsKind>(Uint32(info[0])), nullptr, 0};
  const std::string symbol = Utf8(environment.isolate(), info[2]);
  Bytes bytes{};
  BytesOf(environment, info[1], &bytes);
  v8::Local<v8::Value> value;
  if (ToJs(environment, type, bytes.data, {symbol, static_cast<int>(Uint32(info[3]))})
          .ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

}  // namespace

void AddSlotFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "nativeType", NativeType);
  AddFunction(environment, binding, "slotStore", SlotStore);
  AddFunction(environment, binding, "slotRead", SlotRead);
}

}  // namespace springboard::glue
