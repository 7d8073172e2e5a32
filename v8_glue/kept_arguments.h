// kept_arguments: what an ordinary call keeps of its arguments, until it is over and its result,
// which may be a part of them, has been read. Owned by the call; one thread at a time.

#ifndef SPRINGBOARD_V8_GLUE_KEPT_ARGUMENTS_H_
#define SPRINGBOARD_V8_GLUE_KEPT_ARGUMENTS_H_

#include <v8.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "v8_glue/c_string.h"

namespace springboard::glue {

// What owns the bytes of buffers, kept because the callee may run a callback that frees them.
class HeldStores {
 public:
  void Hold(std::shared_ptr<v8::BackingStore> store) {
    if (count_ < few_.size()) {
      few_[count_++] = std::move(store);
    } else {
      many_.push_back(std::move(store));
    }
  }

 private:
  // More buffers than nearly every C function has.
  static constexpr size_t kFew = 16;

  size_t count_ = 0;
  std::array<std::shared_ptr<v8::BackingStore>, kFew> few_;
  std::vector<std::shared_ptr<v8::BackingStore>> many_;
};

struct KeptArguments {
  StringMemory strings;              // their copies
  std::optional<HeldStores> stores;  // where the callee may run JavaScript
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_KEPT_ARGUMENTS_H_
