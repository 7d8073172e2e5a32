// Registration of unwind records with this process's unwinder. See unwind.h.
//
// Linux: __register_frame() of libgcc's unwinder. There may be two of them: a library linked with
// -static-libgcc, as the shipped addon is, carries one of its own, which the program's exceptions
// and backtrace() never ask. So the process's is looked up by name, first among the symbols of the
// program and what it loaded, then in libgcc_s, which is where backtrace() looks too. LLVM's
// libunwind has a function of that name that takes a single FDE; there nothing is registered.
// Windows on x86-64: RtlAddFunctionTable().

#include "ffi_jit/unwind.h"

#if defined(__linux__)
#include <dlfcn.h>

#include <bit>
#elif defined(_WIN32) && defined(__x86_64__)
#include <windows.h>
#endif

namespace springboard::jit {

#if defined(__linux__)

namespace {

struct Unwinder {
  using Function = void (*)(const void* eh_frame);
  Function enter = nullptr;
  Function leave = nullptr;
};

Unwinder FindUnwinder() {
  const auto find = [](void* library) {
    return Unwinder{std::bit_cast<Unwinder::Function>(dlsym(library, "__register_frame")),
                    std::bit_cast<Unwinder::Function>(dlsym(library, "__deregister_frame"))};
  };
  if (dlsym(RTLD_DEFAULT, "__unw_add_dynamic_fde") != nullptr) return {};
  const Unwinder global = find(RTLD_DEFAULT);
  if (global.enter != nullptr && global.leave != nullptr) return global;
  // Stays loaded: the records registered with it live until the process ends.
  void* const library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return {};
  const Unwinder own = find(library);
  return own.enter != nullptr && own.leave != nullptr ? own : Unwinder{};
}

const Unwinder& HostUnwinder() {
  static const Unwinder unwinder = FindUnwinder();
  return unwinder;
}

}  // namespace

std::vector<uint8_t> HostUnwindRecord(UnwindShape shape, const void* code_begin,
                                      size_t code_bytes) {
  return DwarfRecord(abi::HostConvention().architecture, shape, std::bit_cast<uint64_t>(code_begin),
                     code_bytes);
}

bool RegisterUnwindRecord(const void* record) {
  const Unwinder& unwinder = HostUnwinder();
  if (unwinder.enter == nullptr) return false;
  unwinder.enter(record);
  return true;
}

void DeregisterUnwindRecord(const void* record) { HostUnwinder().leave(record); }

#elif defined(_WIN32) && defined(__x86_64__)

namespace {

// The record begins with the table, of one entry, and lies at the base that its entry counts from.
PRUNTIME_FUNCTION TableOf(const void* record) {
  return static_cast<PRUNTIME_FUNCTION>(const_cast<void*>(record));
}

}  // namespace

std::vector<uint8_t> HostUnwindRecord(UnwindShape shape, const void*, size_t code_bytes) {
  return WindowsRecord(shape, static_cast<uint32_t>(code_bytes));
}

bool RegisterUnwindRecord(const void* record) {
  return RtlAddFunctionTable(TableOf(record), 1, reinterpret_cast<DWORD64>(record)) != 0;
}

void DeregisterUnwindRecord(const void* record) { RtlDeleteFunctionTable(TableOf(record)); }

#else

std::vector<uint8_t> HostUnwindRecord(UnwindShape, const void*, size_t) { return {}; }
bool RegisterUnwindRecord(const void*) { return false; }
void DeregisterUnwindRecord(const void*) {}

#endif

}  // namespace springboard::jit
