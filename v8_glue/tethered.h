// tethered: a native object that lives as long as a JavaScript value reaches it.
//
// The environment owns it; once the value it is tethered to has been collected it is retired, and
// freed when no native call is on the stack. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_TETHERED_H_
#define SPRINGBOARD_V8_GLUE_TETHERED_H_

#include <v8.h>

#include "v8_glue/environment.h"

namespace springboard::glue {

class Tethered : public Owned {
 public:
  Tethered(const Tethered&) = delete;
  Tethered& operator=(const Tethered&) = delete;

  Environment& environment() const { return environment_; }

 protected:
  explicit Tethered(Environment& environment) : environment_(environment) {}

  // REQUIRES: the environment has adopted this; called once.
  void TetherTo(v8::Local<v8::Value> value) {
    value_.Reset(environment_.isolate(), value);
    value_.SetWeak(
        this,
        [](const v8::WeakCallbackInfo<Tethered>& info) {
          Tethered* tethered = info.GetParameter();
          tethered->value_.Reset();
          tethered->environment_.Retire(tethered);
        },
        v8::WeakCallbackType::kParameter);
  }

 private:
  Environment& environment_;
  v8::Global<v8::Value> value_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TETHERED_H_
