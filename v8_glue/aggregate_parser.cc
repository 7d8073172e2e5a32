// aggregate_parser: structs, unions and what only they can have: arrays, bit-fields. Methods of
// TypeParser; see type_parser.h.

#include <string>
#include <utility>

#include "abi/convention.h"
#include "abi/layout.h"
#include "v8_glue/error.h"
#include "v8_glue/type_parser.h"

namespace springboard::glue {

namespace {

// "struct" or "union".
std::string What(Word key) { return std::string(Words::Text(key)); }

}  // namespace

std::optional<JsType> TypeParser::ParseAggregate(Word key, v8::Local<v8::Object> object,
                                                 v8::Local<v8::Array> fields, uint32_t depth) {
  if (!HasRoom()) return std::nullopt;
  for (const v8::Local<v8::Object>& outer : outer_) {
    if (object->StrictEquals(outer)) {
      return Fail("Cannot get pointer size: found recursive struct, recursion limit exceeded");
    }
  }
  if (depth >= abi::kMaxNesting) {
    return Fail("recursion limit exceeded: a " + What(key) + " nests more than " +
                std::to_string(abi::kMaxNesting) + " deep");
  }
  outer_.push_back(object);
  std::optional<JsType> type = ParseFields(key, object, fields, depth);
  outer_.pop_back();
  return type;
}

std::optional<JsType> TypeParser::ParseFields(Word key, v8::Local<v8::Object> object,
                                              v8::Local<v8::Array> fields, uint32_t depth) {
  const bool is_union = key == Word::kUnion;
  const uint32_t count = fields->Length();
  if (count == 0) {
    return Fail((is_union ? "Union" : "Struct") + std::string(" must have at least one field"));
  }
  if (count > abi::kMaxMembers) {
    return Fail("a " + What(key) + " has more than " + std::to_string(abi::kMaxMembers) +
                " fields");
  }
  abi::AggregateOptions options;
  if (!ReadOptions(object, &options)) return std::nullopt;
  std::vector<abi::CMember> members;
  Aggregate aggregate;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    v8::HandleScope scope(isolate_);
    v8::Local<v8::Value> field;
    if (!fields->Get(context_, i).ToLocal(&field)) return std::nullopt;
    const std::optional<abi::CMember> member = ParseField(field, depth + 1);
    if (!member) return std::nullopt;
    members.push_back(*member);
    aggregate.widths.push_back(member->width);
    aggregate.is_flexible |= member->is_flexible;
    if (member->width || member->is_flexible || is_union) continue;
    // Not left to the layout: fields that are structs themselves would all be parsed first, and
    // thousands of thousands take seconds.
    bytes += abi::LayoutOf(member->type, abi::HostConvention())->size;
    if (bytes > abi::kMaxAggregateBytes) {
      return Fail("a " + What(key) + " is larger than " + std::to_string(abi::kMaxAggregateBytes) +
                  " bytes");
    }
  }
  const auto make = is_union ? abi::CUnion : abi::CStruct;
  StatusOr<abi::CAggregate> made = make(members, options, abi::HostConvention());
  if (!made.ok()) return Fail(made.status().message());
  std::optional<JsType> type = Sized(JsKind::kStruct, made->type);
  if (type && type->size == 0 && !aggregate.is_flexible) {
    return Fail("a " + What(key) + " has no bytes");
  }
  aggregate.places = made->places;
  last_ = std::move(aggregate);
  return type;
}

std::optional<abi::CMember> TypeParser::ParseField(v8::Local<v8::Value> value, uint32_t depth) {
  // Bounds the work where members share their bytes.
  if (++fields_ > abi::kMaxLeaves) {
    return Fail("a type has more than " + std::to_string(abi::kMaxLeaves) + " fields in all");
  }
  std::optional<JsType> type;
  if (value->IsObject() && !value->IsArray() && !value->IsFunction()) {
    const v8::Local<v8::Object> object = value.As<v8::Object>();
    std::optional<Word> key;
    v8::Local<v8::Value> inner;
    if (!ReadKey(object, &key, &inner)) return std::nullopt;
    if (key == Word::kArray) return ParseArray(object, inner, depth);
    if (key == Word::kBits) return ParseBits(object, inner, depth);
    type = key ? ParseKeyed(*key, object, inner, depth) : ParseLowered(object, depth, nullptr);
  } else {
    type = ParseAny(value, depth);
  }
  if (!type) return std::nullopt;
  if (type->kind == JsKind::kVoid) {
    return Fail("Cannot get pointer size, unsupported type: void");
  }
  if (last_.is_flexible) return FailFlexible();
  return abi::CMember{type->type, {}};
}

std::optional<abi::CMember> TypeParser::ParseArray(v8::Local<v8::Object> object,
                                                   v8::Local<v8::Value> inner, uint32_t depth) {
  if (!HasRoom()) return std::nullopt;
  if (depth >= abi::kMaxNesting) {
    return Fail("recursion limit exceeded: an array nests more than " +
                std::to_string(abi::kMaxNesting) + " deep");
  }
  const std::optional<abi::CMember> element = ParseField(inner, depth + 1);
  if (!element) return std::nullopt;
  if (element->width || element->is_flexible) {
    return Fail("an array cannot have elements that are bit-fields or flexible arrays");
  }
  v8::Local<v8::Value> length;
  if (!environment_.words().ReadOwn(context_, object, Word::kLength, &length)) return std::nullopt;
  if (length->IsUndefined()) return abi::CMember{element->type, {}, true};
  const std::optional<uint32_t> count = ReadCount(object, Word::kLength);
  if (!count) return std::nullopt;
  const StatusOr<const abi::Type*> type = abi::Type::Array(element->type, *count);
  if (!type.ok()) return Fail(type.status().message());
  const StatusOr<abi::Layout> layout = abi::LayoutOf(*type, abi::HostConvention());
  if (!layout.ok()) return Fail(layout.status().message());
  return abi::CMember{*type, {}};
}

std::optional<abi::CMember> TypeParser::ParseBits(v8::Local<v8::Object> object,
                                                  v8::Local<v8::Value> inner, uint32_t depth) {
  const std::optional<JsType> type = ParseAny(inner, depth);
  if (!type) return std::nullopt;
  const std::optional<uint32_t> width = ReadCount(object, Word::kWidth, 0);
  if (!width) return std::nullopt;
  if (type->kind == JsKind::kVoid) return Fail("a bit-field is of type void");
  return abi::CMember{type->type, *width};
}

bool TypeParser::ReadOptions(v8::Local<v8::Object> object, abi::AggregateOptions* options) {
  return ReadAlignment(object, Word::kPacked, 1, &options->packed) &&
         ReadAlignment(object, Word::kAlign, 0, &options->align);
}

bool TypeParser::ReadAlignment(v8::Local<v8::Object> object, Word word, uint32_t when_true,
                               uint32_t* value) {
  v8::Local<v8::Value> given;
  if (!environment_.words().ReadOwn(context_, object, word, &given)) return false;
  if (given->IsUndefined()) return true;
  if (when_true != 0 && given->IsBoolean()) {
    *value = given->IsTrue() ? when_true : 0;
    return true;
  }
  const std::optional<uint32_t> read = ReadCount(object, word);
  if (read) *value = *read;
  return read.has_value();
}

}  // namespace springboard::glue
