// switch: the object { direct: boolean } that wrappers test before they call a fast function.
//
// Written once, to be cleared: TurboFan folds `direct` to a constant and depends on the object's
// hidden class. Each switch has a hidden class of its own, so that clearing one leaves the code
// that depends on the others alone. Isolate thread only; runs no code that a script could replace.

#ifndef SPRINGBOARD_V8_GLUE_SWITCH_H_
#define SPRINGBOARD_V8_GLUE_SWITCH_H_

#include <v8.h>

namespace springboard::glue {

// A new switch whose `direct` is true.
v8::Local<v8::Object> NewSwitch(v8::Local<v8::Context> context);

// Sets `direct` to false, which deoptimises every caller that was compiled with it.
void ClearSwitch(v8::Local<v8::Context> context, v8::Local<v8::Object> object);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SWITCH_H_
