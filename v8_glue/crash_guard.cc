// crash_guard: see crash_guard.h. The limit is a timer's signal, which is sent on to the thread
// that reports wherever it arrives.

#include "v8_glue/crash_guard.h"

#include <setjmp.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace springboard::glue {

namespace {

// More than a report ever needs, and less than anybody would wait.
constexpr time_t kPartSeconds = 2;
constexpr int kWaitTenthsOfSecond = 100;

constinit std::atomic<pid_t> reporter = 0;
constinit volatile sig_atomic_t running = 0;
sigjmp_buf before_part;

pid_t ThreadId() { return static_cast<pid_t>(syscall(SYS_gettid)); }

void TimeIsUp(int) {
  const int saved = errno;
  const pid_t thread = reporter;
  if (thread == ThreadId()) {
    CrashGuard::Escape();
  } else if (thread != 0) {
    syscall(SYS_tgkill, getpid(), thread, SIGALRM);
  }
  errno = saved;
}

// Returns the program's own timer, which goes on when the part is over: after most signals the
// program does, too.
itimerval StartTimer() {
  const itimerval timer = {.it_interval = {}, .it_value = {.tv_sec = kPartSeconds, .tv_usec = 0}};
  itimerval before;
  setitimer(ITIMER_REAL, &timer, &before);
  return before;
}

sigset_t PartSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGALRM);
  for (const int signal : kCrashSignals) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

bool CrashGuard::Enter() {
  const pid_t self = ThreadId();
  for (int i = 0; i < kWaitTenthsOfSecond; ++i) {
    pid_t nobody = 0;
    if (reporter.compare_exchange_strong(nobody, self)) return true;
    const timespec tenth = {.tv_sec = 0, .tv_nsec = 100'000'000};
    nanosleep(&tenth, nullptr);
  }
  return false;
}

void CrashGuard::Leave() { reporter = 0; }

bool CrashGuard::IsInside() { return reporter == ThreadId(); }

bool CrashGuard::Run(void (*part)(void* data), void* data) {
  struct sigaction alarm = {};
  struct sigaction alarm_before;
  alarm.sa_handler = TimeIsUp;
  sigaction(SIGALRM, &alarm, &alarm_before);
  const sigset_t signals = PartSignals();
  sigset_t mask_before;
  pthread_sigmask(SIG_UNBLOCK, &signals, &mask_before);
  bool whole = false;
  const itimerval timer_before = StartTimer();
  if (sigsetjmp(before_part, 1) == 0) {
    running = 1;
    part(data);
    whole = true;
  }
  running = 0;
  setitimer(ITIMER_REAL, &timer_before, nullptr);
  sigaction(SIGALRM, &alarm_before, nullptr);
  pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  return whole;
}

void CrashGuard::Escape() {
  if (running == 0) return;
  running = 0;
  siglongjmp(before_part, 1);
}

}  // namespace springboard::glue
