// javascript_stack: the JavaScript stack of the thread at hand, for the crash report.

#ifndef SPRINGBOARD_V8_GLUE_JAVASCRIPT_STACK_H_
#define SPRINGBOARD_V8_GLUE_JAVASCRIPT_STACK_H_

namespace springboard::glue {

class RawOutput;

// A CrashReport::WriteJavaScript. Uses V8 as if nothing had happened, which may not be so.
void WriteJavaScriptStack(RawOutput& out);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_JAVASCRIPT_STACK_H_
