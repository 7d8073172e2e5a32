// native_entry: see native_entry.h. The linker says where a section begins and ends.

#include "v8_glue/native_entry.h"

extern "C" {
[[gnu::visibility("hidden")]] extern const char __start_springboard_native_entries[];
[[gnu::visibility("hidden")]] extern const char __stop_springboard_native_entries[];
}

namespace springboard::glue {

bool EntersNative(uint64_t pc) {
  const auto begin = reinterpret_cast<uint64_t>(__start_springboard_native_entries);
  const auto end = reinterpret_cast<uint64_t>(__stop_springboard_native_entries);
  return pc - begin < end - begin;
}

}  // namespace springboard::glue
