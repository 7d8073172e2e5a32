// library: see library.h.

#include "v8_glue/library.h"

#include <cassert>
#include <memory>
#include <utility>
#include <vector>

#include "v8_glue/environment.h"
#include "v8_glue/switch.h"
#include "v8_glue/symbol.h"

namespace springboard::glue {

namespace {

// What a closed library leaves to be freed later.
struct Remains : Owned {
  std::shared_ptr<const NativeLibrary> native;
  std::vector<jit::StubCode> stubs;  // destroyed before the code that they jump to
};

}  // namespace

Library::Library(Environment& environment, std::shared_ptr<const NativeLibrary> native)
    : environment_(environment),
      switch_(environment.isolate(), NewSwitch(environment.context())),
      native_(std::move(native)) {}

Library::~Library() {
  if (native_ == nullptr) return;
  const bool stays = environment_.LeavesLibrariesLoaded();
  if (stays) native_->LeaveLoaded();
  const char* end =
      stays ? "stays loaded, because threads of native code have called callbacks" : "is unloaded";
  environment_.ReportDropped(
      Environment::Dropped::kLibrary,
      "the library '" + native_->path() +
          "' was collected without close(), with all of its functions, and " + end);
}

v8::Local<v8::Object> Library::switch_object() const { return switch_.Get(environment_.isolate()); }

void Library::Add(Symbol& symbol) { symbols_.Add(symbol); }

void Library::Close() {
  assert(!closed_);
  closed_ = true;
  ClearSwitch(environment_.context(), switch_object());
  auto remains = std::make_unique<Remains>();
  remains->native = std::exchange(native_, nullptr);
  while (!symbols_.empty()) symbols_.TakeFirst().GiveUpStubs(&remains->stubs);
  Owned* retired = remains.get();
  environment_.Adopt(std::move(remains));
  environment_.Retire(retired);
}

}  // namespace springboard::glue
