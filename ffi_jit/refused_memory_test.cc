// What happens when the system refuses memory for code: at every request that is made of it, when a
// block is full, and for every kind of stub. Each refusal is a Status with the system's reason and
// leaves nothing behind; what runs goes on, and the same request succeeds once the system allows
// it.
//
// The linker sends this program's own calls of mmap(), ftruncate() and syscall() through the
// functions below, see BUILD.bazel: how asmjit asks a POSIX system for memory.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/exec_memory.h"
#include "ffi_jit/testing.h"

namespace {

// Requests of the system, numbered from 1 since the last Deny().
struct Denials {
  int first = 0;
  int last = 0;
  int error = 0;
  int asked = 0;
  int refused = 0;
} g_denials;

void Deny(int first, int last, int error) { g_denials = {first, last, error}; }
void Allow() { Deny(0, 0, 0); }

bool Refuses() {
  const int number = ++g_denials.asked;
  if (number < g_denials.first || number > g_denials.last) return false;
  ++g_denials.refused;
  errno = g_denials.error;
  return true;
}

}  // namespace

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
void* __real_mmap(void* hint, size_t size, int protection, int flags, int file, off_t offset);
void* __wrap_mmap(void* hint, size_t size, int protection, int flags, int file, off_t offset) {
  return Refuses() ? MAP_FAILED : __real_mmap(hint, size, protection, flags, file, offset);
}

int __real_ftruncate(int file, off_t size);
int __wrap_ftruncate(int file, off_t size) { return Refuses() ? -1 : __real_ftruncate(file, size); }

// Only for memory files: memfd_create(name, flags).
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...) {
  if (number == SYS_memfd_create && Refuses()) return -1;
  va_list arguments;
  va_start(arguments, number);
  const auto name = va_arg(arguments, const char*);
  const auto flags = va_arg(arguments, unsigned);
  va_end(arguments);
  return __real_syscall(number, name, flags);
}
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"

namespace springboard::jit {
namespace {

constexpr int kErrors[] = {EPERM, EACCES, ENOMEM, EMFILE, ENFILE, EAGAIN};
constexpr int kAll = std::numeric_limits<int>::max();

std::string ReasonOf(int error) {
  return "the system refuses executable memory: " + std::generic_category().message(error);
}

// What the process holds of the system because of code.
std::pair<size_t, size_t> FilesAndMaps() {
  const auto files =
      static_cast<size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
  std::ifstream maps("/proc/self/maps");
  size_t of_code = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.find("memfd:vmem") != std::string::npos) ++of_code;
  }
  return {files, of_code};
}

// Refuses the first request of `operation`, then the second, and so on, until it succeeds. Returns
// how many refusals there were. `unchanged` is called after each.
template <typename Operation>
int RefuseEachRequest(Operation operation, const std::function<void()>& unchanged) {
  const auto before = FilesAndMaps();
  for (int request = 1;; ++request) {
    const int error = kErrors[static_cast<size_t>(request) % std::size(kErrors)];
    Deny(request, request, error);
    const Status status = operation();
    const int refused = std::exchange(g_denials.refused, 0);
    Allow();
    if (refused == 0) {
      EXPECT_TRUE(status.ok()) << status.message();
      return request - 1;
    }
    EXPECT_FALSE(status.ok()) << "request " << request;
    if (status.ok()) return -1;
    EXPECT_TRUE(status.refused());
    EXPECT_EQ(status.message(), ReasonOf(error));
    EXPECT_EQ(FilesAndMaps(), before) << "request " << request;
    unchanged();
  }
}

std::vector<uint8_t> Return42() {
  const bool x64 = abi::HostConvention().architecture == abi::Architecture::kX64;
  return x64 ? std::vector<uint8_t>{0xB8, 0x2A, 0, 0, 0, 0xC3}                  // mov eax, 42; ret
             : std::vector<uint8_t>{0x40, 5, 0x80, 0x52, 0xC0, 3, 0x5F, 0xD6};  // mov w0, 42; ret
}

int RunCode(const void* code) { return testing::Function<int()>(code)(); }

// Installs code until the system would have to be asked for more; returns what was installed.
std::vector<const void*> Fill(ExecMemory& memory, UnwindShape shape) {
  std::vector<const void*> installed;
  Deny(1, kAll, ENOMEM);
  while (true) {
    const StatusOr<const void*> code = memory.Install(Return42(), shape);
    if (!code.ok()) break;
    installed.push_back(*code);
  }
  Allow();
  return installed;
}

TEST(RefusedMemory, EveryRequestForAFirstBlock) {
  for (const UnwindShape shape : {UnwindShape::kTail, UnwindShape::kFramed}) {
    ExecMemory memory;
    const void* code = nullptr;
    const auto install = [&] {
      const StatusOr<const void*> installed = memory.Install(Return42(), shape);
      if (installed.ok()) code = *installed;
      return installed.status();
    };
    EXPECT_GE(RefuseEachRequest(install,
                                [&] {
                                  EXPECT_EQ(memory.bytes_mapped(), 0u);
                                  EXPECT_EQ(memory.bytes_used(), 0u);
                                  EXPECT_EQ(memory.unwind_records(), 0u);
                                }),
              4);  // a file, its size, two views of it
    EXPECT_EQ(RunCode(code), 42);
    EXPECT_GT(memory.unwind_records(), 0u);
    memory.Free(code);
  }
}

TEST(RefusedMemory, EveryRequestForAnotherBlock) {
  for (const UnwindShape shape : {UnwindShape::kTail, UnwindShape::kFramed}) {
    ExecMemory memory;
    const void* first = *memory.Install(Return42(), shape);
    std::vector<const void*> installed = Fill(memory, shape);
    EXPECT_GT(installed.size(), 100u);
    const size_t mapped = memory.bytes_mapped();
    const size_t used = memory.bytes_used();
    const size_t records = memory.unwind_records();
    const auto install = [&] {
      const StatusOr<const void*> code = memory.Install(Return42(), shape);
      if (code.ok()) installed.push_back(*code);
      return code.status();
    };
    EXPECT_GE(RefuseEachRequest(install,
                                [&] {
                                  EXPECT_EQ(memory.bytes_mapped(), mapped);
                                  EXPECT_EQ(memory.bytes_used(), used);
                                  EXPECT_EQ(memory.unwind_records(), records);
                                  EXPECT_EQ(RunCode(first), 42);
                                }),
              4);
    EXPECT_GT(memory.bytes_mapped(), mapped);
    installed.push_back(first);
    for (const void* code : installed) {
      EXPECT_EQ(RunCode(code), 42);
      memory.Free(code);
    }
    EXPECT_EQ(memory.bytes_used(), 0u);
    EXPECT_EQ(memory.unwind_records(), 0u);
  }
}

TEST(RefusedMemory, AThousandRefusalsLeaveNothing) {
  ExecMemory memory;
  const auto before = FilesAndMaps();
  Deny(1, kAll, EMFILE);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(memory.Install(Return42(), UnwindShape::kTail).ok());
  }
  Allow();
  EXPECT_EQ(FilesAndMaps(), before);
  EXPECT_EQ(memory.bytes_mapped(), 0u);
  EXPECT_EQ(RunCode(*memory.Install(Return42(), UnwindShape::kTail)), 42);
}

int Plus(int a, int b) { return a + b; }

void Handle(void* context, const uint64_t*, void* result) {
  std::memcpy(result, context, sizeof(uint64_t));
}

// The process's cache with its blocks full: what has to be asked for is asked of the system.
class RefusedStubs : public ::testing::Test {
 protected:
  void SetUp() override {
    shape_.entered = testing::Sig("(pointer,i32,i32)i32");
    shape_.native = testing::Sig("(i32,i32)i32");
    const StatusOr<const FastTemplate*> code =
        cache_.GetFastTemplate(shape_, abi::HostConvention(), abi::HostConvention());
    ASSERT_TRUE(code.ok());
    fast_ = *code;
    ASSERT_TRUE(Fast(1, &stubs_).ok());
    Deny(1, kAll, ENOMEM);
    // Fast stubs come first in stubs_.
    while (Fast(1, &stubs_).ok()) continue;
    while (Closure(&stubs_).ok()) continue;
    Allow();
    before_ = cache_.counts();
  }

  Status Fast(size_t count, std::vector<StubCode>* stubs) {
    const std::vector<const void*> targets(count, testing::Address(&Plus));
    StatusOr<std::vector<StubCode>> stamped = cache_.StampFast(*fast_, targets, nullptr);
    if (!stamped.ok()) return stamped.status();
    std::move(stamped->begin(), stamped->end(), std::back_inserter(*stubs));
    return Status::Ok();
  }
  Status Closure(std::vector<StubCode>* stubs) {
    StatusOr<StubCode> stub =
        cache_.StampClosure(testing::Sig("()u64"), abi::HostConvention(), &Handle, &value_);
    if (!stub.ok()) return stub.status();
    stubs->push_back(*std::move(stub));
    return Status::Ok();
  }
  void ExpectUnchanged() const {
    const CodeCache::Counts now = cache_.counts();
    EXPECT_EQ(now.call_stubs, before_.call_stubs);
    EXPECT_EQ(now.live_stubs, before_.live_stubs);
    EXPECT_EQ(now.code_bytes_used, before_.code_bytes_used);
    EXPECT_EQ(now.code_bytes_mapped, before_.code_bytes_mapped);
    EXPECT_EQ(now.unwind_records, before_.unwind_records);
  }
  int Expect(const std::function<Status()>& operation) {
    return RefuseEachRequest(operation, [this] { ExpectUnchanged(); });
  }

  CodeCache& cache_ = CodeCache::Process();
  FastShape shape_;
  const FastTemplate* fast_ = nullptr;
  uint64_t value_ = 42;
  std::vector<StubCode> stubs_;
  CodeCache::Counts before_{};
};

TEST_F(RefusedStubs, FastStubs) {
  std::vector<StubCode> made;
  EXPECT_GE(Expect([&] { return Fast(1, &made); }), 4);
  EXPECT_EQ(testing::Function<int(void*, int, int)>(made[0].entry())(nullptr, 30, 12), 42);
}

TEST_F(RefusedStubs, ABatchIsMadeWholeOrNotAtAll) {
  // The first hundreds find room, the others ask for one block more: of several, the allocator
  // would keep an empty one for the next time.
  stubs_.erase(stubs_.begin() + 1, stubs_.begin() + 500);
  before_ = cache_.counts();
  std::vector<StubCode> made;
  const size_t count = 1000;
  EXPECT_GE(Expect([&] { return Fast(count, &made); }), 4);
  ASSERT_EQ(made.size(), count);
  EXPECT_EQ(testing::Function<int(void*, int, int)>(made.back().entry())(nullptr, 30, 12), 42);
}

TEST_F(RefusedStubs, ClosureStubs) {
  std::vector<StubCode> made;
  EXPECT_GE(Expect([&] { return Closure(&made); }), 4);
  EXPECT_EQ(testing::Function<uint64_t()>(made[0].entry())(), 42u);
}

TEST_F(RefusedStubs, CallStubs) {
  CallStub stub = nullptr;
  // Call stubs stay: one that this process has not made yet, too long for what is left of a block.
  static int count = 100;
  std::string more;
  for (int i = 0; i < count; ++i) more += ",i8";
  ++count;
  const abi::Signature signature = testing::Sig("(i32,i32" + more + ")i32");
  EXPECT_GE(Expect([&] {
              const StatusOr<CallStub> made = cache_.GetCallStub(signature, abi::HostConvention());
              if (made.ok()) stub = *made;
              return made.status();
            }),
            4);
  std::vector<uint64_t> slots(abi::kMaxParameters, 0);
  slots[0] = 30;
  slots[1] = 12;
  uint64_t result = 0;
  stub(testing::Address(&Plus), slots.data(), &result);
  EXPECT_EQ(static_cast<int>(result), 42);
}

}  // namespace
}  // namespace springboard::jit
