// type_parser: parses one type of a definition. What it gives is in js_type.h.
//
// Lives on the stack for one call, isolate thread only. Every method that returns nothing, or
// false, has thrown.

#ifndef SPRINGBOARD_V8_GLUE_TYPE_PARSER_H_
#define SPRINGBOARD_V8_GLUE_TYPE_PARSER_H_

#include <v8.h>

#include <optional>
#include <string>
#include <vector>

#include "abi/c_aggregate.h"
#include "v8_glue/definition_site.h"
#include "v8_glue/environment.h"
#include "v8_glue/js_type.h"
#include "v8_glue/words.h"

namespace springboard::glue {

class TypeParser {
 public:
  TypeParser(Environment& environment, const DefinitionSite& site)
      : environment_(environment),
        isolate_(environment.isolate()),
        context_(environment.context()),
        site_(site),
        outer_(isolate_) {}

  std::optional<JsType> Parse(v8::Local<v8::Value> value, bool allow_void,
                              v8::Local<v8::Value>* form);
  std::optional<JsLayout> ParseLayout(v8::Local<v8::Value> value);

 private:
  // What a JsType does not say of the aggregate that was parsed last.
  struct Aggregate {
    bool is_flexible = false;
    std::vector<abi::CPlace> places;
    std::vector<std::optional<uint32_t>> widths;
  };

  std::nullopt_t Fail(const std::string& message);
  std::nullopt_t FailFlexible();
  bool Refuse(const std::string& message) { return Fail(message), false; }
  // `value` is no type, or `object` is none that anybody knows.
  std::nullopt_t NoType(v8::Local<v8::Value> value);
  std::nullopt_t NoForm(v8::Local<v8::Object> object);

  // A type inside `depth` others.
  std::optional<JsType> ParseAny(v8::Local<v8::Value> value, uint32_t depth,
                                 v8::Local<v8::Value>* form = nullptr);
  std::optional<JsType> ParseName(v8::Local<v8::Value> value);
  // A form, or nothing that anybody knows.
  std::optional<JsType> ParseLowered(v8::Local<v8::Object> object, uint32_t depth,
                                     v8::Local<v8::Value>* form);
  std::optional<JsType> ParseCore(v8::Local<v8::Object> lowered, uint32_t depth,
                                  v8::Local<v8::Value>* form);
  // `inner` is object[key].
  std::optional<JsType> ParseKeyed(Word key, v8::Local<v8::Object> object,
                                   v8::Local<v8::Value> inner, uint32_t depth);
  std::optional<JsType> ParseComplex(v8::Local<v8::Value> inner, uint32_t depth);
  std::optional<JsType> ParseVector(v8::Local<v8::Object> object, v8::Local<v8::Value> inner,
                                    uint32_t depth);
  std::optional<JsType> ParseAggregate(Word key, v8::Local<v8::Object> object,
                                       v8::Local<v8::Array> fields, uint32_t depth);
  std::optional<JsType> ParseFields(Word key, v8::Local<v8::Object> object,
                                    v8::Local<v8::Array> fields, uint32_t depth);
  // One field of an aggregate, or an array's element.
  std::optional<abi::CMember> ParseField(v8::Local<v8::Value> value, uint32_t depth);
  std::optional<abi::CMember> ParseArray(v8::Local<v8::Object> object, v8::Local<v8::Value> inner,
                                         uint32_t depth);
  std::optional<abi::CMember> ParseBits(v8::Local<v8::Object> object, v8::Local<v8::Value> inner,
                                        uint32_t depth);

  // Which key makes `object` a native type, and its value; *key stays empty if none does.
  bool ReadKey(v8::Local<v8::Object> object, std::optional<Word>* key, v8::Local<v8::Value>* inner);
  std::optional<uint32_t> ReadCount(v8::Local<v8::Object> object, Word word, uint32_t least = 1);
  bool ReadOptions(v8::Local<v8::Object> object, abi::AggregateOptions* options);
  // A number of bytes; `when_true` is what `true` means, 0: nothing.
  bool ReadAlignment(v8::Local<v8::Object> object, Word word, uint32_t when_true, uint32_t* value);

  // V8 looks at its limit when it runs JavaScript, which this need not come to.
  bool HasRoom();
  std::optional<JsType> Sized(JsKind kind, const abi::Type* type);

  Environment& environment_;
  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  const DefinitionSite& site_;
  // The aggregates that the one at hand is a field of.
  v8::LocalVector<v8::Object> outer_;
  uint32_t fields_ = 0;  // parsed so far
  Aggregate last_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TYPE_PARSER_H_
