// counted: how many objects of a class the process has, for tests and figures.
//
// A class derives from Counted<itself>. Any thread.

#ifndef SPRINGBOARD_V8_GLUE_COUNTED_H_
#define SPRINGBOARD_V8_GLUE_COUNTED_H_

#include <atomic>
#include <cstddef>

namespace springboard::glue {

template <typename Class>
class Counted {
 public:
  static size_t alive() { return alive_; }

 protected:
  Counted() { ++alive_; }
  ~Counted() { --alive_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  static inline std::atomic<size_t> alive_ = 0;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_COUNTED_H_
