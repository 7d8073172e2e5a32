// terminate_report: see terminate_report.h.

#include "v8_glue/terminate_report.h"

#include <dlfcn.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "v8_glue/cxx_exception.h"
#include "v8_glue/stack_origin.h"

namespace springboard::glue {

namespace {

// The functions of the process's C++ run-time library.
struct Runtime {
  std::terminate_handler (*set_terminate)(std::terminate_handler) = nullptr;
  std::terminate_handler (*get_terminate)() = nullptr;
  void* (*get_globals)() = nullptr;

  bool Known() const {
    return set_terminate != nullptr && get_terminate != nullptr && get_globals != nullptr;
  }
};

// Written once, before the handler is installed.
Runtime runtime;
std::terminate_handler previous_handler;

// Whether this thread has said already why it ends the process.
thread_local bool reported = false;

Runtime FindRuntime(void* library) {
  const auto find = [&]<typename T>(const char* name, T* function) {
    *function = std::bit_cast<T>(dlsym(library, name));
  };
  Runtime found;
  find("_ZSt13set_terminatePFvvE", &found.set_terminate);
  find("_ZSt13get_terminatev", &found.get_terminate);
  find("__cxa_get_globals", &found.get_globals);
  return found;
}

const void* FileOf(const void* function) { return CodePlace::Of(function).file; }

// Where a stack leaves the machinery of exceptions.
struct Origin {
  size_t frame;
  bool thrown;  // `throw` itself ended the process: nobody would have caught the exception
};

// Of a stack that a handler or a personality routine asks for. The frames are that one's own, those
// of std::terminate() or of the unwinder, and those of whoever called it.
Origin FindOrigin(const std::vector<StackFrame>& frames) {
  const void* const library = FileOf(std::bit_cast<const void*>(runtime.get_globals));
  const void* const unwinder = FileOf(dlsym(RTLD_DEFAULT, "_Unwind_RaiseException"));
  bool entered = false;
  bool unwinds = false;
  Origin origin = {0, false};
  for (const StackFrame& frame : frames) {
    const CodePlace place = CodePlace::OfReturn(frame.return_address);
    const bool machinery =
        place.file != nullptr && (place.file == library || place.file == unwinder);
    if (entered && !machinery) break;
    entered |= machinery;
    unwinds |= machinery && place.file == unwinder;
    origin.thrown |=
        !unwinds && (place.symbol == "__cxa_throw" || place.symbol == "__cxa_rethrow" ||
                     place.symbol.starts_with("std::rethrow_exception("));
    ++origin.frame;
  }
  return origin;
}

// The exception that is being caught, which is the one that std::terminate() was called for.
std::optional<CxxException> CurrentException() {
  // Itanium C++ ABI, "Exception Handling", 2.2.2: the stack of caught exceptions comes first.
  const void* header;
  std::memcpy(&header, runtime.get_globals(), sizeof(header));
  if (header == nullptr) return std::nullopt;
  return DescribeCxx(UnwindHeaderOf(header));
}

void Report(const NativeCall& call, bool thrown, const std::optional<CxxException>& exception) {
  std::string text = "springboard: ";
  if (thrown && exception) {
    text += "a C++ exception ends the process: " + call.called.Function() + " threw " +
            exception->Text();
  } else {
    text += "std::terminate() ends the process, called by " + call.called.Function();
    if (exception) text += ": " + exception->Text();
  }
  char offset[2 * sizeof(size_t) + 1];
  std::snprintf(offset, sizeof(offset), "%zx", call.innermost.offset);
  text += "\n  in " + call.innermost.path + "+0x" + offset;
  if (!call.near.empty()) text += ", near '" + call.near + "'";
  if (thrown) text += "\n  Declare the function with { cxx: true } to get an Error instead";
  std::fputs((text + "\n").c_str(), stderr);
}

[[noreturn]] void Handle() {
  if (!reported) {
    const std::vector<StackFrame> frames = WalkStack();
    const Origin origin = FindOrigin(frames);
    const std::optional<NativeCall> call = NativeCallOf(frames, origin.frame);
    if (call) Report(*call, origin.thrown, CurrentException());
  }
  if (previous_handler != nullptr) previous_handler();
  std::abort();
}

}  // namespace

void ReportStopped(const _Unwind_Exception* exception) {
  const std::vector<StackFrame> frames = WalkStack();
  const std::optional<NativeCall> call = NativeCallOf(frames, FindOrigin(frames).frame);
  if (!call) return;
  Report(*call, true, DescribeCxx(exception));
  reported = true;
}

void WatchTerminate() {
  // Never destroyed: workers may open libraries while the process ends.
  static std::mutex& mutex = *new std::mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  if (runtime.Known()) return;
  Runtime found = FindRuntime(RTLD_DEFAULT);
  // A program without one of its own: what a library brought is not among the global symbols.
  void* library = found.Known() ? nullptr : dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
  if (library != nullptr) found = FindRuntime(library);
  if (!found.Known()) return;
  // Code of this file may run from now on until the process ends.
  Dl_info own;
  if (dladdr(std::bit_cast<void*>(&WatchTerminate), &own) != 0) {
    dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
  runtime = found;
  previous_handler = runtime.get_terminate();
  runtime.set_terminate(Handle);
}

}  // namespace springboard::glue
