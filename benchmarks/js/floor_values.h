// floor_values: JavaScript values and C values in the hand-written fast functions: V8's names for
// the types, conversions in optimised code (Convert), and those of the callbacks (FromJs, ToJs).
//
// Arrays are read from the object's own fields, as fast as it can be done; the layout is the one
// that v8_glue/object_layout.h describes and Springboard proves at its start. Stateless.

#ifndef SPRINGBOARD_BENCHMARKS_JS_FLOOR_VALUES_H_
#define SPRINGBOARD_BENCHMARKS_JS_FLOOR_VALUES_H_

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <type_traits>

#include "v8_glue/fast_api.h"
#include "v8_glue/object_layout.h"
#include "v8_glue/v8_compat.h"

namespace springboard::floor {

using Receiver = v8::Local<v8::Object>;
using Array = v8::Local<v8::Value>;  // a typed array, as optimised code passes it

// An integer as any value: a Smi or a heap number, whose double stands behind its map.
struct Integer {
  v8::Local<v8::Value> value;
};

// A string that V8 keeps in one piece of one byte per character.
struct OneByteString {
  v8::Local<v8::Value> value;
};

struct Pair {
  double x, y;
};

template <typename T>
inline constexpr v8::CTypeInfo::Type kTypeInJs = [] {
  using Type = v8::CTypeInfo::Type;
  if constexpr (std::is_void_v<T>) return Type::kVoid;
  if constexpr (std::is_same_v<T, bool>) return Type::kBool;
  if constexpr (std::is_same_v<T, int32_t>) return Type::kInt32;
  if constexpr (std::is_same_v<T, uint32_t>) return Type::kUint32;
  if constexpr (std::is_same_v<T, uint64_t>) return Type::kUint64;
  if constexpr (std::is_same_v<T, float>) return Type::kFloat32;
  if constexpr (std::is_same_v<T, double>) return Type::kFloat64;
  if constexpr (std::is_same_v<T, void*>) return Type::kPointer;
  if constexpr (std::is_same_v<T, Array> || std::is_same_v<T, Integer> ||
                std::is_same_v<T, OneByteString>) {
    return Type::kV8Value;
  }
}();

// The bytes of an array that native code may keep for the call: one on V8's heap is moved off it.
inline std::byte* StableBytes(Array array) {
  std::byte* data;
  size_t size;
  if (glue::ReadTypedArray(array, &data, &size)) return data;
  const auto view = array.As<v8::ArrayBufferView>();
  return static_cast<std::byte*>(view->Buffer()->Data()) + view->ByteOffset();
}

// The bytes of an array wherever it is, good until the next allocation on V8's heap.
inline std::byte* BytesNow(Array array, size_t wanted) {
  namespace layout = glue::object_layout;
  const uintptr_t object = layout::TaggedAddress(array);
  if (layout::Field<size_t>(object, layout::kViewByteLength) < wanted) std::abort();
  return reinterpret_cast<std::byte*>(
      layout::Field<uintptr_t>(object, layout::kViewBasePointer) +
      layout::Field<uintptr_t>(object, layout::kViewExternalPointer));
}

inline int64_t IntegerOf(Integer integer) {
  constexpr int kSmiShift = 32;
  constexpr size_t kHeapNumberValue = 8;
  const uintptr_t tagged = glue::object_layout::TaggedAddress(integer.value);
  if ((tagged & glue::object_layout::kTag) == 0) return static_cast<int64_t>(tagged) >> kSmiShift;
  return static_cast<int64_t>(glue::object_layout::Field<double>(tagged, kHeapNumberValue));
}

// A string's characters, terminated; converts to what C wants, until the end of the call.
struct StringCopy {
  operator const char*() const { return characters; }  // NOLINT
  char characters[256];
};

inline StringCopy CopyOf(OneByteString string) {
  namespace layout = glue::object_layout;
  const uintptr_t object = layout::TaggedAddress(string.value);
  const auto length = layout::Field<uint32_t>(object, layout::kStringLength);
  StringCopy copy;
  if (length >= sizeof(copy.characters)) std::abort();
  std::memcpy(copy.characters,
              reinterpret_cast<const void*>(object - layout::kTag + layout::kStringCharacters),
              length);
  copy.characters[length] = 0;
  return copy;
}

template <typename To, typename From>
auto Convert(From value) {
  if constexpr (std::is_same_v<From, OneByteString>) {
    return CopyOf(value);
  } else if constexpr (std::is_same_v<From, Integer>) {
    return static_cast<To>(IntegerOf(value));
  } else if constexpr (!std::is_same_v<From, Array>) {
    return static_cast<To>(value);
  } else if constexpr (std::is_same_v<To, Pair>) {
    const std::byte* bytes = BytesNow(value, sizeof(Pair));
    Pair pair;
    std::memcpy(&pair.x, bytes, sizeof(pair.x));
    std::memcpy(&pair.y, bytes + sizeof(pair.x), sizeof(pair.y));
    return pair;
  } else {
    return reinterpret_cast<To>(StableBytes(value));
  }
}

template <typename T>
T FromJs(v8::Local<v8::Value> value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value->IsTrue();
  } else if constexpr (std::is_same_v<T, uint64_t>) {
    return value.As<v8::BigInt>()->Uint64Value();
  } else if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<T>(value.As<v8::Number>()->Value());
  } else if constexpr (std::is_same_v<T, void*>) {
    return value->IsExternal() ? glue::ExternalPointer(value.As<v8::External>()) : nullptr;
  } else {
    return {value};
  }
}

template <typename T>
void ToJs(const v8::FunctionCallbackInfo<v8::Value>& info, T result) {
  if constexpr (std::is_same_v<T, uint64_t>) {
    info.GetReturnValue().Set(v8::BigInt::NewFromUnsigned(info.GetIsolate(), result));
  } else if constexpr (std::is_same_v<T, void*>) {
    info.GetReturnValue().Set(glue::NewExternal(info.GetIsolate(), result));
  } else {
    info.GetReturnValue().Set(result);
  }
}

}  // namespace springboard::floor

#endif  // SPRINGBOARD_BENCHMARKS_JS_FLOOR_VALUES_H_
