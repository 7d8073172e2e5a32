// layout_check: the start-up checks. See layout_check.h.
//
// A check may meet objects laid out in any way, so it follows no pointer that it read itself: it
// compares fields with what V8's API says, and reads only within objects that V8 gave it.

#include "v8_glue/layout_check.h"

#include <array>
#include <cstring>
#include <functional>
#include <new>
#include <span>

#include "v8_glue/attempt.h"
#include "v8_glue/fast_api.h"
#include "v8_glue/handle_layout.h"
#include "v8_glue/object_layout.h"

namespace springboard::glue {

namespace {

// Lets V8 write a T into memory with room to spare, and keeps what it wrote.
template <typename T>
class Specimen {
 public:
  template <typename... Arguments>
  explicit Specimen(Arguments... arguments) {
    bytes_.fill(kUntouched);
    new (bytes_.data()) T(arguments...);
  }

  template <typename Field>
  bool Has(size_t offset, Field expected) const {
    Field found;
    const auto bytes = std::as_writable_bytes(std::span(&found, 1));
    std::memcpy(bytes.data(), bytes_.data() + offset, bytes.size());
    return found == expected;
  }
  // V8's constructor wrote nothing beyond our idea of T.
  bool Fits() const {
    for (size_t i = sizeof(T); i < bytes_.size(); ++i) {
      if (bytes_[i] != kUntouched) return false;
    }
    return true;
  }
  const T& value() const { return *std::launder(reinterpret_cast<const T*>(bytes_.data())); }

 private:
  static constexpr unsigned char kUntouched = 0xab;
  alignas(16) std::array<unsigned char, 64> bytes_;
};

bool FunctionInfoHolds() {
  using Type = v8::CTypeInfo::Type;
  using Layout = v8::FastCallLayout;
  constexpr auto kBigInt = v8::CFunctionInfo::Int64Representation::kBigInt;
  const v8::CTypeInfo arguments[] = {v8::CTypeInfo(Type::kV8Value), v8::CTypeInfo(Type::kInt64)};
  const v8::CTypeInfo result(Type::kFloat64);
  const Specimen<v8::CFunctionInfo> info(std::cref(result), 2u, +arguments, kBigInt);
  const v8::CTypeInfo* const first = &info.value().ArgumentInfo(0);
  const v8::CTypeInfo* const second = &info.value().ArgumentInfo(1);
  return info.Fits() && info.Has(Layout::kResult, Type::kFloat64) &&
         info.Has(Layout::kRepresentation, kBigInt) && info.Has(Layout::kCount, 2u) &&
         info.Has(Layout::kArguments, +arguments) && first == &arguments[0] &&
         second == &arguments[1];
}

bool FunctionHolds() {
  using Layout = v8::FastCallLayout;
  static const int kAddress = 0;
  const v8::CTypeInfo receiver(v8::CTypeInfo::Type::kV8Value);
  const v8::CFunctionInfo info(v8::CTypeInfo(v8::CTypeInfo::Type::kVoid), 1, &receiver,
                               v8::CFunctionInfo::Int64Representation::kNumber);
  const Specimen<v8::CFunction> function(static_cast<const void*>(&kAddress), &info);
  return function.Fits() && function.Has(Layout::kAddress, static_cast<const void*>(&kAddress)) &&
         function.Has(Layout::kTypeInfo, &info);
}

// One sample array, and what reading its fields must give.
bool SampleHolds(v8::Local<v8::TypedArray> array, bool on_heap, bool plain) {
  namespace layout = object_layout;
  const uintptr_t object = layout::TaggedAddress(array);
  const bool is_on_heap = layout::Field<uintptr_t>(object, layout::kViewBasePointer) != 0;
  if (is_on_heap != on_heap) return false;
  const bool is_plain =
      (layout::Field<uint32_t>(object, layout::kViewBits) & layout::kViewIsVariable) == 0;
  if (is_plain != plain) return false;
  if (on_heap) return layout::Field<size_t>(object, layout::kViewByteLength) == array->ByteLength();

  const v8::Local<v8::ArrayBuffer> buffer = array->Buffer();
  const auto* data = static_cast<const std::byte*>(buffer->Data());
  const uintptr_t buffer_object = layout::TaggedAddress(buffer);
  if (layout::Field<uintptr_t>(object, layout::kViewBuffer) != buffer_object) return false;
  if (layout::Field<const std::byte*>(buffer_object, layout::kBufferBackingStore) != data) {
    return false;
  }
  if (data == nullptr || !plain) return true;
  return layout::Field<const std::byte*>(object, layout::kViewExternalPointer) ==
             data + array->ByteOffset() &&
         layout::Field<size_t>(object, layout::kViewByteLength) == array->ByteLength();
}

// A length beyond what V8 keeps on its heap by default (64 bytes).
constexpr size_t kOffHeapBytes = 4096;

bool PlainSamplesHold(v8::Isolate* isolate) {
  const v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, kOffHeapBytes);
  const v8::Local<v8::SharedArrayBuffer> shared =
      v8::SharedArrayBuffer::New(isolate, kOffHeapBytes);
  return SampleHolds(v8::Uint8Array::New(buffer, 0, kOffHeapBytes), false, true) &&
         SampleHolds(v8::Float64Array::New(buffer, 64, 5), false, true) &&
         SampleHolds(v8::Int16Array::New(buffer, 10, 0), false, true) &&
         SampleHolds(v8::Uint8Array::New(shared, 8, 100), false, true);
}

bool DetachedSampleHolds(v8::Isolate* isolate) {
  const v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, kOffHeapBytes);
  const v8::Local<v8::Uint8Array> array = v8::Uint8Array::New(buffer, 16, 100);
  if (buffer->Detach(v8::Local<v8::Value>()).IsNothing()) return false;
  return SampleHolds(array, false, true);
}

// Evaluates `source` as a function's body. Needed for samples that V8's API cannot make: an on-heap
// array and views of resizable buffers. A script that replaced the globals can only make the check
// fail.
v8::MaybeLocal<v8::TypedArray> Evaluate(v8::Local<v8::Context> context, const char* source) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const Attempt attempt(isolate);
  v8::Local<v8::String> text;
  if (!v8::String::NewFromUtf8(isolate, source).ToLocal(&text)) return {};
  v8::ScriptCompiler::Source compiled(text);
  v8::Local<v8::Function> function;
  v8::Local<v8::Value> result;
  if (!v8::ScriptCompiler::CompileFunction(context, &compiled).ToLocal(&function) ||
      !function->Call(context, v8::Undefined(isolate), 0, nullptr).ToLocal(&result) ||
      !result->IsTypedArray()) {
    return {};
  }
  return result.As<v8::TypedArray>();
}

struct ScriptedSample {
  const char* source;
  bool on_heap;
  bool plain;
};

constexpr ScriptedSample kScriptedSamples[] = {
    {"return new Uint8Array(16)", true, true},
    {"return new Float64Array(1000)", false, true},
    {"return new Uint8Array(1000).subarray(100, 200)", false, true},
    {"return new Uint8Array(new ArrayBuffer(64, { maxByteLength: 128 }), 8, 16)", false, false},
    {"return new Uint8Array(new ArrayBuffer(64, { maxByteLength: 64 }), 8, 16)", false, false},
    {"return new Uint8Array(new ArrayBuffer(64, { maxByteLength: 128 }))", false, false},
    {"return new Uint8Array(new SharedArrayBuffer(64, { maxByteLength: 128 }))", false, false},
    // A growable buffer stays where it is and a view of fixed length keeps it.
    {"return new Uint8Array(new SharedArrayBuffer(64, { maxByteLength: 128 }), 8, 16)", false,
     true},
};

bool ScriptedSamplesHold(v8::Local<v8::Context> context) {
  for (const ScriptedSample& sample : kScriptedSamples) {
    v8::Local<v8::TypedArray> array;
    if (!Evaluate(context, sample.source).ToLocal(&array)) return false;
    if (!SampleHolds(array, sample.on_heap, sample.plain)) return false;
  }
  return true;
}

}  // namespace

bool FastCallLayoutHolds() { return FunctionInfoHolds() && FunctionHolds(); }

ProvenLayout CheckObjectLayout(v8::Local<v8::Context> context) {
  // Compressed pointers move every field.
  if (v8::internal::PointerCompressionIsEnabled()) return {};
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::HandleScope scope(isolate);
  const v8::Context::Scope context_scope(context);
  if (!PlainSamplesHold(isolate) || !DetachedSampleHolds(isolate) ||
      !ScriptedSamplesHold(context)) {
    return {};
  }
  return {.typed_array_fields = true, .handles = ProveHandleLayout(isolate)};
}

}  // namespace springboard::glue
