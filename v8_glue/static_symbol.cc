// static_symbol: see static_symbol.h.

#include "v8_glue/static_symbol.h"

#include <string>

#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"

namespace springboard::glue {

std::optional<JsType> ParseStaticType(Environment& environment, v8::Local<v8::Value> value,
                                      std::string_view site) {
  const std::optional<JsType> type = ParseJsType(environment, value, true, site);
  if (!type) return std::nullopt;
  if (type->kind != JsKind::kVoid && type->kind != JsKind::kStruct) return type;
  ThrowTypeError(environment.isolate(), "Foreign symbol of type '" +
                                            std::string(NameOf(type->kind)) +
                                            "' is not supported: " + std::string(site));
  return std::nullopt;
}

v8::Local<v8::Value> StaticValue(Environment& environment, const JsType& type,
                                 const void* address) {
  switch (type.kind) {
    case JsKind::kPointer:
    case JsKind::kBuffer:
    case JsKind::kFunction:
      return PointerToJs(environment.isolate(), address);
    default:
      return ToJs(environment, type, address);
  }
}

}  // namespace springboard::glue
