// symbols_object: the object `symbols` of a library, with fast properties however many there are.
//
// Isolate thread only. Owned by the environment.

#ifndef SPRINGBOARD_V8_GLUE_SYMBOLS_OBJECT_H_
#define SPRINGBOARD_V8_GLUE_SYMBOLS_OBJECT_H_

#include <v8.h>

#include <cstddef>
#include <vector>

namespace springboard::glue {

class SymbolsObjects {
 public:
  explicit SymbolsObjects(v8::Local<v8::Context> context);
  SymbolsObjects(const SymbolsObjects&) = delete;
  SymbolsObjects& operator=(const SymbolsObjects&) = delete;

  // An ordinary object with these properties, in this order; a constant one can be neither written
  // nor deleted. Empty, with an exception pending, if V8 refuses.
  v8::MaybeLocal<v8::Object> Make(const v8::LocalVector<v8::Name>& names,
                                  const v8::LocalVector<v8::Value>& values,
                                  const std::vector<bool>& constant);

 private:
  // Up to here properties are added one by one, so that objects with the same properties share
  // their hidden classes. Beyond, V8 takes longer for its hidden classes than for everything else.
  static constexpr size_t kMaxAdded = 128;

  v8::MaybeLocal<v8::Object> AddOneByOne(const v8::LocalVector<v8::Name>& names,
                                         const v8::LocalVector<v8::Value>& values,
                                         const std::vector<bool>& constant);
  void MakeFast(v8::Local<v8::Object> object);
  v8::MaybeLocal<v8::Function> Reader();

  v8::Isolate* isolate_;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Function> reader_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SYMBOLS_OBJECT_H_
