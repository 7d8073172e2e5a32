// switch: the object { direct: boolean } that wrappers test before they call a fast function.
//
// Written once, to be cleared: TurboFan folds `direct` to a constant and depends on the object's
// hidden class. Each switch has a hidden class of its own, so that clearing one leaves the code
// that depends on the others alone. Isolate thread only; runs no code that a script could replace.

#ifndef SPRINGBOARD_V8_GLUE_SWITCH_H_
#define SPRINGBOARD_V8_GLUE_SWITCH_H_

#include <v8.h>

#include <cstdint>
#include <memory>

namespace springboard::glue {

// A new switch whose `direct` is true.
v8::Local<v8::Object> NewSwitch(v8::Local<v8::Context> context);

// What environments of one context share, although each may be of another copy of Springboard: any
// of them may call what another one's callbacks are under. Found by private names on the global
// object; their values are V8's own objects, so that copies need not agree on more.
class CallbackSwitch {
 public:
  // The switch of the environments that are in `context` already, or a new one.
  explicit CallbackSwitch(v8::Local<v8::Context> context);

  v8::Local<v8::Object> object() const { return object_.Get(v8::Isolate::GetCurrent()); }
  // Whether any of them has made a callback. Read at ordinary calls, hence no property.
  bool cleared() const { return *static_cast<const uint8_t*>(cleared_->Data()) != 0; }
  void Clear(v8::Local<v8::Context> context);

 private:
  v8::Global<v8::Object> object_;
  std::shared_ptr<v8::BackingStore> cleared_;  // one byte, 1 once the switch is cleared
};

// Sets `direct` to false, which deoptimises every caller that was compiled with it.
void ClearSwitch(v8::Local<v8::Context> context, v8::Local<v8::Object> object);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SWITCH_H_
