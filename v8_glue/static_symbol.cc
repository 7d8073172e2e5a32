// static_symbol: see static_symbol.h.

#include "v8_glue/static_symbol.h"

#include <string>

#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"

namespace springboard::glue {

std::optional<JsType> ParseStaticType(Environment& environment, v8::Local<v8::Value> value,
                                      std::string_view site) {
  const std::optional<JsType> type = ParseJsType(environment, value, true, {site});
  if (!type) return std::nullopt;
  if (type->kind != JsKind::kVoid && type->kind != JsKind::kStruct) return type;
  ThrowTypeError(environment.isolate(), "Foreign symbol of type '" +
                                            std::string(TraitsOf(type->kind).name) +
                                            "' is not supported: " + std::string(site));
  return std::nullopt;
}

v8::MaybeLocal<v8::Value> StaticValue(Environment& environment, const JsType& type,
                                      const void* address, std::string_view name) {
  if (TraitsOf(type.kind).kind_class == KindClass::kPointer) {
    return PointerToJs(environment.isolate(), address);
  }
  return ToJs(environment, type, address, {name, ConversionSite::kVariable});
}

}  // namespace springboard::glue
