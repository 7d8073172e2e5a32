// call_memory: the memory of one native call: slots, the bytes of arguments behind their slots
// (structs and others), the result.
//
// Inline when it is little, as it nearly always is, so that a call from the stack takes nothing
// from the heap, but for the copies of strings. Not movable: slots hold addresses of what is
// inside. Owned by the call; one thread at a time.

#ifndef SPRINGBOARD_V8_GLUE_CALL_MEMORY_H_
#define SPRINGBOARD_V8_GLUE_CALL_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "v8_glue/kept_arguments.h"
#include "v8_glue/symbol_shape.h"

namespace springboard::glue {

class CallMemory {
 public:
  // Parameters that need no memory from the heap; more than nearly every C function has.
  static constexpr size_t kInlineSlots = 16;

  explicit CallMemory(const SymbolShape& shape)
      : slots_(shape.signature.parameters.size() * sizeof(uint64_t)),
        aggregates_(shape.aggregate_bytes),
        result_(shape.signature.result.size) {}
  CallMemory(const CallMemory&) = delete;
  CallMemory& operator=(const CallMemory&) = delete;

  uint64_t* slots() { return static_cast<uint64_t*>(slots_.data()); }
  // The bytes of each argument behind its slot, in order, SymbolShape::AggregateBytes() apart.
  std::byte* aggregates() { return static_cast<std::byte*>(aggregates_.data()); }
  void* result() { return result_.data(); }
  // The copies of string arguments.
  StringMemory& strings() { return kept_.strings; }
  // What owns the bytes of buffer arguments: nothing so far.
  HeldStores& HoldStores() { return kept_.stores.emplace(); }
  // For who reads the result later.
  KeptArguments TakeKept() { return std::move(kept_); }

 private:
  static constexpr size_t kInlineAggregateBytes = 256;
  static constexpr size_t kInlineResultBytes = 64;

  template <size_t kInlineBytes>
  class Aligned {
   public:
    explicit Aligned(size_t size) {
      if (size > kInlineBytes) heap_ = std::make_unique<Unit[]>(size / sizeof(Unit) + 1);
    }
    void* data() { return heap_ == nullptr ? static_cast<void*>(inline_) : heap_.get(); }

   private:
    struct alignas(SymbolShape::kAggregateAlignment) Unit {
      std::byte bytes[SymbolShape::kAggregateAlignment];
    };
    alignas(SymbolShape::kAggregateAlignment) std::byte inline_[kInlineBytes];
    std::unique_ptr<Unit[]> heap_;
  };

  Aligned<kInlineSlots * sizeof(uint64_t)> slots_;
  Aligned<kInlineAggregateBytes> aggregates_;
  Aligned<kInlineResultBytes> result_;
  KeptArguments kept_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_CALL_MEMORY_H_
