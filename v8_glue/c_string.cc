// c_string: see c_string.h.

#include "v8_glue/c_string.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "v8_glue/conversion_error.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"

namespace springboard::glue {

namespace {

constexpr uint32_t kReplacement = 0xFFFD;
constexpr uint32_t kLastCodePoint = 0x10FFFF;

constexpr bool IsLeading(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool IsTrailing(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// Where a string has what C's cannot have.
struct Bad {
  size_t index;
  const char* what;
};

// Calls take(code point) for each of the string's. Stops at what is bad.
template <typename Unit, typename Take>
std::optional<Bad> ForEachCodePoint(const Unit* units, size_t length, Take take) {
  for (size_t i = 0; i < length; ++i) {
    uint32_t point = units[i];
    if (point == 0) return Bad{i, "a zero character"};
    if (IsLeading(point) && i + 1 < length && IsTrailing(units[i + 1])) {
      point = 0x10000 + ((point - 0xD800) << 10) + (units[++i] - 0xDC00U);
    } else if (IsLeading(point) || IsTrailing(point)) {
      return Bad{i, "a lone surrogate"};
    }
    take(point);
  }
  return std::nullopt;
}

// Writes code points as characters of one width; there is room for all.
class Writer {
 public:
  Writer(JsKind kind, std::byte* memory) : kind_(kind), at_(memory) {}

  void operator()(uint32_t point) {
    if (kind_ == JsKind::kCString32) return Put(point);
    if (kind_ == JsKind::kCString) return PutUtf8(point);
    if (point < 0x10000) return Put(static_cast<uint16_t>(point));
    Put(static_cast<uint16_t>(0xD7C0 + (point >> 10)));
    Put(static_cast<uint16_t>(0xDC00 + (point & 0x3FF)));
  }

 private:
  template <typename Character>
  void Put(Character character) {
    std::memcpy(at_, &character, sizeof(character));
    at_ += sizeof(character);
  }
  void PutUtf8(uint32_t point) {
    const auto put = [this](uint32_t byte) { Put(static_cast<uint8_t>(byte)); };
    const auto put_next = [&](uint32_t bits) { put(0x80 | (bits & 0x3F)); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
      put(0xC0 | point >> 6);
      return put_next(point);
    }
    if (point < 0x10000) {
      put(0xE0 | point >> 12);
    } else {
      put(0xF0 | point >> 18);
      put_next(point >> 12);
    }
    put_next(point >> 6);
    put_next(point);
  }

  const JsKind kind_;
  std::byte* at_;
};

// The most bytes that one unit of a string becomes.
size_t MostBytes(JsKind kind, bool one_byte) {
  if (kind == JsKind::kCString32) return 4;
  if (kind == JsKind::kCString16) return 2;
  // A pair of surrogates is four bytes.
  return one_byte ? 2 : 3;
}

bool IsAscii(const uint8_t* characters, size_t length) {
  return std::all_of(characters, characters + length,
                     [](uint8_t character) { return character - 1U < 0x7FU; });
}

// Fills memory that is zero beyond what is written.
std::optional<Bad> Copy(const v8::String::ValueView& view, JsKind kind, std::byte* to) {
  if (!view.is_one_byte()) return ForEachCodePoint(view.data16(), view.length(), Writer(kind, to));
  if (kind == JsKind::kCString && IsAscii(view.data8(), view.length())) {
    if (view.length() > 0) std::memcpy(to, view.data8(), view.length());
    return std::nullopt;
  }
  return ForEachCodePoint(view.data8(), view.length(), Writer(kind, to));
}

template <typename Character>
size_t LengthOf(const Character* characters) {
  size_t length = 0;
  while (characters[length] != 0) ++length;
  return length;
}

std::u16string FromUtf32(const uint32_t* points, size_t count) {
  std::u16string units;
  for (size_t i = 0; i < count; ++i) {
    uint32_t point = points[i];
    if (point > kLastCodePoint || IsLeading(point) || IsTrailing(point)) point = kReplacement;
    if (point >= 0x10000) units += static_cast<char16_t>(0xD7C0 + (point >> 10));
    units += static_cast<char16_t>(point < 0x10000 ? point : 0xDC00 + (point & 0x3FF));
  }
  return units;
}

v8::MaybeLocal<v8::String> FromUnits(v8::Isolate* isolate, const void* units, size_t length) {
  if (length > static_cast<size_t>(v8::String::kMaxLength)) return {};
  return v8::String::NewFromTwoByte(isolate, static_cast<const uint16_t*>(units),
                                    v8::NewStringType::kNormal, static_cast<int>(length));
}

v8::MaybeLocal<v8::String> FromNative(v8::Isolate* isolate, JsKind kind, const void* address) {
  if (kind == JsKind::kCString16) {
    return FromUnits(isolate, address, LengthOf(static_cast<const uint16_t*>(address)));
  }
  if (kind == JsKind::kCString32) {
    const auto* points = static_cast<const uint32_t*>(address);
    const std::u16string units = FromUtf32(points, LengthOf(points));
    return FromUnits(isolate, units.data(), units.size());
  }
  const auto* bytes = static_cast<const char*>(address);
  const size_t length = std::strlen(bytes);
  if (length > static_cast<size_t>(v8::String::kMaxLength)) return {};
  return v8::String::NewFromUtf8(isolate, bytes, v8::NewStringType::kNormal,
                                 static_cast<int>(length));
}

}  // namespace

bool StringFromJs(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                  StringMemory* memory, uint64_t* slot, const ConversionSite& site) {
  if (value->IsNull()) {
    *slot = 0;
    return true;
  }
  if (!value->IsString()) {
    ThrowUnexpected(environment, type, false, value, site);
    return false;
  }
  std::optional<Bad> bad;
  {
    // Nothing may allocate on V8's heap while there is a view.
    const v8::String::ValueView view(environment.isolate(), value.As<v8::String>());
    const size_t most = MostBytes(type.kind, view.is_one_byte());
    // What is not written is the zero at the end.
    std::byte* copy = memory->Add((size_t{view.length()} + 1) * most + 1);
    *slot = reinterpret_cast<uint64_t>(copy);
    bad = Copy(view, type.kind, copy);
  }
  if (!bad) return true;
  ThrowTypeError(environment.isolate(), "Invalid FFI " + std::string(TraitsOf(type.kind).name) +
                                            " type, expected well-formed text without zero "
                                            "characters" +
                                            At(site) + ": got " + bad->what + " at index " +
                                            std::to_string(bad->index));
  return false;
}

v8::MaybeLocal<v8::Value> StringToJs(v8::Isolate* isolate, JsKind kind, const void* address) {
  if (address == nullptr) return v8::Null(isolate);
  v8::Local<v8::String> string;
  if (FromNative(isolate, kind, address).ToLocal(&string)) return string;
  ThrowTypeError(isolate, "Invalid CString pointer, string exceeds max length");
  return {};
}

}  // namespace springboard::glue
