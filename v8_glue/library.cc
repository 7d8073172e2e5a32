// library: see library.h.

#include "v8_glue/library.h"

#include <cassert>
#include <memory>
#include <utility>

#include "v8_glue/environment.h"
#include "v8_glue/switch.h"

namespace springboard::glue {

namespace {

// What a closed library leaves to be freed later.
struct Remains : Owned {
  Remains(std::optional<NativeLibrary> closed_native, std::vector<jit::StubCode> closed_stubs)
      : native(std::move(closed_native)), stubs(std::move(closed_stubs)) {}

  std::optional<NativeLibrary> native;
  std::vector<jit::StubCode> stubs;
};

}  // namespace

Library::Library(Environment& environment, std::optional<NativeLibrary> native)
    : environment_(environment),
      switch_(environment.isolate(), NewSwitch(environment.context())),
      native_(std::move(native)) {}

v8::Local<v8::Object> Library::switch_object() const { return switch_.Get(environment_.isolate()); }

void Library::Close() {
  assert(!closed_);
  closed_ = true;
  ClearSwitch(environment_.context(), switch_object());
  auto remains =
      std::make_unique<Remains>(std::exchange(native_, std::nullopt), std::exchange(stubs_, {}));
  Owned* retired = remains.get();
  environment_.Adopt(std::move(remains));
  environment_.Retire(retired);
}

}  // namespace springboard::glue
