// crash_text: the parts of a crash report. For the signal handler of crash_report.

#ifndef SPRINGBOARD_V8_GLUE_CRASH_TEXT_H_
#define SPRINGBOARD_V8_GLUE_CRASH_TEXT_H_

#include <signal.h>

namespace springboard::glue {

class NativeStack;
class RawOutput;

// "springboard: SIGSEGV (...) at address 0x0 inside a native call", and where that was.
void WriteCrash(RawOutput& out, const siginfo_t& info, const NativeStack& stack);

// What Springboard has open.
void WriteLibraries(RawOutput& out);

// "SIGSEGV".
const char* SignalName(int signal);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CRASH_TEXT_H_
