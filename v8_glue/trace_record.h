// TraceRecord: the traced calls that a thread is in, for the crash report.
//
// A call's line is put together before the call; the report only writes it. Each record is on the
// stack of its thread, inside that of the call around it. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_TRACE_RECORD_H_
#define SPRINGBOARD_V8_GLUE_TRACE_RECORD_H_

#include <cstddef>
#include <string_view>

namespace springboard::glue {

class RawOutput;

class TraceRecord {
 public:
  // `text` stays as long as the record.
  explicit TraceRecord(std::string_view text);
  ~TraceRecord();
  TraceRecord(const TraceRecord&) = delete;
  TraceRecord& operator=(const TraceRecord&) = delete;

  // How many records this one is inside of.
  size_t depth() const { return depth_; }

  // In a signal handler: the thread's records, the innermost first.
  static void WriteInnermost(RawOutput& out);

 private:
  const std::string_view text_;
  const TraceRecord* const outer_;
  const size_t depth_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TRACE_RECORD_H_
