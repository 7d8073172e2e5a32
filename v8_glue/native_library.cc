// native_library: the loader of POSIX systems. See native_library.h.

#include "v8_glue/native_library.h"

#include <dlfcn.h>

#include <atomic>
#include <cassert>
#include <utility>

#include "v8_glue/library_file.h"
#include "v8_glue/open_libraries.h"
#include "v8_glue/terminate_report.h"

namespace springboard::glue {

namespace {

Status LastError() {
  const char* message = dlerror();
  return Status::Error(message == nullptr ? "unknown error" : message);
}

std::atomic<size_t> open_libraries = 0;

#if defined(__GLIBC__)
constexpr bool kHasVersions = true;

const void* Lookup(void* handle, const std::string& name, const std::string& version) {
  return version.empty() ? dlsym(handle, name.c_str())
                         : dlvsym(handle, name.c_str(), version.c_str());
}
#else
constexpr bool kHasVersions = false;

const void* Lookup(void* handle, const std::string& name, const std::string&) {
  return dlsym(handle, name.c_str());
}
#endif

}  // namespace

StatusOr<NativeLibrary> NativeLibrary::Open(const std::string& path, Flags flags) {
  Status checked = CheckLibraryFile(path);
  if (!checked.ok()) return checked;
  const int mode = (flags.now ? RTLD_NOW : RTLD_LAZY) | (flags.global ? RTLD_GLOBAL : RTLD_LOCAL) |
                   (flags.nodelete ? RTLD_NODELETE : 0);
  void* handle = dlopen(path.c_str(), mode);
  if (handle == nullptr) return LastError();
  WatchTerminate();
  ++open_libraries;
  OpenLibraries::Add(handle);
  return NativeLibrary(handle, path);
}

NativeLibrary::NativeLibrary(NativeLibrary&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}

NativeLibrary& NativeLibrary::operator=(NativeLibrary&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(path_, other.path_);
  return *this;
}

NativeLibrary::~NativeLibrary() {
  if (handle_ == nullptr) return;
  if (!stays_) {
    OpenLibraries::Remove(handle_);
    dlclose(handle_);
  }
  --open_libraries;
}

size_t NativeLibrary::open_count() { return open_libraries; }

StatusOr<const void*> NativeLibrary::Find(const std::string& name,
                                          const std::string& version) const {
  assert(handle_ != nullptr);
  if (!kHasVersions && !version.empty()) {
    return Status::Error("symbol '" + name + "', version '" + version +
                         "': the loader of this system knows no versions");
  }
  dlerror();  // a symbol may be null without an error: only a message tells
  const void* address = Lookup(handle_, name, version);
  if (address != nullptr) return address;
  const char* message = dlerror();
  if (message != nullptr) return Status::Error(message);
  return Status::Error("symbol '" + name + "' has the address 0");
}

}  // namespace springboard::glue
