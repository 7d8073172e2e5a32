// held_buffers: see held_buffers.h.

#include "v8_glue/held_buffers.h"

#include <utility>

#include "v8_glue/convert.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

// A stub's record always has a first handle; one that was emptied has been taken hold of.
bool IsHeld(const jit::FastRecord& record) { return record.handles[0] == nullptr; }

bool IsRunning(const jit::FastRecord* record, const jit::FastRecord* running) {
  while (running != nullptr && running != record) running = running->outer;
  return running != nullptr && IsHeld(*running);
}

}  // namespace

void HeldBuffers::Hold(jit::FastRecord* running) {
  std::erase_if(stores_, [&](const Store& held) { return !IsRunning(held.record, running); });
  for (jit::FastRecord* record = running; record != nullptr; record = record->outer) {
    if (IsHeld(*record)) continue;
    for (const uintptr_t** handle = record->handles; *handle != nullptr; ++handle) {
      std::shared_ptr<v8::BackingStore> store = StoreOf(LocalAt(*handle));
      if (store != nullptr) stores_.push_back({record, std::move(store)});
    }
    record->handles[0] = nullptr;
  }
}

}  // namespace springboard::glue
