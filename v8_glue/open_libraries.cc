// open_libraries: see open_libraries.h.

#include "v8_glue/open_libraries.h"

#include <mutex>
#include <unordered_map>
#include <vector>

namespace springboard::glue {

namespace {

// What only those who open and close need. Never destroyed: libraries are closed at exit, too.
struct Index {
  std::mutex mutex;
  std::unordered_map<const void*, OpenLibraries::Entry*> entries;
  std::vector<OpenLibraries::Entry*> free;
};

Index& TheIndex() {
  static Index& index = *new Index;
  return index;
}

}  // namespace

constinit std::atomic<OpenLibraries::Entry*> OpenLibraries::first_ = nullptr;

void OpenLibraries::Add(const void* handle) {
  Index& index = TheIndex();
  const std::lock_guard<std::mutex> lock(index.mutex);
  Entry*& entry = index.entries[handle];
  if (entry == nullptr) {
    if (index.free.empty()) {
      entry = new Entry;
      entry->next = first_;
      first_ = entry;
    } else {
      entry = index.free.back();
      index.free.pop_back();
    }
    entry->handle = handle;
  }
  ++entry->count;
}

void OpenLibraries::Remove(const void* handle) {
  Index& index = TheIndex();
  const std::lock_guard<std::mutex> lock(index.mutex);
  const auto found = index.entries.find(handle);
  Entry* entry = found->second;
  if (--entry->count > 0) return;
  entry->handle = nullptr;
  index.entries.erase(found);
  index.free.push_back(entry);
}

bool OpenLibraries::Has(const void* handle) {
  bool has = false;
  ForEach([&](const Entry& entry) { has = has || entry.handle == handle; });
  return has;
}

}  // namespace springboard::glue
