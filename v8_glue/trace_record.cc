// trace_record: see trace_record.h.

#include "v8_glue/trace_record.h"

#include "v8_glue/raw_output.h"

namespace springboard::glue {

namespace {

// Where the thread's own memory is known without asking the loader, which may allocate some: a
// signal handler reads it.
[[gnu::tls_model("initial-exec")]] constinit thread_local const TraceRecord* innermost = nullptr;

}  // namespace

TraceRecord::TraceRecord(std::string_view text)
    : text_(text), outer_(innermost), depth_(outer_ == nullptr ? 0 : outer_->depth_ + 1) {
  innermost = this;
}

TraceRecord::~TraceRecord() { innermost = outer_; }

void TraceRecord::WriteInnermost(RawOutput& out) {
  // A recursion through callbacks can be deep.
  constexpr size_t kMaxWritten = 16;
  size_t count = 0;
  for (const TraceRecord* record = innermost; record != nullptr; record = record->outer_) {
    if (count == kMaxWritten) {
      out.Text("  ... ").Decimal(record->depth_ + 1).Text(" more\n");
      return;
    }
    out.Text(count++ == 0 ? "  traced call: " : "  called from: ").Text(record->text_).Text("\n");
  }
}

}  // namespace springboard::glue
