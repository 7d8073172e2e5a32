// OpenLibraries: the libraries that Springboard has open in this process, for the crash report.
//
// NativeLibrary enters and takes out what it opens and closes, under a lock; a signal handler
// reads the list without one. Entries are never freed but used again. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_OPEN_LIBRARIES_H_
#define SPRINGBOARD_V8_GLUE_OPEN_LIBRARIES_H_

#include <atomic>
#include <cstddef>

namespace springboard::glue {

class OpenLibraries {
 public:
  struct Entry {
    // As dlopen() returned it: of glibc's making a link_map. Null while the entry is free.
    std::atomic<const void*> handle = nullptr;
    std::atomic<size_t> count = 0;  // how many times it is open
    Entry* next = nullptr;          // written before the entry is published
  };

  static void Add(const void* handle);
  static void Remove(const void* handle);

  // --- In a signal handler

  // Calls visit(entry) for all that are open.
  template <typename Visit>
  static void ForEach(Visit visit) {
    for (const Entry* entry = first_; entry != nullptr; entry = entry->next) {
      if (entry->handle != nullptr) visit(*entry);
    }
  }
  static bool Has(const void* handle);

 private:
  static std::atomic<Entry*> first_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_OPEN_LIBRARIES_H_
