// TestStub: a planned stub of any pairing of conventions, patched and installed. CodeCache makes
// stubs for this host's own convention only. Test code; any thread.

#ifndef SPRINGBOARD_FFI_JIT_TEST_STUB_H_
#define SPRINGBOARD_FFI_JIT_TEST_STUB_H_

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <initializer_list>

#include "ffi_jit/emitter.h"
#include "ffi_jit/exec_memory.h"
#include "ffi_jit/stub_plan.h"

namespace springboard::jit::testing {

// The convention of this host's architecture that its own code does not have, and how a function is
// declared to have it. Absent on AArch64, where all conventions preserve the same registers.
#if defined(__x86_64__) && defined(_WIN32)
#define SPRINGBOARD_FOREIGN __attribute__((sysv_abi))
inline const abi::Convention& ForeignConvention() { return abi::SysvX64(); }
#elif defined(__x86_64__)
#define SPRINGBOARD_FOREIGN __attribute__((ms_abi))
inline const abi::Convention& ForeignConvention() { return abi::Win64(); }
#endif

struct Patch {
  PatchKind kind;
  const void* value;
};

class TestStub {
 public:
  explicit TestStub(const StatusOr<StubPlan>& plan, std::initializer_list<Patch> patches = {}) {
    EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : plan.status().message());
    if (!plan.ok()) return;
    StatusOr<StubTemplate> code = Emit(*plan);
    EXPECT_TRUE(code.ok()) << (code.ok() ? "" : code.status().message());
    if (!code.ok()) return;
    shape_ = code->shape;
    for (const PatchPoint& point : code->patches) {
      for (const Patch& patch : patches) {
        if (patch.kind != point.kind) continue;
        std::memcpy(code->bytes.data() + point.offset, &patch.value, sizeof(patch.value));
      }
    }
    const StatusOr<const void*> installed = Memory().Install(code->bytes, shape_);
    EXPECT_TRUE(installed.ok()) << (installed.ok() ? "" : installed.status().message());
    if (installed.ok()) entry_ = *installed;
  }
  ~TestStub() {
    if (entry_ != nullptr) Memory().Free(entry_);
  }
  TestStub(const TestStub&) = delete;
  TestStub& operator=(const TestStub&) = delete;

  static ExecMemory& Memory() {
    static ExecMemory memory;
    return memory;
  }

  const void* entry() const { return entry_; }
  UnwindShape shape() const { return shape_; }

 private:
  const void* entry_ = nullptr;
  UnwindShape shape_ = UnwindShape::kTail;
};

}  // namespace springboard::jit::testing

#endif  // SPRINGBOARD_FFI_JIT_TEST_STUB_H_
