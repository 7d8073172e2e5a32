// words: see words.h.

#include "v8_glue/words.h"

#include "v8_glue/error.h"

namespace springboard::glue {

namespace {

constexpr std::array<std::string_view, 26> kTexts = {
    "abi",    "align",      "array",  "bits",    "complex", "cxx",         "errno",
    "flags",  "leaf",       "length", "memory",  "name",    "nonblocking", "optional",
    "packed", "parameters", "result", "strict",  "struct",  "throws",      "trace",
    "type",   "union",      "vector", "version", "width",
};

}  // namespace

Words::Words(v8::Isolate* isolate) : isolate_(isolate) {
  static_assert(kTexts.size() == kWords);
  for (size_t i = 0; i < kWords; ++i) words_[i].Reset(isolate, Name(isolate, kTexts[i]));
  for (size_t i = 0; i < kKinds; ++i) {
    kinds_[i].Reset(isolate, Name(isolate, TraitsOf(static_cast<JsKind>(i)).name));
  }
}

std::string_view Words::Text(Word word) { return kTexts[static_cast<size_t>(word)]; }

v8::Local<v8::String> Words::Get(Word word) const {
  return words_[static_cast<size_t>(word)].Get(isolate_);
}

bool Words::ReadOwn(v8::Local<v8::Context> context, v8::Local<v8::Object> object, Word word,
                    v8::Local<v8::Value>* value) const {
  const v8::Local<v8::String> name = Get(word);
  bool own = false;
  if (!object->HasOwnProperty(context, name).To(&own)) return false;
  *value = v8::Undefined(isolate_);
  return !own || object->Get(context, name).ToLocal(value);
}

std::optional<JsKind> Words::KindOf(v8::Local<v8::Value> value) const {
  for (size_t i = 0; i < kKinds; ++i) {
    if (kinds_[i] == value) return static_cast<JsKind>(i);
  }
  return std::nullopt;
}

}  // namespace springboard::glue
