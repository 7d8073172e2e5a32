// handle_layout: see handle_layout.h. Every field is read within an object that V8 made, and
// compared with what V8's API says of that object.

#include "v8_glue/handle_layout.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>

#include "v8_glue/object_layout.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

namespace layout = object_layout;
using layout::Field;
using layout::InstanceType;
using layout::TaggedAddress;

// More than V8 keeps on its heap.
constexpr size_t kSampleBytes = 4096;
constexpr size_t kViewOffset = 16;
constexpr size_t kViewBytes = 100;

bool BufferHolds(v8::Local<v8::Value> buffer, const void* data, size_t size) {
  const uintptr_t object = TaggedAddress(buffer);
  return Field<const void*>(object, layout::kBufferBackingStore) == data &&
         Field<size_t>(object, layout::kBufferByteLength) == size;
}

bool DataViewHolds(v8::Local<v8::DataView> view) {
  const uintptr_t object = TaggedAddress(view);
  const v8::Local<v8::ArrayBuffer> buffer = view->Buffer();
  return Field<uintptr_t>(object, layout::kViewBuffer) == TaggedAddress(buffer) &&
         Field<size_t>(object, layout::kViewByteLength) == view->ByteLength() &&
         Field<const std::byte*>(object, layout::kDataViewData) ==
             static_cast<const std::byte*>(buffer->Data()) + view->ByteOffset();
}

bool NumberHolds(v8::Isolate* isolate, double value) {
  const v8::Local<v8::Value> number = v8::Number::New(isolate, value);
  return Field<uint64_t>(TaggedAddress(number), layout::kNumberValue) ==
         std::bit_cast<uint64_t>(value);
}

// `digits` of the magnitude, least significant first.
bool BigIntHolds(v8::Local<v8::Context> context, bool negative,
                 std::initializer_list<uint64_t> digits) {
  v8::Local<v8::BigInt> value;
  if (!v8::BigInt::NewFromWords(context, negative ? 1 : 0, static_cast<int>(digits.size()),
                                std::data(digits))
           .ToLocal(&value)) {
    return false;
  }
  const uintptr_t object = TaggedAddress(value);
  const uint32_t bits = static_cast<uint32_t>(digits.size()) << 1 | (negative ? 1 : 0);
  return Field<uint32_t>(object, layout::kBigIntBits) == bits &&
         (digits.size() == 0 || Field<uint64_t>(object, layout::kBigIntDigit) == *digits.begin());
}

// Small integers are what a stub takes for such: the upper 32 bits of a word whose lowest bit is 0.
bool SmallIntegerHolds(v8::Isolate* isolate, int32_t value) {
  const v8::Local<v8::Value> number = v8::Integer::New(isolate, value);
  return TaggedAddress(number) == static_cast<uint64_t>(static_cast<uint32_t>(value)) << 32;
}

bool FieldsHold(v8::Isolate* isolate) {
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const auto buffer = v8::ArrayBuffer::New(isolate, kSampleBytes);
  const auto shared = v8::SharedArrayBuffer::New(isolate, kSampleBytes);
  const auto detached = v8::ArrayBuffer::New(isolate, kSampleBytes);
  const v8::Local<v8::DataView> stale = v8::DataView::New(detached, kViewOffset, kViewBytes);
  if (detached->Detach(v8::Local<v8::Value>()).IsNothing()) return false;
  return BufferHolds(buffer, buffer->Data(), kSampleBytes) &&
         BufferHolds(shared, shared->Data(), kSampleBytes) && BufferHolds(detached, nullptr, 0) &&
         DataViewHolds(v8::DataView::New(buffer, kViewOffset, kViewBytes)) &&
         DataViewHolds(v8::DataView::New(shared, 0, kSampleBytes)) &&
         Field<uintptr_t>(TaggedAddress(stale), layout::kViewBuffer) == TaggedAddress(detached) &&
         NumberHolds(isolate, 1.5) && NumberHolds(isolate, -1e300) &&
         BigIntHolds(context, false, {}) && BigIntHolds(context, false, {5}) &&
         BigIntHolds(context, true, {uint64_t{1} << 63}) && BigIntHolds(context, true, {7, 9}) &&
         SmallIntegerHolds(isolate, 0) && SmallIntegerHolds(isolate, 77) &&
         SmallIntegerHolds(isolate, -77) && SmallIntegerHolds(isolate, INT32_MIN);
}

// Of no object: the bit that the mask leaves out is set.
constexpr uint16_t kNoType = 0xFFFF;

constexpr std::string_view kCharacters = "characters of a string that V8 keeps in one piece";

v8::Local<v8::String> OneByte(v8::Isolate* isolate, v8::NewStringType type) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(kCharacters.data()),
                                    type, static_cast<int>(kCharacters.size()))
      .FromMaybe(v8::Local<v8::String>());
}

bool StringHolds(v8::Local<v8::String> string) {
  if (string.IsEmpty()) return false;
  const uintptr_t object = TaggedAddress(string);
  if (Field<uint32_t>(object, layout::kStringLength) != kCharacters.size()) return false;
  std::array<char, kCharacters.size()> characters;
  std::memcpy(characters.data(),
              reinterpret_cast<const char*>(object - layout::kTag + layout::kStringCharacters),
              characters.size());
  return std::equal(characters.begin(), characters.end(), kCharacters.begin());
}

// Strings that stand for others. Where V8 has them differently, stubs know none of them.
void ProveStandIns(v8::Isolate* isolate, v8::Local<v8::String> plain,
                   v8::Local<v8::String> internalized, jit::ObjectLayout* found) {
  found->pair_type = kNoType;
  found->thin_type = kNoType;
  const uintptr_t empty = TaggedAddress(v8::String::Empty(isolate));
  const v8::Local<v8::String> pair = v8::String::Concat(isolate, plain, plain);
  const uint16_t pair_type = InstanceType(pair) & found->string_mask;
  if (pair_type == found->string_type ||
      Field<uintptr_t>(TaggedAddress(pair), layout::kConsFirst) != TaggedAddress(plain) ||
      Field<uintptr_t>(TaggedAddress(pair), layout::kConsSecond) != TaggedAddress(plain)) {
    return;
  }
  // The view puts it together.
  { const v8::String::ValueView view(isolate, pair); }
  const auto whole = Field<uintptr_t>(TaggedAddress(pair), layout::kConsFirst);
  if ((v8::internal::Internals::GetInstanceType(whole) & found->string_mask) ==
          found->string_type &&
      Field<uint32_t>(whole, layout::kStringLength) == 2 * kCharacters.size() &&
      Field<uintptr_t>(TaggedAddress(pair), layout::kConsSecond) == empty &&
      (InstanceType(pair) & found->string_mask) == pair_type) {
    found->pair_type = pair_type;
    found->empty_string = empty;
    found->pair_first = layout::kConsFirst;
    found->pair_second = layout::kConsSecond;
  }
  // The name of a property becomes the internalized string that is there already.
  const v8::Local<v8::String> name = OneByte(isolate, v8::NewStringType::kNormal);
  if (name.IsEmpty() || InstanceType(name) == InstanceType(internalized) ||
      v8::Object::New(isolate)
          ->Set(isolate->GetCurrentContext(), name, v8::Undefined(isolate))
          .IsNothing()) {
    return;
  }
  const uint16_t thin_type = InstanceType(name) & found->string_mask;
  if (thin_type != found->string_type && thin_type != pair_type &&
      Field<uintptr_t>(TaggedAddress(name), layout::kThinActual) == TaggedAddress(internalized)) {
    found->thin_type = thin_type;
    found->thin_actual = layout::kThinActual;
  }
}

// Strings of one piece, internalized or not, are of two types that differ in one bit; *found gets
// both. Those of two bytes per character, and of several pieces, are of others.
bool ProveStrings(v8::Isolate* isolate, jit::ObjectLayout* found) {
  const v8::Local<v8::String> plain = OneByte(isolate, v8::NewStringType::kNormal);
  const v8::Local<v8::String> internalized = OneByte(isolate, v8::NewStringType::kInternalized);
  if (!StringHolds(plain) || !StringHolds(internalized)) return false;
  const auto differ = static_cast<uint16_t>(InstanceType(plain) ^ InstanceType(internalized));
  if (!std::has_single_bit(differ)) return false;
  found->string_mask = static_cast<uint16_t>(~differ);
  found->string_type = InstanceType(plain) & found->string_mask;
  const auto same_type = [&](v8::Local<v8::Value> value) {
    return (InstanceType(value) & found->string_mask) == found->string_type;
  };
  ProveStandIns(isolate, plain, internalized, found);
  const uint16_t wide[] = {0x4E00, 0x4E01};
  v8::Local<v8::String> two_byte;
  return v8::String::NewFromTwoByte(isolate, wide, v8::NewStringType::kNormal, 2)
             .ToLocal(&two_byte) &&
         !same_type(two_byte) && !same_type(v8::String::Concat(isolate, plain, plain)) &&
         !same_type(v8::Undefined(isolate)) && !same_type(v8::Symbol::New(isolate)) &&
         !same_type(v8::Object::New(isolate)) && !same_type(v8::Array::New(isolate));
}

// Whether objects that stubs must not take for one of theirs are of other types.
bool OthersDiffer(v8::Isolate* isolate, const jit::ObjectLayout& found) {
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const v8::Local<v8::ArrayBuffer> resizable = v8::ArrayBuffer::New(
      isolate, v8::ArrayBuffer::NewResizableBackingStore(kViewBytes, kSampleBytes));
  const v8::Local<v8::Value> others[] = {
      v8::Object::New(isolate),
      v8::Array::New(isolate),
      v8::String::Empty(isolate),
      v8::Symbol::New(isolate),
      v8::Map::New(isolate),
      v8::Date::New(context, 0).FromMaybe(v8::Local<v8::Value>()),
      NewExternal(isolate, &found),
      v8::Undefined(isolate),
      v8::True(isolate),
      // Its length may change.
      v8::DataView::New(resizable, 0, kViewBytes),
  };
  const uint16_t taken[] = {found.typed_array, found.data_view, found.array_buffer, found.number,
                            found.big_int};
  return std::none_of(std::begin(others), std::end(others), [&](v8::Local<v8::Value> other) {
    return other.IsEmpty() ||
           std::find(std::begin(taken), std::end(taken), InstanceType(other)) != std::end(taken);
  });
}

}  // namespace

std::optional<jit::ObjectLayout> ProveHandleLayout(v8::Isolate* isolate) {
  if (!FieldsHold(isolate)) return std::nullopt;
  const auto buffer = v8::ArrayBuffer::New(isolate, kSampleBytes);
  jit::ObjectLayout found = {
      .null_value = TaggedAddress(v8::Null(isolate)),
      .map_type = v8::internal::Internals::kMapInstanceTypeOffset,
      .typed_array = InstanceType(v8::Uint8Array::New(buffer, 0, 1)),
      .data_view = InstanceType(v8::DataView::New(buffer, 0, 1)),
      .array_buffer = InstanceType(buffer),
      .number = InstanceType(v8::Number::New(isolate, 1.5)),
      .big_int = InstanceType(v8::BigInt::New(isolate, 5)),
      .view_buffer = layout::kViewBuffer,
      .view_bits = layout::kViewBits,
      .view_variable = layout::kViewIsVariable,
      .view_length = layout::kViewByteLength,
      .view_external = layout::kViewExternalPointer,
      .view_base = layout::kViewBasePointer,
      .data_view_data = layout::kDataViewData,
      .buffer_length = layout::kBufferByteLength,
      .buffer_store = layout::kBufferBackingStore,
      .number_value = layout::kNumberValue,
      .big_int_bits = layout::kBigIntBits,
      .big_int_digit = layout::kBigIntDigit,
      .string_length = layout::kStringLength,
      .string_characters = layout::kStringCharacters,
  };
  // Every kind of element is of the same type, and shared buffers are buffers.
  if (InstanceType(v8::BigInt64Array::New(buffer, 0, 1)) != found.typed_array ||
      InstanceType(v8::Float32Array::New(buffer, 0, 1)) != found.typed_array ||
      InstanceType(v8::SharedArrayBuffer::New(isolate, 8)) != found.array_buffer ||
      !OthersDiffer(isolate, found) || !ProveStrings(isolate, &found)) {
    return std::nullopt;
  }
  return found;
}

}  // namespace springboard::glue
