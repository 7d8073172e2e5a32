// trace: traced calls as text on standard error, one line at entry and one at return.
//
//   springboard[1234] -> add(i32 1, i32 2): i32
//   springboard[1234]   => UnsafeCallback compare(pointer 0x7ffc, pointer null): i32
//   springboard[1234]   <= UnsafeCallback compare: i32 0
//   springboard[1234] <- add: i32 3
//
// The number is the system's of the thread; calls inside calls are indented. The first line is
// written before the call, and kept for the crash report. No V8 but in js_type.h; any thread.

#ifndef SPRINGBOARD_V8_GLUE_TRACE_H_
#define SPRINGBOARD_V8_GLUE_TRACE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "v8_glue/js_signature.h"
#include "v8_glue/trace_record.h"

namespace springboard::glue {

// What there is to say of a call before it is made. Made where the arguments are at hand, and used
// on the thread that calls.
struct TraceText {
  // `slots` are those of the signature's parameters (ffi_jit/stub.h). `notes` are put behind
  // the values of parameters; there may be fewer of them.
  TraceText(std::string_view name, const JsSignature& signature, const uint64_t* slots,
            const std::vector<std::string>& notes = {});

  std::string name;
  std::string call;  // "add(i32 1, i32 2): i32"
  JsType result;
};

// One call; lives as long as it runs.
class TracedCall {
 public:
  enum class Direction { kToNative, kToJavaScript };

  // REQUIRES: `text` outlives this.
  TracedCall(Direction direction, const TraceText& text);
  // Says that the call did not return if neither of the following was called.
  ~TracedCall();
  TracedCall(const TracedCall&) = delete;
  TracedCall& operator=(const TracedCall&) = delete;

  // `result` is result memory (ffi_jit/stub.h). `remark` is put behind it.
  void Returned(const void* result, std::string_view remark = {});
  void Threw(std::string_view what);

 private:
  void WriteLine(std::string_view arrow, std::string_view text) const;

  const Direction direction_;
  const TraceText& text_;
  const TraceRecord record_;
  bool over_ = false;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TRACE_H_
