// The process's stubs: compiled once per shape, stamped per address. See code_cache.h.

#include "ffi_jit/code_cache.h"

#include <algorithm>
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

// Fills the holes in `bytes`, a copy of the template's.
void Patch(const StubTemplate& code, std::span<const PatchValue> values,
           std::vector<uint8_t>& bytes) {
  for (const PatchPoint& point : code.patches) {
    [[maybe_unused]] bool found = false;
    for (const PatchValue& patch : values) {
      if (patch.kind != point.kind) continue;
      std::memcpy(bytes.data() + point.offset, &patch.value, sizeof(patch.value));
      found = true;
    }
    assert(found);
  }
}

// Stubs of every architecture can be planned and emitted, but run only on their own.
Status CheckRunsHere(const abi::Convention& convention) {
  if (convention.architecture == abi::HostConvention().architecture) return Status::Ok();
  return Status::Error("code of " + std::string(convention.name) +
                       " is code of another processor and cannot be called here");
}

bool TakesHandles(const FastShape& shape) {
  const auto is_handle = [](FastUse use) {
    return use != FastUse::kValue && use != FastUse::kSafeInteger;
  };
  return shape.result == FastResult::kBytes ||
         std::any_of(shape.uses.begin(), shape.uses.end(), is_handle);
}

// Every field by name, so that a new one cannot be forgotten.
std::string Text(const ObjectLayout& layout) {
  const auto& [null_value, map_type, typed_array, data_view, array_buffer, number, big_int,
               view_buffer, view_bits, view_variable, view_length, view_external, view_base,
               data_view_data, buffer_length, buffer_store, number_value, big_int_bits,
               big_int_digit, string_type, string_mask, string_length, string_characters, pair_type,
               thin_type, empty_string, pair_first, pair_second, thin_actual] = layout;
  std::string text;
  for (const uint64_t field : {null_value,
                               uint64_t{map_type},
                               uint64_t{typed_array},
                               uint64_t{data_view},
                               uint64_t{array_buffer},
                               uint64_t{number},
                               uint64_t{big_int},
                               uint64_t{view_buffer},
                               uint64_t{view_bits},
                               uint64_t{view_variable},
                               uint64_t{view_length},
                               uint64_t{view_external},
                               uint64_t{view_base},
                               uint64_t{data_view_data},
                               uint64_t{buffer_length},
                               uint64_t{buffer_store},
                               uint64_t{number_value},
                               uint64_t{big_int_bits},
                               uint64_t{big_int_digit},
                               uint64_t{string_type},
                               uint64_t{string_mask},
                               uint64_t{string_length},
                               uint64_t{string_characters},
                               uint64_t{pair_type},
                               uint64_t{thin_type},
                               empty_string,
                               uint64_t{pair_first},
                               uint64_t{pair_second},
                               uint64_t{thin_actual}}) {
    text += " " + std::to_string(field);
  }
  return text;
}

std::string KeyOf(const FastShape& shape, const abi::Convention& entered,
                  const abi::Convention& native) {
  std::string key = std::string(entered.name) + shape.entered.Text() + " " +
                    std::string(native.name) + shape.native.Text() + " ";
  const std::vector<FastUse> values(shape.native.parameters.size(), FastUse::kValue);
  for (const FastUse use : shape.uses.empty() ? values : shape.uses) {
    key += std::to_string(static_cast<int>(use));
  }
  key += " " + std::to_string(static_cast<int>(shape.result));
  if (shape.safe_result) key += " safe";
  if (shape.movable_bytes) key += " movable";
  if (shape.lists_bytes) key += " lists";
  if (shape.errno_offset) key += " errno" + std::to_string(*shape.errno_offset);
  if (TakesHandles(shape)) key += Text(shape.layout);
  return key;
}

}  // namespace

class FastTemplate {
 public:
  explicit FastTemplate(StubTemplate code) : code_(std::move(code)) {}
  const StubTemplate& code() const { return code_; }
  bool writes_block() const {
    const auto is_block = [](const PatchPoint& point) { return point.kind == PatchKind::kBlock; };
    return std::any_of(code_.patches.begin(), code_.patches.end(), is_block);
  }

 private:
  StubTemplate code_;
};

struct CodeCache::Impl {
  std::mutex mutex;  // guards the tables; the memory has a lock of its own
  ExecMemory memory;
  KeyedCache<CallStub> call_stubs{HashText};
  KeyedCache<FastTemplate> fast_templates{HashText};
  KeyedCache<StubTemplate> closure_templates{HashText};
  std::atomic<size_t> live_stubs{0};

  // The template of `key`, made by `plan()` the first time. The pointer stays valid.
  template <typename Template, typename Plan>
  StatusOr<const Template*> FindOrMake(KeyedCache<Template>& templates, std::string key,
                                       Plan plan) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (const Template* found = templates.Find(key)) return found;
    const StatusOr<StubPlan> planned = plan();
    if (!planned.ok()) return planned.status();
    StatusOr<StubTemplate> emitted = Emit(*planned);
    if (!emitted.ok()) return emitted.status();
    return &templates.Insert(std::move(key), Template(*std::move(emitted)));
  }

  // Counts as a live stub from now on.
  StatusOr<const void*> Install(std::span<const uint8_t> bytes, UnwindShape shape) {
    StatusOr<const void*> installed = memory.Install(bytes, shape);
    if (installed.ok()) ++live_stubs;
    return installed;
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

StatusOr<const FastTemplate*> CodeCache::GetFastTemplate(const FastShape& shape,
                                                         const abi::Convention& entered_convention,
                                                         const abi::Convention& native_convention) {
  Status status = CheckRunsHere(native_convention);
  if (!status.ok()) return status;
  return impl_->FindOrMake(impl_->fast_templates,
                           KeyOf(shape, entered_convention, native_convention),
                           [&] { return PlanFast(shape, entered_convention, native_convention); });
}

StatusOr<std::vector<StubCode>> CodeCache::StampFast(const FastTemplate& code,
                                                     std::span<const void* const> targets,
                                                     FastBlock* block) {
  if (block == nullptr && code.writes_block()) {
    return Status::Error("these fast stubs write to a block, and none is given");
  }
  std::vector<uint8_t> bytes = code.code().bytes;
  std::vector<StubCode> stubs;
  stubs.reserve(targets.size());
  for (const void* target : targets) {
    const PatchValue values[] = {{PatchKind::kTarget, target},
                                 {PatchKind::kBlock, block},
                                 {PatchKind::kHandler, std::bit_cast<const void*>(&KeepText)}};
    Patch(code.code(), values, bytes);
    const StatusOr<const void*> installed = impl_->Install(bytes, code.code().shape);
    if (!installed.ok()) return installed.status();
    stubs.push_back(StubCode(*installed));
  }
  return stubs;
}

StatusOr<StubCode> CodeCache::StampClosure(const abi::Signature& signature,
                                           const abi::Convention& convention,
                                           ClosureHandler handler, void* context) {
  Status status = CheckRunsHere(convention);
  if (!status.ok()) return status;
  std::string key = std::string(convention.name) + signature.Text();
  const StatusOr<const StubTemplate*> code =
      impl_->FindOrMake(impl_->closure_templates, std::move(key),
                        [&] { return PlanClosure(signature, convention, abi::HostConvention()); });
  if (!code.ok()) return code.status();
  const PatchValue values[] = {{PatchKind::kHandler, std::bit_cast<const void*>(handler)},
                               {PatchKind::kContext, context}};
  std::vector<uint8_t> bytes = (*code)->bytes;
  Patch(**code, values, bytes);
  const StatusOr<const void*> installed = impl_->Install(bytes, (*code)->shape);
  if (!installed.ok()) return installed.status();
  return StubCode(*installed);
}

CodeCache::Counts CodeCache::counts() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return {.call_stubs = impl_->call_stubs.size(),
          .templates = impl_->fast_templates.size() + impl_->closure_templates.size(),
          .live_stubs = impl_->live_stubs,
          .code_bytes_used = impl_->memory.bytes_used(),
          .code_bytes_mapped = impl_->memory.bytes_mapped(),
          .unwind_records = impl_->memory.unwind_records()};
}

StubCode::StubCode(StubCode&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}

StubCode& StubCode::operator=(StubCode&& other) noexcept {
  const StubCode old(std::move(*this));
  entry_ = std::exchange(other.entry_, nullptr);
  return *this;
}

StubCode::~StubCode() {
  if (entry_ == nullptr) return;
  CodeCache::Impl& impl = *CodeCache::Process().impl_;
  impl.memory.Free(entry_);
  --impl.live_stubs;
}

}  // namespace springboard::jit
