// terminate_report: says on standard error which native function ended the process by an exception.
//
// A handler of the process's C++ run-time library, in front of the one that was there, which then
// does what it always did. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_TERMINATE_REPORT_H_
#define SPRINGBOARD_V8_GLUE_TERMINATE_REPORT_H_

namespace springboard::glue {

// Installs the handler, once in a process: whenever std::terminate() is called below a native call
// that JavaScript made, it tells the library, the function and the exception. Does nothing where
// the process has no C++ run-time library yet: a library that was opened since may have brought
// one.
void WatchTerminate();

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_TERMINATE_REPORT_H_
