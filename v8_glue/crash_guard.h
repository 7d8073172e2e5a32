// CrashGuard: runs a part of a crash report so that a fault in it, or a lock that never comes, does
// not lose the other parts. For the signal handlers of the one thread that reports.

#ifndef SPRINGBOARD_V8_GLUE_CRASH_GUARD_H_
#define SPRINGBOARD_V8_GLUE_CRASH_GUARD_H_

#include <signal.h>

#include <array>

namespace springboard::glue {

// What a native function's own instructions can raise, and abort().
inline constexpr std::array<int, 6> kCrashSignals = {SIGSEGV, SIGBUS,  SIGILL,
                                                     SIGFPE,  SIGABRT, SIGTRAP};

class CrashGuard {
 public:
  // The guard of the process. One thread at a time: Enter() waits while another reports, for some
  // seconds at most, and gives up after that.
  static bool Enter();
  static void Leave();
  // Whether this thread is the one that reports.
  static bool IsInside();

  // Runs part(data). False if a signal or the time limit ended it.
  static bool Run(void (*part)(void* data), void* data);
  template <typename Part>
  static bool Run(Part part) {
    return Run([](void* data) { (*static_cast<Part*>(data))(); }, &part);
  }

  // In the handler of a signal that came inside: goes back to Run(). Returns if no part is running.
  static void Escape();
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CRASH_GUARD_H_
