// type_handle: a native type as JavaScript of ours keeps it, between the reading of a definition
// and the conversions that follow it. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_TYPE_HANDLE_H_
#define SPRINGBOARD_V8_GLUE_TYPE_HANDLE_H_

#include <v8.h>

#include "v8_glue/js_type.h"
#include "v8_glue/tethered.h"

namespace springboard::glue {

class TypeHandle : public Tethered {
 public:
  // An object whose type Of() gives. Empty with an exception pending if V8 refuses.
  static v8::MaybeLocal<v8::Object> Make(Environment& environment, const JsType& type);

  // REQUIRES: Make() gave `handle`, which only JavaScript of ours has.
  static const JsType& Of(v8::Local<v8::Value> handle);

 private:
  TypeHandle(Environment& environment, const JsType& type) : Tethered(environment), type_(type) {}

  const JsType type_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TYPE_HANDLE_H_
