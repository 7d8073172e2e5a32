// KeyedCache: values found by the hash of a canonical text and verified by the text itself.
//
// Two texts of one hash are two entries: a collision costs a comparison and can never hand out the
// wrong value. Values never move. The hash function is given by the owner, so that tests can force
// collisions. Not synchronised.

#ifndef SPRINGBOARD_FFI_JIT_KEYED_CACHE_H_
#define SPRINGBOARD_FFI_JIT_KEYED_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace springboard::jit {

template <typename Value>
class KeyedCache {
 public:
  using Hash = uint64_t (*)(std::string_view);

  explicit KeyedCache(Hash hash) : hash_(hash) {}

  // Null if there is none.
  const Value* Find(std::string_view key) const {
    const auto [begin, end] = entries_.equal_range(hash_(key));
    for (auto entry = begin; entry != end; ++entry) {
      if (entry->second->first == key) return &entry->second->second;
    }
    return nullptr;
  }

  // REQUIRES: Find(key) is null.
  const Value& Insert(std::string key, Value value) {
    const uint64_t hash = hash_(key);
    using Entry = std::pair<std::string, Value>;
    auto entry = std::make_unique<Entry>(std::move(key), std::move(value));
    return entries_.emplace(hash, std::move(entry))->second->second;
  }

  size_t size() const { return entries_.size(); }

 private:
  Hash hash_;
  std::unordered_multimap<uint64_t, std::unique_ptr<std::pair<std::string, Value>>> entries_;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_KEYED_CACHE_H_
