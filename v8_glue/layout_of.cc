// layout_of: where C puts the members of a type, for JavaScript. See binding.h.

#include <iterator>
#include <string>
#include <string_view>

#include "v8_glue/binding.h"
#include "v8_glue/definition_site.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/js_type.h"

namespace springboard::glue {

namespace {

v8::Local<v8::Value> NumberOf(v8::Isolate* isolate, uint64_t number) {
  return v8::Integer::NewFromUnsigned(isolate, static_cast<uint32_t>(number));
}

// A number; for a bit-field { offset, bit, width }.
v8::Local<v8::Value> PlaceOf(v8::Isolate* isolate, const abi::CPlace& place,
                             std::optional<uint32_t> width) {
  const v8::Local<v8::Value> offset = NumberOf(isolate, place.offset);
  if (!width) return offset;
  v8::Local<v8::Name> names[] = {Name(isolate, "offset"), Name(isolate, "bit"),
                                 Name(isolate, "width")};
  v8::Local<v8::Value> values[] = {offset, NumberOf(isolate, place.bit), NumberOf(isolate, *width)};
  return v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
}

// layoutOf(type, at) -> { size, align, offsets }: of a struct or union one offset per member in
// order, of anything else none. A bit-field has { offset, bit, width } in its place: `bit` (0 to 7,
// 0 the lowest) of the byte at `offset` is its first, and it may reach into the next eight bytes.
void LayoutOf(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  std::string at;
  if (info[1]->IsString()) at = Utf8(isolate, info[1]);
  constexpr std::string_view kColon = ": ";
  if (at.starts_with(kColon)) at.erase(0, kColon.size());
  const std::optional<JsLayout> layout = ParseJsLayout(environment, info[0], {at});
  if (!layout) return;
  v8::LocalVector<v8::Value> offsets(isolate);
  for (size_t i = 0; i < layout->places.size(); ++i) {
    offsets.push_back(PlaceOf(isolate, layout->places[i], layout->widths[i]));
  }
  v8::Local<v8::Name> names[] = {Name(isolate, "size"), Name(isolate, "align"),
                                 Name(isolate, "offsets")};
  v8::Local<v8::Value> values[] = {NumberOf(isolate, layout->size),
                                   NumberOf(isolate, layout->align),
                                   v8::Array::New(isolate, offsets.data(), offsets.size())};
  info.GetReturnValue().Set(
      v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names)));
}

}  // namespace

void AddLayoutFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "layoutOf", LayoutOf);
}

}  // namespace springboard::glue
