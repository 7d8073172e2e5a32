// javascript_trace: see javascript_trace.h.

#include "v8_glue/javascript_trace.h"

#include <array>
#include <cstddef>

namespace springboard::glue {

namespace {

struct BufferKind {
  const char* name;
  bool (v8::Value::*is)() const;
};

constexpr std::array kBufferKinds = {
    BufferKind{"Uint8Array", &v8::Value::IsUint8Array},
    BufferKind{"Uint8ClampedArray", &v8::Value::IsUint8ClampedArray},
    BufferKind{"Int8Array", &v8::Value::IsInt8Array},
    BufferKind{"Uint16Array", &v8::Value::IsUint16Array},
    BufferKind{"Int16Array", &v8::Value::IsInt16Array},
    BufferKind{"Uint32Array", &v8::Value::IsUint32Array},
    BufferKind{"Int32Array", &v8::Value::IsInt32Array},
    BufferKind{"Float32Array", &v8::Value::IsFloat32Array},
    BufferKind{"Float64Array", &v8::Value::IsFloat64Array},
    BufferKind{"BigInt64Array", &v8::Value::IsBigInt64Array},
    BufferKind{"BigUint64Array", &v8::Value::IsBigUint64Array},
    BufferKind{"DataView", &v8::Value::IsDataView},
    BufferKind{"ArrayBuffer", &v8::Value::IsArrayBuffer},
    BufferKind{"SharedArrayBuffer", &v8::Value::IsSharedArrayBuffer},
};

size_t BytesIn(v8::Local<v8::Value> value) {
  if (value->IsArrayBufferView()) return value.As<v8::ArrayBufferView>()->ByteLength();
  if (value->IsArrayBuffer()) return value.As<v8::ArrayBuffer>()->ByteLength();
  return value.As<v8::SharedArrayBuffer>()->ByteLength();
}

}  // namespace

std::string BufferNote(const JsType& type, v8::Local<v8::Value> value) {
  if (type.kind != JsKind::kBuffer || value->IsNull()) return {};
  const char* name = "view";
  for (const BufferKind& kind : kBufferKinds) {
    if (((**value).*kind.is)()) name = kind.name;
  }
  return std::string(" (") + name + " of " + std::to_string(BytesIn(value)) + " bytes)";
}

std::string ThrewText(v8::Isolate* isolate, v8::Local<v8::Value> exception) {
  // V8's own words, for which it runs no toString().
  const v8::String::Utf8Value text(isolate,
                                   v8::Exception::CreateMessage(isolate, exception)->Get());
  std::string_view what = *text == nullptr ? "an exception" : *text;
  constexpr std::string_view kUncaught = "Uncaught ";
  if (what.starts_with(kUncaught)) what.remove_prefix(kUncaught.size());
  return "threw " + std::string(what);
}

}  // namespace springboard::glue
