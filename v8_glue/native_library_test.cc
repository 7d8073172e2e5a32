// Libraries and the names of running functions as several threads use them: ThreadSanitizer looks
// at this in ./dev test.

#include "v8_glue/native_library.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "v8_glue/running_symbol.h"

namespace springboard::glue {
namespace {

template <typename Body>
void OnThreads(int count, Body body) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST(NativeLibrary, FindsAndSaysWhatItDoesNotFind) {
  const StatusOr<NativeLibrary> library = NativeLibrary::Open("libm.so.6");
  ASSERT_TRUE(library.ok()) << library.status().message();
  EXPECT_EQ(library->path(), "libm.so.6");
  EXPECT_TRUE(library->Find("hypot").ok());
  EXPECT_FALSE(library->Find("no_such_function").ok());
  EXPECT_NE(library->Find("no_such_function").status().message().find("no_such_function"),
            std::string::npos);
}

TEST(NativeLibrary, VersionsOfSymbols) {
  const StatusOr<NativeLibrary> library = NativeLibrary::Open("libc.so.6");
  ASSERT_TRUE(library.ok());
#if defined(__x86_64__)
  EXPECT_TRUE(library->Find("memcpy", "GLIBC_2.2.5").ok());
  EXPECT_NE(*library->Find("memcpy", "GLIBC_2.2.5"), *library->Find("memcpy", "GLIBC_2.14"));
#endif
  const StatusOr<const void*> none = library->Find("memcpy", "GLIBC_0.1");
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.status().message().find("GLIBC_0.1"), std::string::npos);
}

TEST(NativeLibrary, AnEmptyPathIsTheProcess) {
  const StatusOr<NativeLibrary> process = NativeLibrary::Open("", {.now = true});
  ASSERT_TRUE(process.ok());
  EXPECT_TRUE(process->Find("malloc").ok());
}

TEST(NativeLibrary, CountsWhatIsOpen) {
  const size_t before = NativeLibrary::open_count();
  {
    StatusOr<NativeLibrary> first = NativeLibrary::Open("libm.so.6");
    ASSERT_TRUE(first.ok());
    const NativeLibrary moved = *std::move(first);
    EXPECT_EQ(NativeLibrary::open_count(), before + 1);
    EXPECT_FALSE(NativeLibrary::Open("./no_such_library.so").ok());
    EXPECT_EQ(NativeLibrary::open_count(), before + 1);
  }
  EXPECT_EQ(NativeLibrary::open_count(), before);
}

TEST(NativeLibrary, ManyThreads) {
  const size_t before = NativeLibrary::open_count();
  OnThreads(4, [](int thread) {
    const std::string missing = "no_such_function_" + std::to_string(thread);
    for (int i = 0; i < 100; ++i) {
      StatusOr<NativeLibrary> opened = NativeLibrary::Open("libm.so.6");
      ASSERT_TRUE(opened.ok());
      const auto shared = std::make_shared<const NativeLibrary>(*std::move(opened));
      ASSERT_TRUE(shared->Find("hypot").ok());
      // Messages are each thread's own.
      const StatusOr<const void*> found = shared->Find(missing);
      ASSERT_FALSE(found.ok());
      EXPECT_NE(found.status().message().find(missing), std::string::npos);
    }
  });
  EXPECT_EQ(NativeLibrary::open_count(), before);
}

TEST(NativeLibrary, ALibraryMayBeFoundInAndGivenUpByAnyThread) {
  const size_t before = NativeLibrary::open_count();
  StatusOr<NativeLibrary> opened = NativeLibrary::Open("libm.so.6");
  ASSERT_TRUE(opened.ok());
  constexpr int kThreads = 4;
  std::vector<std::shared_ptr<const NativeLibrary>> shares(
      kThreads, std::make_shared<const NativeLibrary>(*std::move(opened)));
  OnThreads(kThreads, [&shares](int thread) {
    const auto own = std::move(shares[static_cast<size_t>(thread)]);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(own->Find("hypot").ok());
  });
  EXPECT_EQ(NativeLibrary::open_count(), before);
}

TEST(RunningSymbol, NamesAreReadWhileTheyComeAndGo) {
  RunningSymbol running;
  std::atomic<bool> ended = false;
  std::atomic<int> seen = 0;
  constexpr size_t kReaders = 3;
  std::vector<std::thread> readers;
  readers.reserve(kReaders);
  for (size_t i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!ended) {
        const std::string name = running.Name();
        if (!name.empty()) ++seen;
        EXPECT_TRUE(name.empty() || name.starts_with("a long name of a function ")) << name;
      }
    });
  }
  for (int i = 0; i < 2000 || seen == 0; ++i) {
    const auto outer =
        std::make_unique<std::string>("a long name of a function " + std::to_string(i));
    {
      const RunningSymbol::Scope calling(running, *outer);
      const std::string inner = "a long name of a function within";
      { const RunningSymbol::Scope nested(running, inner); }
      running.ForgetNames();  // `inner` ends here
    }
    running.ForgetNames();
  }
  ended = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(running.Name(), "");
}

}  // namespace
}  // namespace springboard::glue
