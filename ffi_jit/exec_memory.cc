// Dual-mapped executable memory through asmjit's JitAllocator. See exec_memory.h.
//
// An Arena is an allocator of its own for each unwind shape. asmjit says neither where a block
// begins nor how large it is; both are seen from outside: the first span of a block begins where
// the block does, and the allocator's statistics change when it maps a block. A block's first span
// is its unwind record: that is where a Windows record must be, above and near the base that it
// counts from.

#include "ffi_jit/exec_memory.h"

#include <asmjit/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

#include "ffi_jit/code_ranges.h"

namespace springboard::jit {
namespace {

// Code written through `writable` runs at `executable`.
struct Span {
  void* executable = nullptr;
  void* writable = nullptr;
};

asmjit::JitAllocator::CreateParams Params() {
  asmjit::JitAllocator::CreateParams params;
  // Unused bytes are filled with breakpoints, so that a stale jump stops where it lands.
  params.options =
      asmjit::JitAllocatorOptions::kUseDualMapping | asmjit::JitAllocatorOptions::kFillUnusedMemory;
  return params;
}

// A block's first span becomes its record, so every span has room for one. Only that of
// kFramedSaved is larger than what the allocator hands out at least.
constexpr size_t kLeastBytes[kUnwindShapes] = {1, 1, 128};

void Write(const Span& span, std::span<const uint8_t> bytes) {
  std::memcpy(span.writable, bytes.data(), bytes.size());
  asmjit::VirtMem::flushInstructionCache(span.executable, bytes.size());
}

// asmjit calls whatever went wrong a lack of memory; the system's own reason tells more, where it
// left one.
Status Refusal(asmjit::Error error, int reason) {
  return Status::Refused("the system refuses executable memory: " +
                         (reason != 0 ? std::generic_category().message(reason)
                                      : std::string(asmjit::DebugUtils::errorAsString(error))));
}

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    for (auto& [base, block] : blocks_) {
      Deregister(base, block);
      RemoveCodeRange(base);
    }
  }

  Status Install(std::span<const uint8_t> code, UnwindShape shape, Span* span);
  void Free(void* code);
  bool Owns(const void* code) const { return FindBlock(code) != blocks_.end(); }

  asmjit::JitAllocator& allocator() { return allocator_; }
  size_t unwind_records() const {
    size_t count = 0;
    for (const auto& [base, block] : blocks_) count += block.registered ? 1 : 0;
    return count;
  }

 private:
  struct Block {
    size_t bytes;
    size_t live = 0;          // spans of code
    bool has_record = false;  // whether the first span is the record
    bool registered = false;
  };
  using Blocks = std::map<uint64_t, Block>;

  Blocks::const_iterator FindBlock(const void* code) const {
    const uint64_t address = std::bit_cast<uint64_t>(code);
    const auto next = blocks_.upper_bound(address);
    if (next == blocks_.begin()) return blocks_.end();
    const auto found = std::prev(next);
    return address - found->first < found->second.bytes ? found : blocks_.end();
  }
  Block& BlockOf(const void* code) {
    const auto found = FindBlock(code);
    assert(found != blocks_.end());
    return blocks_.at(found->first);
  }
  Status Allocate(size_t bytes, Span* span);
  void Release(void* executable);
  bool UseAsRecord(const Span& span, UnwindShape shape, Block& block);
  void DropRecord(uint64_t base, Block& block);
  static void Deregister(uint64_t base, Block& block) {
    if (block.registered) DeregisterUnwindRecord(std::bit_cast<const void*>(base));
    block.registered = false;
  }

  asmjit::JitAllocator::CreateParams params_ = Params();
  asmjit::JitAllocator allocator_{&params_};
  Blocks blocks_;  // by address; each is mapped, whether or not it has code
};

Status Arena::Allocate(size_t bytes, Span* span) {
  const asmjit::JitAllocator::Statistics before = allocator_.statistics();
  errno = 0;
  const asmjit::Error error = allocator_.alloc(&span->executable, &span->writable, bytes);
  if (error != asmjit::kErrorOk) return Refusal(error, errno);
  const asmjit::JitAllocator::Statistics after = allocator_.statistics();
  if (after.blockCount() != before.blockCount()) {
    const uint64_t base = std::bit_cast<uint64_t>(span->executable);
    const size_t block_bytes = after.reservedSize() - before.reservedSize();
    blocks_.emplace(base, Block{.bytes = block_bytes});
    AddCodeRange(base, block_bytes);
  }
  return Status::Ok();
}

// Makes the first span of an empty block its unwind record. False if the host has none.
bool Arena::UseAsRecord(const Span& span, UnwindShape shape, Block& block) {
  const std::vector<uint8_t> record = HostUnwindRecord(shape, span.executable, block.bytes);
  if (record.empty()) return false;
  [[maybe_unused]] const asmjit::Error error = allocator_.shrink(span.executable, record.size());
  assert(error == asmjit::kErrorOk);
  Write(span, record);
  block.has_record = true;
  block.registered = RegisterUnwindRecord(span.executable);
  return true;
}

// The record must be out of use before its block may be unmapped.
void Arena::DropRecord(uint64_t base, Block& block) {
  Deregister(base, block);
  if (!block.has_record) return;
  block.has_record = false;
  Release(std::bit_cast<void*>(base));
}

Status Arena::Install(std::span<const uint8_t> code, UnwindShape shape, Span* span) {
  const size_t bytes = std::max(code.size(), kLeastBytes[static_cast<size_t>(shape)]);
  Status status = Allocate(bytes, span);
  if (!status.ok()) return status;
  Block& block = BlockOf(span->executable);
  if (block.live == 0 && UseAsRecord(*span, shape, block)) {
    // No block with code in it had room, and a block has room for several stubs of any size: this
    // attempt ends in the same block, behind the record.
    const uint64_t base = std::bit_cast<uint64_t>(span->executable);
    status = Allocate(bytes, span);
    if (!status.ok()) {
      DropRecord(base, block);
      return status;
    }
    assert(&BlockOf(span->executable) == &block);
  }
  ++block.live;
  Write(*span, code);
  return Status::Ok();
}

void Arena::Release(void* executable) {
  const size_t blocks = allocator_.statistics().blockCount();
  [[maybe_unused]] const asmjit::Error error = allocator_.release(executable);
  assert(error == asmjit::kErrorOk);
  if (allocator_.statistics().blockCount() == blocks) return;
  const auto block = FindBlock(executable);
  RemoveCodeRange(block->first);
  blocks_.erase(block);
}

void Arena::Free(void* code) {
  const uint64_t base = FindBlock(code)->first;
  Block& block = blocks_.at(base);
  // The last code takes the record with it; without one, the block may be gone after Release().
  const bool last = --block.live == 0 && block.has_record;
  if (last) Deregister(base, block);
  Release(code);
  if (last) DropRecord(base, block);
}

}  // namespace

struct ExecMemory::Impl {
  mutable std::mutex mutex;
  std::array<Arena, kUnwindShapes> arenas;

  Arena* Owner(const void* code) {
    for (Arena& arena : arenas) {
      if (arena.Owns(code)) return &arena;
    }
    return nullptr;
  }

  template <typename Count>
  size_t Sum(Count count) {
    const std::lock_guard<std::mutex> lock(mutex);
    size_t sum = 0;
    for (Arena& arena : arenas) sum += count(arena);
    return sum;
  }
};

ExecMemory::ExecMemory() : impl_(std::make_unique<Impl>()) {}
ExecMemory::~ExecMemory() = default;

StatusOr<const void*> ExecMemory::Install(std::span<const uint8_t> code, UnwindShape shape) {
  assert(!code.empty());
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  Span span;
  const Status status = impl_->arenas[static_cast<size_t>(shape)].Install(code, shape, &span);
  if (!status.ok()) return status;
  return static_cast<const void*>(span.executable);
}

void ExecMemory::Free(const void* code) {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  Arena* const owner = impl_->Owner(code);
  assert(owner != nullptr);
  owner->Free(const_cast<void*>(code));
}

const void* ExecMemory::WritableView(const void* code) const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  Arena* const owner = impl_->Owner(code);
  if (owner == nullptr) return nullptr;
  Span span;
  size_t size = 0;
  const asmjit::Error error =
      owner->allocator().query(const_cast<void*>(code), &span.executable, &span.writable, &size);
  return error == asmjit::kErrorOk ? span.writable : nullptr;
}

size_t ExecMemory::bytes_used() const {
  return impl_->Sum([](Arena& arena) { return arena.allocator().statistics().usedSize(); });
}
size_t ExecMemory::bytes_mapped() const {
  return impl_->Sum([](Arena& arena) { return arena.allocator().statistics().reservedSize(); });
}
size_t ExecMemory::unwind_records() const {
  return impl_->Sum([](Arena& arena) { return arena.unwind_records(); });
}

}  // namespace springboard::jit
