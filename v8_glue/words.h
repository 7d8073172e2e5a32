// words: the strings of definitions, kept internalized: reading a property by one of them, or
// seeing that a string is one of them, makes no new string. Owned by the environment. Isolate
// thread only.

#ifndef SPRINGBOARD_V8_GLUE_WORDS_H_
#define SPRINGBOARD_V8_GLUE_WORDS_H_

#include <v8.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "v8_glue/js_type.h"

namespace springboard::glue {

// The names of properties.
enum class Word : uint8_t {
  kAbi,
  kAlign,
  kArray,
  kBits,
  kComplex,
  kCxx,
  kErrno,
  kFlags,
  kLeaf,
  kLength,
  kMemory,
  kName,
  kNonblocking,
  kOptional,
  kPacked,
  kParameters,
  kResult,
  kStrict,
  kStruct,
  kThrows,
  kTrace,
  kType,
  kUnion,
  kVector,
  kVersion,
  kWidth,
};

class Words {
 public:
  explicit Words(v8::Isolate* isolate);

  static std::string_view Text(Word word);
  v8::Local<v8::String> Get(Word word) const;
  // object[word] if the property is the object's own, otherwise undefined: what a definition does
  // not say, no prototype says for it. False with an exception pending.
  bool ReadOwn(v8::Local<v8::Context> context, v8::Local<v8::Object> object, Word word,
               v8::Local<v8::Value>* value) const;
  // Which type `value` names, if it is that very string: those of programs' texts are.
  std::optional<JsKind> KindOf(v8::Local<v8::Value> value) const;

 private:
  static constexpr size_t kWords = static_cast<size_t>(Word::kWidth) + 1;
  static constexpr size_t kKinds = static_cast<size_t>(JsKind::kStruct);

  v8::Isolate* isolate_;
  std::array<v8::Global<v8::String>, kWords> words_;
  std::array<v8::Global<v8::String>, kKinds> kinds_;  // but "struct", which is no type by itself
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_WORDS_H_
