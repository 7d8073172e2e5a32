// native_library: a shared library as the operating system loads it. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_NATIVE_LIBRARY_H_
#define SPRINGBOARD_V8_GLUE_NATIVE_LIBRARY_H_

#include <string>

#include "abi/status.h"

namespace springboard::glue {

// Owns one reference to a loaded library. Movable; unloads when destroyed.
class NativeLibrary {
 public:
  // Hands `path` to the system's loader. The Status carries the loader's own message.
  static StatusOr<NativeLibrary> Open(const std::string& path);

  NativeLibrary(NativeLibrary&& other) noexcept;
  NativeLibrary& operator=(NativeLibrary&& other) noexcept;
  NativeLibrary(const NativeLibrary&) = delete;
  NativeLibrary& operator=(const NativeLibrary&) = delete;
  ~NativeLibrary();

  // The address of `name`. The Status carries the loader's own message. REQUIRES: not moved from.
  StatusOr<const void*> Find(const std::string& name) const;

 private:
  explicit NativeLibrary(void* handle) : handle_(handle) {}

  void* handle_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NATIVE_LIBRARY_H_
