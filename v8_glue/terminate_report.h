// terminate_report: says on standard error which native function ended the process by an exception.
//
// Two find it out: the frame that lets no exception past (cxx_exception), and for fast stubs, which
// have no such frame, a handler of the process's C++ run-time library. It stands in front of the
// one that was there, which then does what it always did. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_TERMINATE_REPORT_H_
#define SPRINGBOARD_V8_GLUE_TERMINATE_REPORT_H_

struct _Unwind_Exception;

namespace springboard::glue {

// Installs the handler, once in a process: whenever std::terminate() is called below a native call
// that JavaScript made, it tells the library, the function and the exception. Does nothing where
// the process has no C++ run-time library yet: a library that was opened since may have brought
// one.
void WatchTerminate();

// Tells the same of an exception that is being thrown, and that the calling frame is going to stop.
void ReportStopped(const _Unwind_Exception* exception);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TERMINATE_REPORT_H_
