// type_handle: see type_handle.h, and binding.h for nativeType.

#include "v8_glue/type_handle.h"

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "abi/convention.h"
#include "abi/layout.h"
#include "v8_glue/binding.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"

namespace springboard::glue {

namespace {

// nativeType(type, site) -> { handle, name, size, align, form }: of any type; `form` is undefined
// if it is none, and the others are those of its core. Throws the TypeError of a bad type.
void NativeType(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  const std::string site = Utf8(isolate, info[1]);
  v8::Local<v8::Value> form = v8::Undefined(isolate);
  const std::optional<JsType> type = ParseJsType(environment, info[0], false, {site}, &form);
  v8::Local<v8::Object> handle;
  if (!type || !TypeHandle::Make(environment, *type).ToLocal(&handle)) return;
  const uint32_t align = abi::LayoutOf(type->type, abi::HostConvention())->align;
  v8::Local<v8::Name> names[] = {Name(isolate, "handle"), Name(isolate, "name"),
                                 Name(isolate, "size"), Name(isolate, "align"),
                                 Name(isolate, "form")};
  v8::Local<v8::Value> values[] = {handle, Name(isolate, TraitsOf(type->kind).name),
                                   v8::Integer::NewFromUnsigned(isolate, type->size),
                                   v8::Integer::NewFromUnsigned(isolate, align), form};
  info.GetReturnValue().Set(
      v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names)));
}

}  // namespace

v8::MaybeLocal<v8::Object> TypeHandle::Make(Environment& environment, const JsType& type) {
  std::unique_ptr<TypeHandle> owned(new TypeHandle(environment, type));
  TypeHandle* const type_handle = owned.get();
  v8::Local<v8::Object> handle;
  if (!environment.NewHandle(type_handle).ToLocal(&handle)) return {};
  environment.Adopt(std::move(owned));
  type_handle->TetherTo(handle);
  return handle;
}

const JsType& TypeHandle::Of(v8::Local<v8::Value> handle) {
  return static_cast<TypeHandle*>(HandlePointer(handle.As<v8::Object>()))->type_;
}

void AddTypeFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "nativeType", NativeType);
}

}  // namespace springboard::glue
