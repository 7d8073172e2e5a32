// native_library: a shared library as the operating system loads it. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_NATIVE_LIBRARY_H_
#define SPRINGBOARD_V8_GLUE_NATIVE_LIBRARY_H_

#include <string>
#include <utility>

#include "abi/status.h"

namespace springboard::glue {

// Owns one reference to a loaded library. Movable, while nobody else knows it; unloads when
// destroyed.
class NativeLibrary {
 public:
  // How the loader opens a library (POSIX, dlopen): what RTLD_NOW, RTLD_GLOBAL, RTLD_NODELETE say.
  struct Flags {
    bool now = false;
    bool global = false;
    bool nodelete = false;
  };

  // Hands `path` to the system's loader, unless CheckLibraryFile() refuses it; an empty one is the
  // process itself. The Status carries the loader's own message, or that one's.
  static StatusOr<NativeLibrary> Open(const std::string& path, Flags flags);
  static StatusOr<NativeLibrary> Open(const std::string& path) { return Open(path, Flags()); }

  NativeLibrary(NativeLibrary&& other) noexcept;
  NativeLibrary& operator=(NativeLibrary&& other) noexcept;
  NativeLibrary(const NativeLibrary&) = delete;
  NativeLibrary& operator=(const NativeLibrary&) = delete;
  ~NativeLibrary();

  // The address of `name`, of the version `version` unless that is empty. The Status carries the
  // loader's own message. REQUIRES: not moved from.
  StatusOr<const void*> Find(const std::string& name, const std::string& version = {}) const;

  // From now on it is not unloaded when this is destroyed. One thread at a time, and whoever
  // destroys this does so later.
  void LeaveLoaded() const { stays_ = true; }

  // For tests and figures: how many of the process hold a library.
  static size_t open_count();

  // As Open() was given it.
  const std::string& path() const { return path_; }

 private:
  NativeLibrary(void* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

  void* handle_;
  std::string path_;
  mutable bool stays_ = false;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NATIVE_LIBRARY_H_
