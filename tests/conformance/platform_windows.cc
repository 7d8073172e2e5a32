// platform.h for Windows.

#include "tests/conformance/platform.h"

#ifdef _WIN32

#include <windows.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace springboard::conformance {
namespace {

CrashHandler crash_handler = nullptr;

const char* CrashName(DWORD code) {
  switch (code) {
    case EXCEPTION_ACCESS_VIOLATION:
      return "access violation";
    case EXCEPTION_ILLEGAL_INSTRUCTION:
      return "illegal instruction";
    case EXCEPTION_PRIV_INSTRUCTION:
      return "privileged instruction";
    case EXCEPTION_STACK_OVERFLOW:
      return "stack overflow";
    case EXCEPTION_BREAKPOINT:
      return "breakpoint";
    case EXCEPTION_DATATYPE_MISALIGNMENT:
      return "misaligned access";
    case EXCEPTION_IN_PAGE_ERROR:
      return "in-page error";
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
      return "division by zero";
    default:
      return nullptr;
  }
}

// A vectored handler runs before the system walks the stack, which generated code may have ruined.
LONG CALLBACK OnException(EXCEPTION_POINTERS* exception) {
  const char* name = CrashName(exception->ExceptionRecord->ExceptionCode);
  if (name == nullptr) return EXCEPTION_CONTINUE_SEARCH;
  static bool reporting = false;
  if (reporting) ExitProcess(3);
  reporting = true;
  const EXCEPTION_RECORD& record = *exception->ExceptionRecord;
  const uintptr_t instruction = std::bit_cast<uintptr_t>(record.ExceptionAddress);
  crash_handler(name, instruction,
                record.ExceptionCode == EXCEPTION_ACCESS_VIOLATION ? record.ExceptionInformation[1]
                                                                   : instruction);
  ExitProcess(3);
}

void* Map(void* address, size_t size, DWORD protection) {
  void* memory = VirtualAlloc(address, size, MEM_RESERVE | MEM_COMMIT, protection);
  if (memory == nullptr || (address != nullptr && memory != address)) {
    std::fprintf(stderr, "VirtualAlloc of %zu bytes at %p failed: %lu\n", size, address,
                 GetLastError());
    std::exit(2);
  }
  return memory;
}

}  // namespace

size_t PageBytes() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}

void MapAt(uintptr_t address, size_t size) {
  Map(std::bit_cast<void*>(address), size, PAGE_READWRITE);
}

uint8_t* MapBeforeUnreadablePage(size_t pages) {
  const size_t usable = pages * PageBytes();
  auto* memory = static_cast<uint8_t*>(Map(nullptr, usable + PageBytes(), PAGE_READWRITE));
  DWORD before = 0;
  if (!VirtualProtect(memory + usable, PageBytes(), PAGE_NOACCESS, &before)) {
    std::fprintf(stderr, "VirtualProtect failed: %lu\n", GetLastError());
    std::exit(2);
  }
  return memory;
}

StatusOr<const uint8_t*> MapCode(std::span<const uint8_t> code) {
  auto* memory = static_cast<uint8_t*>(Map(nullptr, code.size(), PAGE_READWRITE));
  std::memcpy(memory, code.data(), code.size());
  DWORD before = 0;
  if (!VirtualProtect(memory, code.size(), PAGE_EXECUTE_READ, &before)) {
    return Status::Error("the system gives no executable memory");
  }
  FlushInstructionCache(GetCurrentProcess(), memory, code.size());
  return static_cast<const uint8_t*>(memory);
}

StatusOr<Library> Library::Open(const std::string& path) {
  HMODULE module = LoadLibraryA(path.c_str());
  if (module == nullptr) {
    return Status::Error("LoadLibrary of " + path + " failed: error " +
                         std::to_string(GetLastError()));
  }
  return Library(module);
}

const void* Library::Symbol(const std::string& name) const {
  return std::bit_cast<const void*>(GetProcAddress(static_cast<HMODULE>(handle_), name.c_str()));
}

void InstallCrashHandler(CrashHandler handler) {
  crash_handler = handler;
  AddVectoredExceptionHandler(/*First=*/1, OnException);
}

}  // namespace springboard::conformance

#endif  // _WIN32
