// held_buffers: what keeps the bytes of fast calls' buffers while callbacks run below them.
//
// A fast stub lists the buffers that its native function was given (jit::FastRecord). JavaScript
// that the function calls may transfer one and drop it, which would free bytes in use: before it
// runs, their backing stores are taken hold of here. One per isolate; isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_HELD_BUFFERS_H_
#define SPRINGBOARD_V8_GLUE_HELD_BUFFERS_H_

#include <v8.h>

#include <memory>
#include <vector>

#include "ffi_jit/stub.h"

namespace springboard::glue {

class HeldBuffers {
 public:
  bool empty() const { return stores_.empty(); }

  // Holds the stores of everything listed from `running` on, and lets go of what native functions
  // that have returned by now were given. A record that is taken hold of is emptied, by which it is
  // known again. REQUIRES: a HandleScope.
  void Hold(jit::FastRecord* running);
  // Lets go of everything. REQUIRES: no fast stub is running.
  void Clear() { stores_.clear(); }

 private:
  struct Store {
    const jit::FastRecord* record;
    std::shared_ptr<v8::BackingStore> store;
  };
  std::vector<Store> stores_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_HELD_BUFFERS_H_
