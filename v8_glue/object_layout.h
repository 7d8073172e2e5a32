// object_layout: where V8's objects keep what Springboard reads of them itself, in place of V8's
// API calls that cost five times as much.
//
// Offsets hold for V8 13 and 14 without pointer compression. They are used only after
// layout_check.h has proven them in this process. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_OBJECT_LAYOUT_H_
#define SPRINGBOARD_V8_GLUE_OBJECT_LAYOUT_H_

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace springboard::glue {

namespace object_layout {

// A tagged pointer is the object's address plus one.
inline constexpr uintptr_t kTag = 1;

// JSArrayBuffer
inline constexpr size_t kBufferByteLength = 0x28;
inline constexpr size_t kBufferBackingStore = 0x38;
// JSTypedArray
inline constexpr size_t kViewBuffer = 0x20;
inline constexpr size_t kViewBits = 0x28;
inline constexpr uint32_t kViewIsVariable = 3;  // bits: tracks the length, buffer is resizable
inline constexpr size_t kViewByteLength = 0x38;
inline constexpr size_t kViewExternalPointer = 0x48;
inline constexpr size_t kViewBasePointer = 0x50;  // zero exactly when the array is off-heap
// JSDataView; the buffer and the length are where a typed array has them.
inline constexpr size_t kDataViewData = 0x40;
// HeapNumber
inline constexpr size_t kNumberValue = 0x08;
// BigInt: the sign is bit 0, the number of digits the bits above it.
inline constexpr size_t kBigIntBits = 0x08;
inline constexpr size_t kBigIntDigit = 0x10;
// String: the number of characters, 32 bits. SeqOneByteString: the characters.
inline constexpr size_t kStringLength = 0x0C;
inline constexpr size_t kStringCharacters = 0x10;
// ConsString, ThinString
inline constexpr size_t kConsFirst = 0x10;
inline constexpr size_t kConsSecond = 0x18;
inline constexpr size_t kThinActual = 0x10;

template <typename T>
T Field(uintptr_t tagged, size_t offset) {
  T value;
  std::memcpy(&value, reinterpret_cast<const void*>(tagged - kTag + offset), sizeof(value));
  return value;
}

inline uintptr_t TaggedAddress(v8::Local<v8::Value> value) {
  return v8::internal::ValueHelper::ValueAsAddress(*value);
}

// REQUIRES: `value` is no small integer.
inline uint16_t InstanceType(v8::Local<v8::Value> value) {
  return static_cast<uint16_t>(v8::internal::Internals::GetInstanceType(TaggedAddress(value)));
}

}  // namespace object_layout

// Reads where the bytes of an off-heap array are. False when the array is on-heap, detached,
// resizable or anything else but plain; the caller then asks V8's API. REQUIRES: `array` is a typed
// array, and ProvenLayout::typed_array_fields.
inline bool ReadTypedArray(v8::Local<v8::Value> array, std::byte** data, size_t* size) {
  namespace layout = object_layout;
  const uintptr_t object = layout::TaggedAddress(array);
  if (layout::Field<uintptr_t>(object, layout::kViewBasePointer) != 0) return false;
  if ((layout::Field<uint32_t>(object, layout::kViewBits) & layout::kViewIsVariable) != 0) {
    return false;
  }
  // A detached buffer has no store, but leaves its views' external pointers as they were.
  const auto buffer = layout::Field<uintptr_t>(object, layout::kViewBuffer);
  if (layout::Field<uintptr_t>(buffer, layout::kBufferBackingStore) == 0) return false;
  *data = layout::Field<std::byte*>(object, layout::kViewExternalPointer);
  *size = layout::Field<size_t>(object, layout::kViewByteLength);
  return true;
}

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_OBJECT_LAYOUT_H_
