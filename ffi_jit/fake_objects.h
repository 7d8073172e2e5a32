// FakeObjects: values of an engine that does not exist, in memory as an ObjectLayout of its own
// says, for tests of stubs that take handles. Test code only; one thread.

#ifndef SPRINGBOARD_FFI_JIT_FAKE_OBJECTS_H_
#define SPRINGBOARD_FFI_JIT_FAKE_OBJECTS_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string_view>

#include "ffi_jit/object_layout.h"

namespace springboard::jit::testing {

// A handle, as a stub is entered with it.
using Handle = uint64_t*;

class FakeObjects {
 public:
  FakeObjects() {
    layout_.map_type = 14;
    layout_.typed_array = 4711;  // more than an AArch64 comparison can hold
    layout_.data_view = 2102;
    layout_.array_buffer = 5003;
    layout_.number = 131;
    layout_.big_int = 130;
    layout_.view_buffer = 16;
    layout_.view_bits = 28;
    layout_.view_variable = 0x28;  // no mask of AArch64's
    layout_.view_length = 32;
    layout_.view_external = 48;
    layout_.view_base = 56;
    layout_.data_view_data = 120;
    layout_.buffer_length = 40;
    layout_.buffer_store = 24;
    layout_.number_value = 8;
    layout_.big_int_bits = 12;
    layout_.big_int_digit = 16;
    layout_.string_type = 0x1008;
    layout_.string_mask = 0xFFDF;  // no mask of AArch64's
    layout_.string_length = 12;
    layout_.string_characters = 20;
    layout_.pair_type = 0x1009;
    layout_.thin_type = 0x100A;
    layout_.pair_first = 24;
    layout_.pair_second = 40;
    layout_.thin_actual = 48;
    layout_.null_value = Tagged(New(kOddball));
    layout_.empty_string = *String("");
  }
  FakeObjects(const FakeObjects&) = delete;
  FakeObjects& operator=(const FakeObjects&) = delete;

  const ObjectLayout& layout() const { return layout_; }

  Handle Null() { return HandleOf(layout_.null_value); }
  Handle Undefined() { return HandleOf(Tagged(New(kOddball))); }
  Handle Small(int32_t value) {
    return HandleOf(static_cast<uint64_t>(static_cast<uint32_t>(value)) << 32);
  }
  Handle Number(double value) {
    Object& object = New(layout_.number);
    Set(object, layout_.number_value, value);
    return HandleOf(Tagged(object));
  }
  Handle BigInt(uint32_t digits, bool negative, uint64_t lowest) {
    Object& object = New(layout_.big_int);
    Set(object, layout_.big_int_bits, digits << 1 | (negative ? 1 : 0));
    Set(object, layout_.big_int_digit, lowest);
    return HandleOf(Tagged(object));
  }
  Handle Buffer(const void* store, uint64_t length) {
    return HandleOf(Tagged(NewBuffer(store, length)));
  }
  Handle Array(const void* store, uint64_t length) {
    Object& object = New(layout_.typed_array);
    Set(object, layout_.view_buffer, Tagged(NewBuffer(store, length)));
    Set(object, layout_.view_bits, ~uint32_t{layout_.view_variable});
    Set(object, layout_.view_length, length);
    Set(object, layout_.view_external, store);
    Set(object, layout_.view_base, uint64_t{0});
    return HandleOf(Tagged(object));
  }
  // Its bytes are part of the engine's heap, and its buffer has no store.
  Handle HeapArray(const void* bytes, uint64_t length) {
    constexpr uint64_t kBase = 0x7000001;
    const Handle handle = Array(bytes, length);
    Field<uint64_t>(handle, layout_.view_external) -= kBase;
    Field<uint64_t>(handle, layout_.view_base) = kBase;
    Detach(handle);
    return handle;
  }
  Handle VariableArray(const void* store, uint64_t length) {
    const Handle handle = Array(store, length);
    Field<uint32_t>(handle, layout_.view_bits) |= 0x20;
    return handle;
  }
  Handle View(const void* bytes, uint64_t length) {
    Object& object = New(layout_.data_view);
    Set(object, layout_.view_buffer, Tagged(NewBuffer(bytes, length)));
    Set(object, layout_.view_length, length);
    Set(object, layout_.data_view_data, bytes);
    return HandleOf(Tagged(object));
  }

  // One that is `shared`, whatever that means, is of another type that counts as the same.
  Handle String(std::string_view characters, bool shared = false) {
    Object& object = New(layout_.string_type | (shared ? 0x20 : 0));
    Set(object, layout_.string_length, static_cast<uint32_t>(characters.size()));
    std::memcpy(object.bytes.data() + layout_.string_characters, characters.data(),
                std::min(characters.size(), object.bytes.size() - layout_.string_characters));
    return HandleOf(Tagged(object));
  }
  Handle Pair(Handle first, Handle second) {
    Object& object = New(layout_.pair_type);
    Set(object, layout_.pair_first, *first);
    Set(object, layout_.pair_second, *second);
    return HandleOf(Tagged(object));
  }
  Handle Empty() { return HandleOf(layout_.empty_string); }
  Handle Thin(Handle actual) {
    Object& object = New(layout_.thin_type | 0x20);
    Set(object, layout_.thin_actual, *actual);
    return HandleOf(Tagged(object));
  }
  // Like String(), of a type that stubs do not know.
  Handle OtherString(std::string_view characters) {
    const Handle handle = String(characters);
    uint64_t map = Field<uint64_t>(handle, 0);
    Field<uint16_t>(&map, layout_.map_type) ^= 1;
    return handle;
  }

  // Takes the store away: from the buffer of a view, or from a buffer.
  void Detach(Handle handle) {
    const bool is_buffer = Type(handle) == layout_.array_buffer;
    Handle buffer = is_buffer ? handle : HandleOf(Field<uint64_t>(handle, layout_.view_buffer));
    Field<uint64_t>(buffer, layout_.buffer_store) = 0;
    if (is_buffer) Field<uint64_t>(buffer, layout_.buffer_length) = 0;
  }
  void SetLength(Handle view, uint64_t length) {
    Field<uint64_t>(view, layout_.view_length) = length;
  }

 private:
  static constexpr uint16_t kOddball = 67;
  struct alignas(16) Object {
    std::array<uint8_t, 320> bytes;
  };

  template <typename T>
  static void Set(Object& object, uint8_t offset, T value) {
    std::memcpy(object.bytes.data() + offset, &value, sizeof(value));
  }
  static uint64_t Tagged(const Object& object) {
    return std::bit_cast<uint64_t>(object.bytes.data()) + 1;
  }
  template <typename T>
  static T& Field(Handle handle, uint8_t offset) {
    return *std::bit_cast<T*>(*handle - 1 + offset);
  }
  uint16_t Type(Handle handle) const {
    uint64_t map = Field<uint64_t>(handle, 0);
    return Field<uint16_t>(&map, layout_.map_type);
  }

  Object& NewBuffer(const void* store, uint64_t length) {
    Object& object = New(layout_.array_buffer);
    Set(object, layout_.buffer_length, length);
    Set(object, layout_.buffer_store, store);
    return object;
  }
  // Whatever nobody sets is not 0.
  Object& New(uint16_t type) {
    Object& map = objects_.emplace_back();
    map.bytes.fill(0xEE);
    Set(map, layout_.map_type, type);
    Object& object = objects_.emplace_back();
    object.bytes.fill(0xDD);
    Set(object, 0, Tagged(map));
    return object;
  }
  Handle HandleOf(uint64_t tagged) { return &handles_.emplace_back(tagged); }

  ObjectLayout layout_;
  std::deque<Object> objects_;
  std::deque<uint64_t> handles_;
};

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_FAKE_OBJECTS_H_
