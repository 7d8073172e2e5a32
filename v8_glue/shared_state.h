// SharedState: what the environments of one isolate share.
//
// A native call made through one environment may run a callback of another (the same process may
// install the API several times), so how deep native calls nest, what a callback threw, and whether
// any callback exists at all belong to the isolate. Owned jointly by its environments; isolate
// thread only, but for Of().

#ifndef SPRINGBOARD_V8_GLUE_SHARED_STATE_H_
#define SPRINGBOARD_V8_GLUE_SHARED_STATE_H_

#include <v8.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ffi_jit/stub.h"
#include "v8_glue/held_buffers.h"
#include "v8_glue/running_symbol.h"
#include "v8_glue/stack_room.h"

namespace springboard::glue {

class Environment;

// What tells wrappers of forms (form_text.js) how calls stand; they read it as a Uint32Array.
struct CallCounts {
  uint32_t depth;    // of native calls and callbacks, see Environment::DepthScope
  uint32_t entries;  // see Environment::entries()
  // Not 0 after a call that threw although its native function had returned, and not failed, unless
  // the wrapper has set it to 0 since.
  uint32_t returned;
};

struct SharedState {
  explicit SharedState(v8::Isolate* isolate);

  // The state of `isolate`, made for its first environment and gone with its last.
  static std::shared_ptr<SharedState> Of(v8::Isolate* isolate);

  // What fast stubs and wrappers share: the backing store of an ArrayBuffer of each environment, so
  // that wrappers read it as typed arrays.
  std::shared_ptr<v8::BackingStore> block_store;
  jit::FastBlock* block;
  v8::Global<v8::Value> pending_exception;  // while set, block->status is not kDone
  // A callback for which there was no stack, in place of the exception that could not be made
  // there. Empty if there is none; while set, block->status is not kDone.
  std::string pending_overflow;
  const StackRoom stack_room;
  HeldBuffers held_buffers;
  const std::shared_ptr<RunningSymbol> running_symbol = std::make_shared<RunningSymbol>();
  std::shared_ptr<v8::BackingStore> counts_store;
  CallCounts* counts;
  // What the native function had returned when `returned` was set, as result memory has it.
  uint64_t lost_result = 0;
  bool callback_made = false;
  std::vector<Environment*> environments;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SHARED_STATE_H_
