// symbols_object: see symbols_object.h.
//
// Adding a thousand properties to an object makes V8 create a thousand hidden classes, one after
// the other. Given all at once they make a dictionary, which is slow to call from. V8 turns a
// dictionary into fast properties, at once, when it is the prototype of an object that code reads a
// property of; so that is done, with an object made for the purpose.

#include "v8_glue/symbols_object.h"

#include <cassert>

#include "v8_glue/attempt.h"
#include "v8_glue/error.h"

namespace springboard::glue {

namespace {

bool DefineConstant(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                    v8::Local<v8::Name> name, v8::Local<v8::Value> value) {
  constexpr auto kConstant = static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontDelete);
  return object->DefineOwnProperty(context, name, value, kConstant).FromMaybe(false);
}

}  // namespace

SymbolsObjects::SymbolsObjects(v8::Local<v8::Context> context)
    : isolate_(v8::Isolate::GetCurrent()), context_(isolate_, context) {}

v8::MaybeLocal<v8::Object> SymbolsObjects::Make(const v8::LocalVector<v8::Name>& names,
                                                const v8::LocalVector<v8::Value>& values,
                                                const std::vector<bool>& constant) {
  assert(names.size() == values.size() && names.size() == constant.size());
  if (names.size() <= kMaxAdded) return AddOneByOne(names, values, constant);
  const v8::Local<v8::Value> ordinary = v8::Object::New(isolate_)->GetPrototypeV2();
  // V8 takes both as arrays that it could write to, and does not.
  const v8::Local<v8::Object> object =
      v8::Object::New(isolate_, ordinary, const_cast<v8::Local<v8::Name>*>(names.data()),
                      const_cast<v8::Local<v8::Value>*>(values.data()), names.size());
  // Before it is fast: afterwards this would make a dictionary of it again.
  for (size_t i = 0; i < names.size(); ++i) {
    if (constant[i] && !DefineConstant(context_.Get(isolate_), object, names[i], values[i])) {
      return {};
    }
  }
  MakeFast(object);
  return object;
}

v8::MaybeLocal<v8::Object> SymbolsObjects::AddOneByOne(const v8::LocalVector<v8::Name>& names,
                                                       const v8::LocalVector<v8::Value>& values,
                                                       const std::vector<bool>& constant) {
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Local<v8::Object> object = v8::Object::New(isolate_);
  for (size_t i = 0; i < names.size(); ++i) {
    if (!(constant[i]
              ? DefineConstant(context, object, names[i], values[i])
              : object->CreateDataProperty(context, names[i], values[i]).FromMaybe(false))) {
      return {};
    }
  }
  return object;
}

void SymbolsObjects::MakeFast(v8::Local<v8::Object> object) {
  v8::Local<v8::Value> heir = v8::Object::New(isolate_, object, nullptr, nullptr, 0);
  v8::Local<v8::Function> reader;
  const Attempt attempt(isolate_);
  // Without it the properties are as right, and slower.
  if (!Reader().ToLocal(&reader)) return;
  static_cast<void>(
      reader->Call(context_.Get(isolate_), v8::Undefined(isolate_), 1, &heir).IsEmpty());
}

// A function that reads a property, and has done so often enough that V8 keeps account of how.
v8::MaybeLocal<v8::Function> SymbolsObjects::Reader() {
  if (!reader_.IsEmpty()) return reader_.Get(isolate_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  v8::ScriptCompiler::Source source(Name(isolate_,
                                         "const read = (object) => object.a;\n"
                                         "for (let i = 0; i < 300; i += 1) read({ a: i });\n"
                                         "return read;"),
                                    v8::ScriptOrigin(Name(isolate_, "springboard:symbols")));
  v8::Local<v8::Function> compiled;
  v8::Local<v8::Value> reader;
  if (!v8::ScriptCompiler::CompileFunction(context, &source).ToLocal(&compiled) ||
      !compiled->Call(context, v8::Undefined(isolate_), 0, nullptr).ToLocal(&reader)) {
    return {};
  }
  reader_.Reset(isolate_, reader.As<v8::Function>());
  return reader.As<v8::Function>();
}

}  // namespace springboard::glue
