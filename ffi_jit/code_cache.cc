// The process's stubs: compiled once per shape, stamped per address. See code_cache.h.

#include "ffi_jit/code_cache.h"

#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "ffi_jit/emitter.h"
#include "ffi_jit/exec_memory.h"
#include "ffi_jit/keyed_cache.h"
#include "ffi_jit/stub_plan.h"

namespace springboard::jit {
namespace {

// FNV-1a, 64 bits: keys are short, and only this process sees the hash.
uint64_t HashText(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  return hash;
}

struct PatchValue {
  PatchKind kind;
  const void* value;
};

std::vector<uint8_t> Patched(const StubTemplate& code, std::span<const PatchValue> values) {
  std::vector<uint8_t> bytes = code.bytes;
  for (const PatchPoint& point : code.patches) {
    [[maybe_unused]] bool found = false;
    for (const PatchValue& patch : values) {
      if (patch.kind != point.kind) continue;
      std::memcpy(bytes.data() + point.offset, &patch.value, sizeof(patch.value));
      found = true;
    }
    assert(found);
  }
  return bytes;
}

// Stubs of every architecture can be planned and emitted, but run only on their own.
Status CheckRunsHere(const abi::Convention& convention) {
  if (convention.architecture == abi::HostConvention().architecture) return Status::Ok();
  return Status::Error("code of " + std::string(convention.name) +
                       " is code of another processor and cannot be called here");
}

}  // namespace

struct CodeCache::Impl {
  std::mutex mutex;  // guards the two tables; the memory has a lock of its own
  ExecMemory memory;
  KeyedCache<CallStub> call_stubs{HashText};
  KeyedCache<StubTemplate> templates{HashText};
  std::atomic<size_t> live_stubs{0};

  // The template of `key`, made by `plan()` the first time. The reference stays valid.
  template <typename Plan>
  StatusOr<const StubTemplate*> Template(std::string key, Plan plan) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (const StubTemplate* found = templates.Find(key)) return found;
    const StatusOr<StubPlan> planned = plan();
    if (!planned.ok()) return planned.status();
    StatusOr<StubTemplate> emitted = Emit(*planned);
    if (!emitted.ok()) return emitted.status();
    return &templates.Insert(std::move(key), *std::move(emitted));
  }
};

CodeCache::CodeCache() : impl_(new Impl) {}

CodeCache& CodeCache::Process() {
  static CodeCache* const cache = new CodeCache();
  return *cache;
}

StatusOr<CallStub> CodeCache::GetCallStub(const abi::Signature& signature,
                                          const abi::Convention& convention) {
  Status status = CheckRunsHere(convention);
  if (!status.ok()) return status;
  std::string key = std::string(convention.name) + signature.Text();
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  if (const CallStub* found = impl_->call_stubs.Find(key)) return *found;
  const StatusOr<StubPlan> plan = PlanCall(signature, convention, abi::HostConvention());
  if (!plan.ok()) return plan.status();
  const StatusOr<StubTemplate> emitted = Emit(*plan);
  if (!emitted.ok()) return emitted.status();
  const StatusOr<const void*> installed = impl_->memory.Install(emitted->bytes, emitted->shape);
  if (!installed.ok()) return installed.status();
  return impl_->call_stubs.Insert(std::move(key), std::bit_cast<CallStub>(*installed));
}

StatusOr<StubCode> CodeCache::StampFast(const FastShape& shape,
                                        const abi::Convention& entered_convention,
                                        const abi::Convention& native_convention,
                                        const void* target, void* result_block) {
  if (shape.result == FastResult::kBlock && result_block == nullptr) {
    return Status::Error("a fast stub that stores its result needs a result block");
  }
  Status status = CheckRunsHere(native_convention);
  if (!status.ok()) return status;
  std::string key = "fast " + std::string(entered_convention.name) + shape.entered.Text() + " " +
                    std::string(native_convention.name) + shape.native.Text() +
                    ((shape.result == FastResult::kBlock) ? " block" : "");
  const StatusOr<const StubTemplate*> code = impl_->Template(
      std::move(key), [&] { return PlanFast(shape, entered_convention, native_convention); });
  if (!code.ok()) return code.status();
  const PatchValue values[] = {{PatchKind::kTarget, target},
                               {PatchKind::kResultBlock, result_block}};
  const std::vector<uint8_t> bytes = Patched(**code, values);
  const StatusOr<const void*> installed = impl_->memory.Install(bytes, (*code)->shape);
  if (!installed.ok()) return installed.status();
  ++impl_->live_stubs;
  return StubCode(*installed, bytes.size());
}

StatusOr<StubCode> CodeCache::StampClosure(const abi::Signature& signature,
                                           const abi::Convention& convention,
                                           ClosureHandler handler, void* context) {
  Status status = CheckRunsHere(convention);
  if (!status.ok()) return status;
  std::string key = "closure " + std::string(convention.name) + signature.Text();
  const StatusOr<const StubTemplate*> code = impl_->Template(
      std::move(key), [&] { return PlanClosure(signature, convention, abi::HostConvention()); });
  if (!code.ok()) return code.status();
  const PatchValue values[] = {{PatchKind::kHandler, std::bit_cast<const void*>(handler)},
                               {PatchKind::kContext, context}};
  const std::vector<uint8_t> bytes = Patched(**code, values);
  const StatusOr<const void*> installed = impl_->memory.Install(bytes, (*code)->shape);
  if (!installed.ok()) return installed.status();
  ++impl_->live_stubs;
  return StubCode(*installed, bytes.size());
}

CodeCache::Counts CodeCache::counts() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return {.call_stubs = impl_->call_stubs.size(),
          .templates = impl_->templates.size(),
          .live_stubs = impl_->live_stubs,
          .code_bytes_used = impl_->memory.bytes_used(),
          .code_bytes_mapped = impl_->memory.bytes_mapped(),
          .unwind_records = impl_->memory.unwind_records()};
}

StubCode::StubCode(StubCode&& other) noexcept
    : entry_(std::exchange(other.entry_, nullptr)), size_(std::exchange(other.size_, 0)) {}

StubCode& StubCode::operator=(StubCode&& other) noexcept {
  const StubCode old(std::move(*this));
  entry_ = std::exchange(other.entry_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

StubCode::~StubCode() {
  if (entry_ == nullptr) return;
  CodeCache::Impl& impl = *CodeCache::Process().impl_;
  impl.memory.Free(entry_);
  --impl.live_stubs;
}

}  // namespace springboard::jit
