// type_parser: types as definitions spell them. See js_type.h; aggregates are in
// aggregate_parser.cc.
//
// Reading a type may run its getters, so nothing native is held meanwhile.

#include "v8_glue/type_parser.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "abi/convention.h"
#include "abi/layout.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/form_hooks.h"

namespace springboard::glue {

namespace {

// The keys that make an object a native type, each with those that may stand beside it.
struct KeyRow {
  Word key;
  std::array<std::optional<Word>, 2> options;
};
constexpr KeyRow kKeys[] = {
    {Word::kStruct, {Word::kPacked, Word::kAlign}},
    {Word::kUnion, {Word::kPacked, Word::kAlign}},
    {Word::kArray, {Word::kLength, std::nullopt}},
    {Word::kBits, {Word::kWidth, std::nullopt}},
    {Word::kComplex, {}},
    {Word::kVector, {Word::kLength, std::nullopt}},
};

std::string Quoted(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  return "'" + Utf8(isolate, value) + "'";
}

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// Lists what Deno has, and i53 and u53, which are as basic.
std::string UnknownVariant(const std::string& quoted) {
  std::string message = "unknown variant " + quoted + ", expected one of ";
  for (size_t i = 0; i <= static_cast<size_t>(JsKind::kStruct); ++i) {
    if (i > 0) message += ", ";
    message.append("'").append(TraitsOf(static_cast<JsKind>(i)).name).append("'");
  }
  return message;
}

}  // namespace

std::optional<JsType> TypeParser::Parse(v8::Local<v8::Value> value, bool allow_void,
                                        v8::Local<v8::Value>* form) {
  const std::optional<JsType> type = ParseAny(value, 0, form);
  if (!type) return std::nullopt;
  if (type->kind == JsKind::kVoid && !allow_void) {
    return Fail("unsupported type 'void', only a result can be void");
  }
  if (last_.is_flexible) return FailFlexible();
  return type;
}

std::optional<JsLayout> TypeParser::ParseLayout(v8::Local<v8::Value> value) {
  const std::optional<JsType> type = ParseAny(value, 0);
  if (!type) return std::nullopt;
  const StatusOr<abi::Layout> layout = abi::LayoutOf(type->type, abi::HostConvention());
  if (!layout.ok()) return Fail(layout.status().message());
  JsLayout result = {layout->size, layout->align, {}, {}};
  if (type->kind == JsKind::kStruct) {
    result.places = std::move(last_.places);
    result.widths = std::move(last_.widths);
  }
  return result;
}

std::nullopt_t TypeParser::Fail(const std::string& message) {
  ThrowTypeError(isolate_, site_.At(message));
  return std::nullopt;
}

std::nullopt_t TypeParser::FailFlexible() {
  return Fail("a struct that ends in a flexible array is passed by pointer only");
}

std::nullopt_t TypeParser::NoType(v8::Local<v8::Value> value) {
  return Fail("invalid type: " + Describe(isolate_, value) + ", expected string or map");
}

std::optional<JsType> TypeParser::ParseAny(v8::Local<v8::Value> value, uint32_t depth,
                                           v8::Local<v8::Value>* form) {
  last_ = {};
  if (value->IsString()) return ParseName(value);
  if (value->IsArray() || !value->IsObject()) return NoType(value);
  const v8::Local<v8::Object> object = value.As<v8::Object>();
  std::optional<Word> key;
  v8::Local<v8::Value> inner;
  if (!value->IsFunction() && !ReadKey(object, &key, &inner)) return std::nullopt;
  return key ? ParseKeyed(*key, object, inner, depth) : ParseLowered(object, depth, form);
}

std::optional<JsType> TypeParser::ParseLowered(v8::Local<v8::Object> object, uint32_t depth,
                                               v8::Local<v8::Value>* form) {
  v8::Local<v8::Value> lowered;
  if (!HasRoom() || !environment_.forms().Lower(object, site_).ToLocal(&lowered)) {
    return std::nullopt;
  }
  if (lowered->IsString()) return ParseName(lowered);
  if (lowered->IsObject()) return ParseCore(lowered.As<v8::Object>(), depth, form);
  return object->IsFunction() ? NoType(object) : NoForm(object);
}

std::optional<JsType> TypeParser::ParseCore(v8::Local<v8::Object> lowered, uint32_t depth,
                                            v8::Local<v8::Value>* form) {
  v8::Local<v8::Value> core;
  v8::Local<v8::Value> member;
  if (!lowered->Get(context_, Name(isolate_, "core")).ToLocal(&core) ||
      !lowered->Get(context_, Name(isolate_, "member")).ToLocal(&member)) {
    return std::nullopt;
  }
  if (depth > 0 && member->IsFalse()) return Fail("unsupported type of a struct's field");
  if (form != nullptr) *form = lowered;
  return ParseAny(core, depth);
}

std::optional<JsType> TypeParser::ParseKeyed(Word key, v8::Local<v8::Object> object,
                                             v8::Local<v8::Value> inner, uint32_t depth) {
  switch (key) {
    case Word::kComplex:
      return ParseComplex(inner, depth);
    case Word::kVector:
      return ParseVector(object, inner, depth);
    case Word::kStruct:
    case Word::kUnion:
      return ParseAggregate(key, object, inner.As<v8::Array>(), depth);
    default:
      return Fail("unsupported type " + Quoted(Words::Text(key)) +
                  ", only a struct or union can have a member of it");
  }
}

bool TypeParser::ReadKey(v8::Local<v8::Object> object, std::optional<Word>* key,
                         v8::Local<v8::Value>* inner) {
  const Words& words = environment_.words();
  // V8 keeps one string of each text that names a property.
  const auto is = [&](v8::Local<v8::Value> name, Word word) { return name == words.Get(word); };
  v8::LocalVector<v8::Value> others(isolate_);
  const KeyRow* found = nullptr;
  v8::Local<v8::Array> names;
  if (!object->GetOwnPropertyNames(context_).ToLocal(&names)) return false;
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name;
    if (!names->Get(context_, i).ToLocal(&name)) return false;
    const auto* row = std::find_if(std::begin(kKeys), std::end(kKeys),
                                   [&](const KeyRow& each) { return is(name, each.key); });
    if (row == std::end(kKeys)) {
      others.push_back(name);
    } else if (found == nullptr) {
      found = row;
    } else {
      return Refuse("a type is either " + Quoted(Words::Text(found->key)) + " or " +
                    Quoted(Words::Text(row->key)));
    }
  }
  if (found == nullptr) return true;
  if (!object->Get(context_, words.Get(found->key)).ToLocal(inner)) return false;
  const bool is_aggregate = found->key == Word::kStruct || found->key == Word::kUnion;
  // Fields with names make a form.
  if (is_aggregate && !(*inner)->IsArray()) return true;
  for (const v8::Local<v8::Value>& name : others) {
    const auto& options = found->options;
    if (std::any_of(options.begin(), options.end(),
                    [&](auto option) { return option && is(name, *option); })) {
      continue;
    }
    // As Deno says it.
    if (is_aggregate) return Refuse("invalid value: map, expected map with a single key");
    return Refuse("unknown field " + Quoted(isolate_, name) + " of a type " +
                  Quoted(Words::Text(found->key)));
  }
  *key = found->key;
  return true;
}

std::nullopt_t TypeParser::NoForm(v8::Local<v8::Object> object) {
  v8::Local<v8::Array> keys;
  v8::Local<v8::Value> key;
  v8::Local<v8::Value> members;
  if (!object->GetOwnPropertyNames(context_).ToLocal(&keys)) return std::nullopt;
  if (keys->Length() != 1) return Fail("invalid value: map, expected map with a single key");
  if (!keys->Get(context_, 0).ToLocal(&key)) return std::nullopt;
  const bool is_union = key->StrictEquals(environment_.words().Get(Word::kUnion));
  if (!is_union && !key->StrictEquals(environment_.words().Get(Word::kStruct))) {
    return Fail(UnknownVariant(Quoted(isolate_, key)));
  }
  if (!object->Get(context_, key).ToLocal(&members)) return std::nullopt;
  return Fail("invalid type: " + Describe(isolate_, members) + ", expected an array of " +
              (is_union ? "union" : "struct") + " fields");
}

bool TypeParser::HasRoom() {
  if (environment_.stack_room().ForJavaScript()) return true;
  isolate_->ThrowException(NewStackOverflow(isolate_, site_.At("no room for nested structs")));
  return false;
}

std::optional<JsType> TypeParser::ParseName(v8::Local<v8::Value> value) {
  if (const std::optional<JsKind> kind = environment_.words().KindOf(value)) {
    return Sized(*kind, abi::Type::Scalar(TraitsOf(*kind).type));
  }
  const std::string name = Utf8(isolate_, value);
  if (const std::optional<JsKind> kind = KindNamed(name)) {
    return Sized(*kind, abi::Type::Scalar(TraitsOf(*kind).type));
  }
  const std::string quoted = Quoted(name);
  // Deno's function pointers look at a struct's fields first, and say it so.
  return Fail(outer_.empty() ? UnknownVariant(quoted)
                             : "Cannot get pointer size, unsupported type: " + name + ": " +
                                   UnknownVariant(quoted));
}

std::optional<JsType> TypeParser::ParseComplex(v8::Local<v8::Value> inner, uint32_t depth) {
  if (!HasRoom()) return std::nullopt;
  const std::optional<JsType> element = ParseAny(inner, depth + 1);
  if (!element) return std::nullopt;
  const bool is_float = element->kind == JsKind::kF32 || element->kind == JsKind::kF64 ||
                        element->kind == JsKind::kLongDouble;
  if (!is_float) {
    return Fail("unsupported complex number of " + std::string(NameOf(*element)) +
                ", expected 'f32', 'f64' or 'long double'");
  }
  const StatusOr<const abi::Type*> type = abi::Type::Complex(element->type);
  if (!type.ok()) return Fail(type.status().message());
  return Sized(JsKind::kComplex, *type);
}

std::optional<JsType> TypeParser::ParseVector(v8::Local<v8::Object> object,
                                              v8::Local<v8::Value> inner, uint32_t depth) {
  if (!HasRoom()) return std::nullopt;
  const std::optional<JsType> element = ParseAny(inner, depth + 1);
  if (!element) return std::nullopt;
  switch (TraitsOf(element->kind).kind_class) {
    case KindClass::kInteger:
    case KindClass::kBigInteger:
    case KindClass::kFloat:
      break;
    default:
      return Fail("unsupported vector of " + std::string(NameOf(*element)) +
                  ", expected integers or numbers that a typed array has");
  }
  const std::optional<uint32_t> length = ReadCount(object, Word::kLength);
  if (!length) return std::nullopt;
  const StatusOr<const abi::Type*> type = abi::Type::Vector(element->type, *length);
  if (!type.ok()) return Fail(type.status().message());
  return Sized(JsKind::kVector, *type);
}

std::optional<uint32_t> TypeParser::ReadCount(v8::Local<v8::Object> object, Word word,
                                              uint32_t least) {
  v8::Local<v8::Value> value;
  if (!environment_.words().ReadOwn(context_, object, word, &value)) return std::nullopt;
  constexpr uint32_t kMost = abi::kMaxAggregateBytes;
  if (value->IsUint32() && value.As<v8::Uint32>()->Value() >= least &&
      value.As<v8::Uint32>()->Value() <= kMost) {
    return value.As<v8::Uint32>()->Value();
  }
  const std::string got =
      value->IsNumber() ? *v8::String::Utf8Value(isolate_, value) : Describe(isolate_, value);
  return Fail("invalid value of " + Quoted(Words::Text(word)) + ": " + got +
              ", expected an integer from " + std::to_string(least) + " to " +
              std::to_string(kMost));
}

std::optional<JsType> TypeParser::Sized(JsKind kind, const abi::Type* type) {
  if (kind == JsKind::kVoid) return JsType{kind, type, 0};
  const StatusOr<abi::Layout> layout = abi::LayoutOf(type, abi::HostConvention());
  if (!layout.ok()) return Fail(layout.status().message());
  const auto size = static_cast<uint32_t>(layout->size);
  return JsType{kind, type, size, type->is_aggregate() || size > sizeof(uint64_t)};
}

std::optional<JsType> ParseJsType(Environment& environment, v8::Local<v8::Value> value,
                                  bool allow_void, const DefinitionSite& site,
                                  v8::Local<v8::Value>* form) {
  return TypeParser(environment, site).Parse(value, allow_void, form);
}

std::optional<JsLayout> ParseJsLayout(Environment& environment, v8::Local<v8::Value> value,
                                      const DefinitionSite& site) {
  return TypeParser(environment, site).ParseLayout(value);
}

}  // namespace springboard::glue
