// slot: memory for one value that a native function writes through a pointer, as out_form.js has
// it. See binding.h.
//
// The bytes are those of a Uint8Array that only out_form.js has, so that nobody takes them away.
// What goes in and comes out follows the rules of parameters and results (convert.h). Isolate
// thread only; stateless.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "v8_glue/binding.h"
#include "v8_glue/c_string.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/type_handle.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// A parameter's index, or what ConversionSite has in its place.
int Index(v8::Local<v8::Value> value) { return value.As<v8::Int32>()->Value(); }

// slotStore(handle, strict, value, bytes, symbol, index): `value` as parameter `index` takes it.
void SlotStore(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  const std::string symbol = Utf8(environment.isolate(), info[4]);
  const JsType& type = TypeHandle::Of(info[0]);
  Bytes bytes{};
  BytesOf(environment, info[3], &bytes);
  uint64_t slot = 0;
  if (FromJs(environment, type, info[1]->IsTrue(), info[2], &slot, bytes.data,
             {symbol, Index(info[5])}) &&
      !type.behind_slot) {
    std::memcpy(bytes.data, &slot, type.size);
  }
}

// slotRead(handle, bytes, symbol, index) -> the value, as a result is.
void SlotRead(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  const JsType& type = TypeHandle::Of(info[0]);
  const std::string symbol = Utf8(environment.isolate(), info[2]);
  Bytes bytes{};
  BytesOf(environment, info[1], &bytes);
  v8::Local<v8::Value> value;
  if (ToJs(environment, type, bytes.data, {symbol, Index(info[3])}).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// textBytes(handle, value, symbol, index) -> a Uint8Array of `value`, a string, as parameter
// `index` takes it; null of null.
void TextBytes(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  StringMemory memory;
  uint64_t address = 0;
  if (!StringFromJs(environment, TypeHandle::Of(info[0]), info[1], &memory, &address,
                    {Utf8(isolate, info[2]), Index(info[3])})) {
    return;
  }
  if (address == 0) return info.GetReturnValue().SetNull();
  const v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, memory.last_bytes());
  std::memcpy(buffer->Data(), reinterpret_cast<const void*>(address), memory.last_bytes());
  info.GetReturnValue().Set(v8::Uint8Array::New(buffer, 0, memory.last_bytes()));
}

// heldBytes(value, nonblocking) -> what keeps the bytes of `value`, if that is a buffer, where they
// are during a call: another buffer of them, which no script has and can transfer away. Where none
// runs meanwhile, and of what is shared, `value` itself does.
void HeldBytes(const Info& info) {
  std::shared_ptr<v8::BackingStore> store;
  if (info[1]->IsTrue() || EnvironmentOf(info)->HasCallbacks()) store = StoreOf(info[0]);
  if (store == nullptr || store->IsShared()) return info.GetReturnValue().Set(info[0]);
  info.GetReturnValue().Set(v8::ArrayBuffer::New(info.GetIsolate(), std::move(store)));
}

// alignedOffset(buffer, align) -> the offset of its first byte at a multiple of `align`.
void AlignedOffset(const Info& info) {
  const auto address = reinterpret_cast<uintptr_t>(info[0].As<v8::ArrayBuffer>()->Data());
  const uintptr_t align = info[1].As<v8::Uint32>()->Value();
  info.GetReturnValue().Set(static_cast<uint32_t>((align - address % align) % align));
}

}  // namespace

void AddSlotFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "slotStore", SlotStore);
  AddFunction(environment, binding, "slotRead", SlotRead);
  AddFunction(environment, binding, "textBytes", TextBytes);
  AddFunction(environment, binding, "heldBytes", HeldBytes);
  AddFunction(environment, binding, "alignedOffset", AlignedOffset);
}

}  // namespace springboard::glue
