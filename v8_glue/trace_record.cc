// trace_record: see trace_record.h.

#include "v8_glue/trace_record.h"

#include "v8_glue/raw_output.h"

namespace springboard::glue {

// Where the thread's own memory is known without asking the loader, which may allocate some: a
// signal handler reads it. Not of this file alone, although nobody else uses it: gold (Debian 12's,
// 1.16) may relocate the variables of one file by the wrong symbol.
[[gnu::tls_model("initial-exec"),
  gnu::visibility("hidden")]] constinit thread_local const TraceRecord* innermost_trace_record =
    nullptr;

TraceRecord::TraceRecord(std::string_view text)
    : text_(text),
      outer_(innermost_trace_record),
      depth_(outer_ == nullptr ? 0 : outer_->depth_ + 1) {
  innermost_trace_record = this;
}

TraceRecord::~TraceRecord() { innermost_trace_record = outer_; }

void TraceRecord::WriteInnermost(RawOutput& out) {
  // A recursion through callbacks can be deep.
  constexpr size_t kMaxWritten = 16;
  size_t count = 0;
  for (const TraceRecord* record = innermost_trace_record; record != nullptr;
       record = record->outer_) {
    if (count == kMaxWritten) {
      out.Text("  ... ").Decimal(record->depth_ + 1).Text(" more\n");
      return;
    }
    out.Text(count++ == 0 ? "  traced call: " : "  called from: ").Text(record->text_).Text("\n");
  }
}

}  // namespace springboard::glue
