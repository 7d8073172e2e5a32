// form_hooks: types that are more than a native type, as forms.js reads them.
//
// { enum: ... }, { out: ... } and the like are *forms*: a core type, which is what the native
// function takes, and JavaScript around the call that converts. Parsing (js_type, js_signature)
// asks `lower` for the form of what it does not know itself; the finished function is then wrapped
// by what its forms say. Definitions without forms meet none of this. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_FORM_HOOKS_H_
#define SPRINGBOARD_V8_GLUE_FORM_HOOKS_H_

#include <v8.h>

#include <string_view>

#include "v8_glue/definition_site.h"

namespace springboard::glue {

class Environment;

class FormHooks {
 public:
  explicit FormHooks(Environment& environment) : environment_(environment) {}
  FormHooks(const FormHooks&) = delete;
  FormHooks& operator=(const FormHooks&) = delete;

  // What forms.js gives, once: the functions `lower`, `ownForm`, `wrapSymbol` and `wrapCallback`.
  void Set(v8::Local<v8::Function> lower, v8::Local<v8::Function> own_form,
           v8::Local<v8::Function> wrap_symbol, v8::Local<v8::Function> wrap_callback);

  // The form that `type` is, an object with a property `core`, or the name of the native type that
  // it stands for; undefined if it is neither.
  // Empty with an exception pending: it is one, but not a good one.
  v8::MaybeLocal<v8::Value> Lower(v8::Local<v8::Value> type, const DefinitionSite& site) const;

  // The form `name` for what has the native type `type`: one of those that js_signature gives to
  // parameters, and that no definition can spell. Empty with an exception pending.
  v8::MaybeLocal<v8::Object> OwnForm(std::string_view name, std::string_view type) const;

  // What JavaScript calls instead of `function`, whose definition had `forms` (js_signature.h).
  // `library` is the handle of its library, or undefined. Empty with an exception pending.
  v8::MaybeLocal<v8::Function> WrapSymbol(v8::Local<v8::Function> function, std::string_view name,
                                          v8::Local<v8::Object> forms,
                                          v8::Local<v8::Value> library) const;

  // What a closure calls instead of `function`, whose definition stands at `site`.
  v8::MaybeLocal<v8::Function> WrapCallback(v8::Local<v8::Function> function,
                                            v8::Local<v8::Object> forms,
                                            std::string_view site) const;

 private:
  Environment& environment_;
  v8::Global<v8::Function> lower_;
  v8::Global<v8::Function> own_form_;
  v8::Global<v8::Function> wrap_symbol_;
  v8::Global<v8::Function> wrap_callback_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_FORM_HOOKS_H_
