// c_string: JavaScript strings as C has them, and back: characters of 8, 16 or 32 bits with a zero
// behind them.
//
// UTF-8, UTF-16 and UTF-32 (Unicode 16, section 3.9). What native code gives may be ill-formed:
// U+FFFD then stands for what is no character, but for UTF-16, whose lone surrogates JavaScript's
// strings can hold. What JavaScript gives must be well-formed and without a zero character, because
// C would see another string. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_C_STRING_H_
#define SPRINGBOARD_V8_GLUE_C_STRING_H_

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "v8_glue/convert.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

// Owns the copies that one call passes: nested calls have memory of their own.
class StringMemory {
 public:
  // `bytes` of memory, aligned for every character.
  std::byte* Add(size_t bytes) {
    last_bytes_ = bytes;
    return reinterpret_cast<std::byte*>(
        memory_.emplace_back(std::make_unique<uint64_t[]>(bytes / sizeof(uint64_t) + 1)).get());
  }
  // Of what was added last.
  size_t last_bytes() const { return last_bytes_; }

 private:
  std::vector<std::unique_ptr<uint64_t[]>> memory_;
  size_t last_bytes_ = 0;
};

// Puts the address of a copy of `value`, a string, into *slot; or 0 for null. Throws a TypeError
// and returns false on anything else. REQUIRES: the type is a string's.
bool StringFromJs(Environment& environment, const JsType& type, v8::Local<v8::Value> value,
                  StringMemory* memory, uint64_t* slot, const ConversionSite& site);

// The string at `address`; null for no address. Throws and returns nothing if V8 has no string as
// long as that.
v8::MaybeLocal<v8::Value> StringToJs(v8::Isolate* isolate, JsKind kind, const void* address);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_C_STRING_H_
