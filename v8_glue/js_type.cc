// js_type: see js_type.h.
//
// Reading a type may run its getters, so nothing native is held meanwhile.

#include "v8_glue/js_type.h"

#include <array>
#include <limits>
#include <string>

#include "abi/convention.h"
#include "abi/layout.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/form_hooks.h"
#include "v8_glue/words.h"

namespace springboard::glue {

namespace {

template <typename Integer>
constexpr KindTraits IntegerTraits(std::string_view name, abi::TypeKind type,
                                   KindClass kind_class) {
  return {name, type, kind_class, std::numeric_limits<Integer>::min(),
          static_cast<uint64_t>(std::numeric_limits<Integer>::max())};
}

// The greatest integer up to which a Number tells every integer from its neighbours.
constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

// In the order of JsKind. Pointers are 64 bits wide on every convention there is, and so is usize.
constexpr std::array<KindTraits, kKindCount> kKinds = {{
    {"void", abi::TypeKind::kVoid, KindClass::kVoid},
    {"bool", abi::TypeKind::kBool, KindClass::kBool},
    IntegerTraits<uint8_t>("u8", abi::TypeKind::kU8, KindClass::kInteger),
    IntegerTraits<int8_t>("i8", abi::TypeKind::kI8, KindClass::kInteger),
    IntegerTraits<uint16_t>("u16", abi::TypeKind::kU16, KindClass::kInteger),
    IntegerTraits<int16_t>("i16", abi::TypeKind::kI16, KindClass::kInteger),
    IntegerTraits<uint32_t>("u32", abi::TypeKind::kU32, KindClass::kInteger),
    IntegerTraits<int32_t>("i32", abi::TypeKind::kI32, KindClass::kInteger),
    IntegerTraits<uint64_t>("u64", abi::TypeKind::kU64, KindClass::kBigInteger),
    IntegerTraits<int64_t>("i64", abi::TypeKind::kI64, KindClass::kBigInteger),
    IntegerTraits<uint64_t>("usize", abi::TypeKind::kU64, KindClass::kBigInteger),
    IntegerTraits<int64_t>("isize", abi::TypeKind::kI64, KindClass::kBigInteger),
    {"i53", abi::TypeKind::kI64, KindClass::kSafeInteger, -kMaxSafeInteger, kMaxSafeInteger},
    {"u53", abi::TypeKind::kU64, KindClass::kSafeInteger, 0, kMaxSafeInteger},
    {"f32", abi::TypeKind::kF32, KindClass::kFloat},
    {"f64", abi::TypeKind::kF64, KindClass::kFloat},
    {"pointer", abi::TypeKind::kPointer, KindClass::kPointer},
    {"buffer", abi::TypeKind::kPointer, KindClass::kPointer},
    {"function", abi::TypeKind::kPointer, KindClass::kPointer},
    {"cstring", abi::TypeKind::kPointer, KindClass::kString},
    {"cstring16", abi::TypeKind::kPointer, KindClass::kString},
    {"cstring32", abi::TypeKind::kPointer, KindClass::kString},
    {"struct", abi::TypeKind::kStruct, KindClass::kStruct},
}};
static_assert(kKinds.back().kind_class == KindClass::kStruct);

std::string Quoted(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? "''" : "'" + std::string(*text, text.length()) + "'";
}

std::string UnknownVariant(const std::string& quoted) {
  std::string message = "unknown variant " + quoted + ", expected one of ";
  for (const KindTraits& kind : kKinds) {
    // The message is as Deno has it: programs know it.
    if (kind.kind_class == KindClass::kString) continue;
    if (&kind != &kKinds.front()) message += ", ";
    message.append("'").append(kind.name).append("'");
  }
  return message;
}

// Parses one type; keeps what every nested call needs.
class TypeParser {
 public:
  TypeParser(Environment& environment, const DefinitionSite& site)
      : environment_(environment),
        isolate_(environment.isolate()),
        context_(environment.context()),
        site_(site),
        outer_(isolate_) {}

  std::optional<JsType> Parse(v8::Local<v8::Value> value, bool allow_void,
                              v8::Local<v8::Value>* form) {
    const std::optional<JsType> type = ParseAny(value, 0, form);
    if (type && type->kind == JsKind::kVoid && !allow_void) {
      return Fail("unsupported type 'void', only a result can be void");
    }
    return type;
  }

 private:
  std::nullopt_t Fail(const std::string& message) {
    ThrowTypeError(isolate_, site_.At(message));
    return std::nullopt;
  }

  std::optional<JsType> ParseAny(v8::Local<v8::Value> value, uint32_t depth,
                                 v8::Local<v8::Value>* form = nullptr) {
    if (value->IsString()) return ParseName(value);
    if (value->IsArray() || !value->IsObject()) return NoType(value);
    const v8::Local<v8::Object> object = value.As<v8::Object>();
    v8::Local<v8::Array> members;
    const v8::Maybe<bool> read = ReadMembers(object, &members);
    if (read.IsNothing()) return std::nullopt;
    if (read.FromJust()) return ParseStruct(object, members, depth);
    v8::Local<v8::Value> lowered;
    if (!HasRoom() || !environment_.forms().Lower(value, site_).ToLocal(&lowered)) {
      return std::nullopt;
    }
    if (lowered->IsString()) return ParseName(lowered);
    if (lowered->IsObject()) return ParseCore(lowered.As<v8::Object>(), depth, form);
    return value->IsFunction() ? NoType(value) : NoForm(object);
  }

  std::nullopt_t NoType(v8::Local<v8::Value> value) {
    return Fail("invalid type: " + Describe(isolate_, value) + ", expected string or map");
  }

  std::optional<JsType> ParseCore(v8::Local<v8::Object> lowered, uint32_t depth,
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

  // Whether `object` is { struct: [...] }; then *members are its fields. Nothing with an exception
  // pending.
  v8::Maybe<bool> ReadMembers(v8::Local<v8::Object> object, v8::Local<v8::Array>* members) {
    const v8::Local<v8::String> word = environment_.words().Get(Word::kStruct);
    v8::Local<v8::Array> keys;
    v8::Local<v8::Value> key;
    v8::Local<v8::Value> value;
    if (!object->GetOwnPropertyNames(context_).ToLocal(&keys)) return v8::Nothing<bool>();
    if (keys->Length() != 1) return v8::Just(false);
    if (!keys->Get(context_, 0).ToLocal(&key)) return v8::Nothing<bool>();
    if (!key->StrictEquals(word)) return v8::Just(false);
    if (!object->Get(context_, key).ToLocal(&value)) return v8::Nothing<bool>();
    if (!value->IsArray()) return v8::Just(false);
    *members = value.As<v8::Array>();
    return v8::Just(true);
  }

  // The message for an object that is no type.
  std::nullopt_t NoForm(v8::Local<v8::Object> object) {
    v8::Local<v8::Array> keys;
    v8::Local<v8::Value> key;
    v8::Local<v8::Value> members;
    if (!object->GetOwnPropertyNames(context_).ToLocal(&keys)) return std::nullopt;
    if (keys->Length() != 1) return Fail("invalid value: map, expected map with a single key");
    if (!keys->Get(context_, 0).ToLocal(&key)) return std::nullopt;
    if (!key->StrictEquals(environment_.words().Get(Word::kStruct))) {
      return Fail(UnknownVariant(Quoted(isolate_, key)));
    }
    if (!object->Get(context_, key).ToLocal(&members)) return std::nullopt;
    return Fail("invalid type: " + Describe(isolate_, members) +
                ", expected an array of struct fields");
  }

  // V8 looks at its limit when it runs JavaScript, which this need not come to.
  bool HasRoom() {
    if (environment_.stack_room().ForJavaScript()) return true;
    isolate_->ThrowException(NewStackOverflow(isolate_, site_.At("no room for nested structs")));
    return false;
  }

  std::optional<JsType> ParseName(v8::Local<v8::Value> value) {
    if (const std::optional<JsKind> kind = environment_.words().KindOf(value)) {
      return Sized(*kind, abi::Type::Scalar(TraitsOf(*kind).type));
    }
    v8::String::Utf8Value text(isolate_, value);
    std::string_view name(*text, text.length());
    if (name == "wcstring") name = sizeof(wchar_t) == 2 ? "cstring16" : "cstring32";
    for (size_t i = 0; i < kKinds.size(); ++i) {
      if (kKinds[i].name != name || static_cast<JsKind>(i) == JsKind::kStruct) continue;
      const abi::Type* type = abi::Type::Scalar(kKinds[i].type);
      return Sized(static_cast<JsKind>(i), type);
    }
    const std::string quoted = Quoted(isolate_, value);
    // Deno's function pointers look at a struct's fields first, and say it so.
    return Fail(outer_.empty() ? UnknownVariant(quoted)
                               : "Cannot get pointer size, unsupported type: " + std::string(name) +
                                     ": " + UnknownVariant(quoted));
  }

  std::optional<JsType> ParseStruct(v8::Local<v8::Object> object, v8::Local<v8::Array> members,
                                    uint32_t depth) {
    if (!HasRoom()) return std::nullopt;
    for (const v8::Local<v8::Object>& outer : outer_) {
      if (object->StrictEquals(outer)) {
        return Fail("Cannot get pointer size: found recursive struct, recursion limit exceeded");
      }
    }
    if (depth >= abi::kMaxNesting) {
      return Fail("recursion limit exceeded: a struct nests more than " +
                  std::to_string(abi::kMaxNesting) + " deep");
    }
    outer_.push_back(object);
    const std::optional<JsType> type = ParseMembers(members, depth);
    outer_.pop_back();
    return type;
  }

  std::optional<JsType> ParseMembers(v8::Local<v8::Array> members, uint32_t depth) {
    const uint32_t count = members->Length();
    if (count == 0) return Fail("Struct must have at least one field");
    if (count > abi::kMaxMembers) {
      return Fail("a struct has more than " + std::to_string(abi::kMaxMembers) + " fields");
    }
    std::vector<const abi::Type*> types;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < count; ++i) {
      v8::HandleScope scope(isolate_);
      v8::Local<v8::Value> member;
      if (!members->Get(context_, i).ToLocal(&member)) return std::nullopt;
      const std::optional<JsType> type = ParseAny(member, depth + 1);
      if (!type) return std::nullopt;
      if (type->kind == JsKind::kVoid) {
        return Fail("Cannot get pointer size, unsupported type: void");
      }
      types.push_back(type->type);
      // Not left to the layout: fields that are structs themselves would all be parsed first, and
      // thousands of thousands take seconds.
      bytes += type->size;
      if (bytes > abi::kMaxAggregateBytes) {
        return Fail("a struct is larger than " + std::to_string(abi::kMaxAggregateBytes) +
                    " bytes");
      }
    }
    const StatusOr<const abi::Type*> type = abi::Type::Struct(std::move(types));
    if (!type.ok()) return Fail(type.status().message());
    return Sized(JsKind::kStruct, *type);
  }

  std::optional<JsType> Sized(JsKind kind, const abi::Type* type) {
    if (kind == JsKind::kVoid) return JsType{kind, type, 0};
    const StatusOr<abi::Layout> layout = abi::LayoutOf(type, abi::HostConvention());
    if (!layout.ok()) return Fail(layout.status().message());
    return JsType{kind, type, static_cast<uint32_t>(layout->size)};
  }

  Environment& environment_;
  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  const DefinitionSite& site_;
  // The structs that the one at hand is a field of.
  v8::LocalVector<v8::Object> outer_;
};

}  // namespace

const KindTraits& TraitsOf(JsKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::optional<JsType> ParseJsType(Environment& environment, v8::Local<v8::Value> value,
                                  bool allow_void, const DefinitionSite& site,
                                  v8::Local<v8::Value>* form) {
  return TypeParser(environment, site).Parse(value, allow_void, form);
}

}  // namespace springboard::glue
