// crash_report: what is printed when a signal arrives inside a native call.
//
// Start() installs handlers for the process. They cost calls nothing: where the signal came is
// found out from the stack when it comes. A signal that is none of a native call's goes to whoever
// handled it before, unseen; after a report it does so, too, so that the process ends as it would
// have. No V8 here; any thread.

#ifndef SPRINGBOARD_V8_GLUE_CRASH_REPORT_H_
#define SPRINGBOARD_V8_GLUE_CRASH_REPORT_H_

namespace springboard::glue {

class RawOutput;

class CrashReport {
 public:
  // Writes what JavaScript the thread at hand is running. May fault, or never return.
  using WriteJavaScript = void (*)(RawOutput& out);

  // From now on crashes are reported. Only the first call does something.
  static void Start(WriteJavaScript write_javascript);

  // Gives the thread at hand a stack of its own for signal handlers, until it ends: only with one
  // can the overflow of its stack be reported. Does nothing before Start(), or where the thread has
  // one.
  static void PrepareThread();

  // A function pointer is about to become callable, or a symbol of the program itself: native calls
  // may lead anywhere.
  static void AnythingMayBeCalled();
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CRASH_REPORT_H_
