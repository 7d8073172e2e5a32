// Unwind records as Linux's unwinder sees them come and go: each that is registered is taken back
// before its memory is.
//
// This program exports functions of the unwinder's names, which ExecMemory finds first, as it does
// those of any program with an unwinder of its own. They keep the list and call the next. Linux
// only: elsewhere the unwinder is not found by name.

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "ffi_jit/exec_memory.h"

namespace {

// In the order of registration. Never destroyed: stubs outlive static destructors.
std::vector<const void*>& Registered() {
  static auto* const records = new std::vector<const void*>;
  return *records;
}

void CallNext(const char* name, const void* record) {
  std::bit_cast<void (*)(const void*)>(dlsym(RTLD_NEXT, name))(record);
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) void __register_frame(void* record) {
  Registered().push_back(record);
  CallNext("__register_frame", record);
}

__attribute__((visibility("default"))) void __deregister_frame(void* record) {
  auto& records = Registered();
  const auto found = std::find(records.begin(), records.end(), record);
  if (found == records.end()) {
    ADD_FAILURE() << "a record that was never registered is taken back";
    return;
  }
  records.erase(found);
  CallNext("__deregister_frame", record);
}

}  // extern "C"

namespace springboard::jit {
namespace {

std::vector<const void*> InstallMany(ExecMemory& memory, UnwindShape shape, int count) {
  const std::vector<uint8_t> code(200, 0xCC);
  std::vector<const void*> installed;
  for (int i = 0; i < count; ++i) {
    const StatusOr<const void*> one = memory.Install(code, shape);
    EXPECT_TRUE(one.ok());
    if (one.ok()) installed.push_back(*one);
  }
  return installed;
}

TEST(UnwindRegistration, OneRecordServesManyStubs) {
  const size_t before = Registered().size();
  ExecMemory memory;
  InstallMany(memory, UnwindShape::kFramed, 100);
  EXPECT_EQ(Registered().size(), before + 1);
  InstallMany(memory, UnwindShape::kTail, 100);
  EXPECT_EQ(Registered().size(), before + 2);
  EXPECT_EQ(memory.unwind_records(), 2u);
}

TEST(UnwindRegistration, TheLastStubTakesItsRecordBack) {
  const size_t before = Registered().size();
  ExecMemory memory;
  for (int round = 0; round < 3; ++round) {
    // More than one block.
    const std::vector<const void*> installed = InstallMany(memory, UnwindShape::kFramed, 3000);
    EXPECT_GT(Registered().size(), before + 1);
    EXPECT_EQ(Registered().size(), before + memory.unwind_records());
    for (const void* code : installed) memory.Free(code);
    EXPECT_EQ(Registered().size(), before);
  }
}

TEST(UnwindRegistration, MemoryThatGoesTakesItsRecordsBack) {
  const size_t before = Registered().size();
  {
    ExecMemory memory;
    InstallMany(memory, UnwindShape::kFramed, 3000);
    EXPECT_GT(Registered().size(), before);
  }
  EXPECT_EQ(Registered().size(), before);
}

}  // namespace
}  // namespace springboard::jit
