// javascript_stack: see javascript_stack.h.

#include "v8_glue/javascript_stack.h"

#include <signal.h>
#include <v8.h>

#include <cstdint>
#include <string_view>

#include "v8_glue/raw_output.h"

namespace springboard::glue {

namespace {

// V8 takes the stack of signal handlers, which lies below the thread's own, for an overflow.
void AllowThisStack(v8::Isolate* isolate) {
  constexpr uintptr_t kMargin = 64 * 1024;
  stack_t stack;
  if (sigaltstack(nullptr, &stack) != 0 || (stack.ss_flags & SS_ONSTACK) == 0) return;
  isolate->SetStackLimit(reinterpret_cast<uintptr_t>(stack.ss_sp) + kMargin);
}

void WriteString(RawOutput& out, v8::Isolate* isolate, v8::Local<v8::String> string,
                 const char* otherwise) {
  const v8::String::Utf8Value text(isolate, string);
  if (*text == nullptr || text.length() == 0) {
    out.Text(otherwise);
  } else {
    out.Text(std::string_view(*text, static_cast<size_t>(text.length())));
  }
}

}  // namespace

void WriteJavaScriptStack(RawOutput& out) {
  constexpr int kMaxFrames = 32;
  v8::Isolate* isolate = v8::Isolate::TryGetCurrent();
  if (isolate == nullptr) {
    out.Text("  (this thread runs no JavaScript)\n");
    return;
  }
  AllowThisStack(isolate);
  const v8::HandleScope handles(isolate);
  const v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(isolate, kMaxFrames);
  const int count = stack->GetFrameCount();
  if (count == 0) out.Text("  (none)\n");
  for (int i = 0; i < count; ++i) {
    const v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<uint32_t>(i));
    out.Text("    at ");
    WriteString(out, isolate, frame->GetFunctionName(), "(no name)");
    out.Text(" (");
    WriteString(out, isolate, frame->GetScriptNameOrSourceURL(), "no file");
    out.Text(":").Decimal(static_cast<uint64_t>(frame->GetLineNumber()));
    out.Text(":").Decimal(static_cast<uint64_t>(frame->GetColumn())).Text(")\n");
    out.Flush();
  }
}

}  // namespace springboard::glue
