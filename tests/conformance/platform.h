// What the runner asks of the operating system. One implementation per system: platform_posix.cc,
// platform_windows.cc.
//
// Memory is in whole pages, is never freed, and belongs to the caller. One thread. A request that
// the system refuses ends the process with a message: no check means anything without it.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_PLATFORM_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_PLATFORM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "abi/status.h"

namespace springboard::conformance {

size_t PageBytes();

// Zeroed memory at exactly `address`, to read and write.
void MapAt(uintptr_t address, size_t size);

// `pages` pages to read and write, followed by one that cannot be touched.
uint8_t* MapBeforeUnreadablePage(size_t pages);

// A copy of `code` that can be run.
StatusOr<const uint8_t*> MapCode(std::span<const uint8_t> code);

// A loaded shared library, never unloaded.
class Library {
 public:
  static StatusOr<Library> Open(const std::string& path);

  // Null if there is none.
  const void* Symbol(const std::string& name) const;

 private:
  explicit Library(void* handle) : handle_(handle) {}

  void* handle_;
};

// From now on a crash calls `handler`, on a stack of its own where the system can, with the crash's
// name, the address of the instruction, and the address that it could not use (where that has no
// meaning, the instruction's again). The process ends when the handler returns.
using CrashHandler = void (*)(const char* what, uintptr_t instruction, uintptr_t address);
void InstallCrashHandler(CrashHandler handler);

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_PLATFORM_H_
