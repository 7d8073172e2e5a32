// attempt: JavaScript whose exceptions are of no interest, which V8's TryCatch drops.
//
// A TryCatch drops a termination as well, by worker.terminate() for one, and what runs next would
// run as if nobody had asked for it. On the isolate's thread, in a scope, as TryCatch.

#ifndef SPRINGBOARD_V8_GLUE_ATTEMPT_H_
#define SPRINGBOARD_V8_GLUE_ATTEMPT_H_

#include <v8.h>

namespace springboard::glue {

class Attempt {
 public:
  explicit Attempt(v8::Isolate* isolate) : isolate_(isolate), catcher_(isolate) {}
  // A termination is still to come: the next JavaScript stops.
  ~Attempt() {
    if (catcher_.HasTerminated()) isolate_->TerminateExecution();
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  v8::Isolate* isolate_;
  v8::TryCatch catcher_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_ATTEMPT_H_
