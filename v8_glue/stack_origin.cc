// stack_origin: see stack_origin.h.
//
// The process's unwinder is asked for by name: one that is linked with this does not know the
// stubs.

#include "v8_glue/stack_origin.h"

#include <dlfcn.h>
#include <unwind.h>

#include <bit>
#include <cstring>

#include "v8_glue/cxx_exception.h"

namespace springboard::glue {

namespace {

constexpr size_t kMaxFrames = 256;

struct Unwinder {
  decltype(&_Unwind_Backtrace) backtrace;
  decltype(&_Unwind_GetIP) ip;
  decltype(&_Unwind_GetCFA) cfa;
  decltype(&_Unwind_FindEnclosingFunction) enclosing;

  Unwinder() {
    void* library = RTLD_DEFAULT;
    if (dlsym(library, "_Unwind_GetCFA") == nullptr) {
      library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_LOCAL);
    }
    const auto find = [&]<typename T>(const char* name, T* function) {
      *function = std::bit_cast<T>(dlsym(library, name));
    };
    find("_Unwind_Backtrace", &backtrace);
    find("_Unwind_GetIP", &ip);
    find("_Unwind_GetCFA", &cfa);
    find("_Unwind_FindEnclosingFunction", &enclosing);
  }

  bool Known() const {
    return backtrace != nullptr && ip != nullptr && cfa != nullptr && enclosing != nullptr;
  }
};

const Unwinder& ProcessUnwinder() {
  static const Unwinder unwinder;
  return unwinder;
}

_Unwind_Reason_Code AddFrame(_Unwind_Context* context, void* data) {
  auto& frames = *static_cast<std::vector<StackFrame>*>(data);
  const Unwinder& unwinder = ProcessUnwinder();
  // Where a thread began, nothing called.
  if (unwinder.ip(context) == 0) return _URC_END_OF_STACK;
  frames.push_back({std::bit_cast<const void*>(unwinder.ip(context)),
                    std::bit_cast<const char*>(unwinder.cfa(context))});
  return frames.size() < kMaxFrames ? _URC_NO_REASON : _URC_END_OF_STACK;
}

// The function that was called from frames[index], if that frame says so.
const void* TargetOf(const std::vector<StackFrame>& frames, size_t index) {
  if (index + 1 == frames.size()) return nullptr;
  const char* const end = frames[index + 1].begin - sizeof(CallMark);
  for (const char* at = frames[index].begin; at <= end; at += sizeof(void*)) {
    CallMark mark;
    std::memcpy(&mark, at, sizeof(mark));
    if (mark.mark == &kCallMark) return mark.target;
  }
  return nullptr;
}

}  // namespace

CodePlace CodePlace::Of(const void* address) {
  Dl_info info;
  if (dladdr(address, &info) == 0) return {};
  CodePlace place = {.file = info.dli_fbase, .path = info.dli_fname};
  if (info.dli_sname != nullptr) place.symbol = Demangled(info.dli_sname);
  place.offset = std::bit_cast<size_t>(address) - std::bit_cast<size_t>(info.dli_fbase);
  return place;
}

CodePlace CodePlace::OfReturn(const void* address) {
  // The call is before the address.
  return Of(static_cast<const char*>(address) - 1);
}

std::string CodePlace::Function() const {
  return (symbol.empty() ? "a function" : "'" + symbol + "'") + " of " + path;
}

std::vector<StackFrame> WalkStack() {
  std::vector<StackFrame> frames;
  if (!ProcessUnwinder().Known()) return frames;
  frames.reserve(kMaxFrames);
  ProcessUnwinder().backtrace(AddFrame, &frames);
  return frames;
}

std::optional<NativeCall> NativeCallOf(const std::vector<StackFrame>& frames, size_t first) {
  NativeCall call;
  bool in_stub = false;
  for (size_t i = first; i < frames.size(); ++i) {
    void* const address = const_cast<void*>(frames[i].return_address);
    if (IsCallFrame(ProcessUnwinder().enclosing(address))) {
      const void* target = TargetOf(frames, i);
      if (target != nullptr) call.called = CodePlace::Of(target);
      return call;
    }
    // A stub called it, but who called the stub?
    const CodePlace place = CodePlace::OfReturn(address);
    if (in_stub) return call;
    in_stub = place.file == nullptr;
    if (in_stub) continue;
    if (i == first) call.innermost = place;
    if (call.near.empty()) call.near = place.symbol;
    call.called = place;
  }
  return in_stub ? std::optional(call) : std::nullopt;
}

}  // namespace springboard::glue
