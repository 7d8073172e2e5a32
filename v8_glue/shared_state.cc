// shared_state: finding an isolate's state. See shared_state.h.

#include "v8_glue/shared_state.h"

#include <map>
#include <mutex>
#include <new>

namespace springboard::glue {

SharedState::SharedState(v8::Isolate* isolate)
    : block_store(v8::ArrayBuffer::NewBackingStore(isolate, sizeof(jit::FastBlock))),
      block(new (block_store->Data()) jit::FastBlock{}),
      stack_room(isolate),
      counts_store(v8::ArrayBuffer::NewBackingStore(isolate, sizeof(CallCounts))),
      counts(new (counts_store->Data()) CallCounts{}) {}

std::shared_ptr<SharedState> SharedState::Of(v8::Isolate* isolate) {
  // Never destroyed: workers may end after static destructors have run.
  static std::mutex* const mutex = new std::mutex;
  static auto* const states = new std::map<v8::Isolate*, std::weak_ptr<SharedState>>;
  const std::lock_guard<std::mutex> lock(*mutex);
  std::weak_ptr<SharedState>& known = (*states)[isolate];
  if (std::shared_ptr<SharedState> state = known.lock()) return state;
  auto state = std::make_shared<SharedState>(isolate);
  known = state;
  // Isolates come and go: what those of the past left goes whenever a new one arrives.
  std::erase_if(*states, [](const auto& entry) { return entry.second.expired(); });
  return state;
}

}  // namespace springboard::glue
