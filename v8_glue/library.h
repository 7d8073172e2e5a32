// library: native functions that are closed together, and the library that they come from.
//
// Shared by its handle and its symbols: whatever is left of it when the last of them has been
// collected is freed, so a library that is dropped without close() stays mapped as long as one of
// its functions can be called. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_LIBRARY_H_
#define SPRINGBOARD_V8_GLUE_LIBRARY_H_

#include <v8.h>

#include <memory>

#include "v8_glue/intrusive_list.h"
#include "v8_glue/native_library.h"

namespace springboard::glue {

class Environment;
class Symbol;

class Library {
 public:
  // Without a native library it holds functions that nobody closes (function pointers).
  Library(Environment& environment, std::shared_ptr<const NativeLibrary> native);
  // Unloads what was not closed, and reports it; see Environment::LeavesLibrariesLoaded().
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  bool closed() const { return closed_; }
  // See switch.h.
  v8::Local<v8::Object> switch_object() const;

  // The mapping: whoever holds it, on any thread, keeps the library loaded. Null if closed, or
  // without a native library.
  const std::shared_ptr<const NativeLibrary>& native() const { return native_; }

  // A symbol that is closed with it, until it is destroyed.
  void Add(Symbol& symbol);

  // From here on every call of a symbol throws. Stubs are freed and the library unmapped once no
  // native call is on the stack. REQUIRES: !closed().
  void Close();

 private:
  Environment& environment_;
  bool closed_ = false;
  v8::Global<v8::Object> switch_;
  std::shared_ptr<const NativeLibrary> native_;
  IntrusiveList<Symbol, Library> symbols_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_LIBRARY_H_
