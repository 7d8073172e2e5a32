// trace: native calls and callbacks as they happen, on standard error.
//
// A call that is traced (CallRules::trace) prints one line when it begins and one when it ends,
// each by one write, so that the line of a call that crashes is there. Any thread; no V8.

#ifndef SPRINGBOARD_V8_GLUE_TRACE_H_
#define SPRINGBOARD_V8_GLUE_TRACE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "v8_glue/js_type.h"

namespace springboard::glue {

// How a call is printed, put together argument by argument: "add(i32 2, buffer Uint8Array(3) at
// 0x5581) i32".
class CallText {
 public:
  explicit CallText(std::string_view name);

  // The next argument, from its slot. `note`: what is known of the value beside its bytes.
  void Add(const JsType& type, const uint64_t* slot, std::string_view note = {});
  std::string End(const JsType& result);

 private:
  std::string text_;
  bool first_ = true;
};

// `native`, which is a result or a slot's bytes for scalars, and the struct's own bytes for one:
// "5", "0x5581", "{1, {2.5, true}}".
std::string ValueText(const JsType& type, const void* native);

// How a call that returned `native` ended: "= 5", or nothing if it returns nothing.
std::string OutcomeText(const JsType& type, const void* native);

// Held while a traced call runs. On the stack of the call's thread.
class TracedCall {
 public:
  enum class Kind { kNative, kCallback };

  // Prints that the call begins: `text` is CallText's.
  TracedCall(Kind kind, std::string text);
  // The call is over, whether Ends() has said how or not.
  ~TracedCall();
  TracedCall(const TracedCall&) = delete;
  TracedCall& operator=(const TracedCall&) = delete;

  // Prints how it ended: "= 5", "threw RangeError: ...", or nothing.
  void Ends(std::string_view outcome) const;

  // The text of this thread's innermost native call; null if none is traced. Async-signal-safe.
  static const char* Innermost();

 private:
  const Kind kind_;
  const std::string text_;
  const TracedCall* const outer_;
  const int depth_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TRACE_H_
