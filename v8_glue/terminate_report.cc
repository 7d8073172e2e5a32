// terminate_report: see terminate_report.h.
//
// The stack tells everything, so that calls need not leave a trace: code that belongs to no loaded
// file is generated, and a native function right above it was called by a stub, or by V8's code
// through one that left no frame. A thread of the library's own has no such code on its stack.

#include "v8_glue/terminate_report.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <unwind.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "v8_glue/cxx_exception.h"

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

// A frame of a walk: what the loader knows of its code.
struct Frame {
  const void* file = nullptr;  // where it is loaded; null for generated code
  std::string path;
  std::string symbol;  // the exported function that it is in, if it is one

  explicit Frame(const void* return_address) {
    Dl_info info;
    // The call is before the address.
    if (dladdr(static_cast<const char*>(return_address) - 1, &info) == 0) return;
    file = info.dli_fbase;
    path = info.dli_fname;
    if (info.dli_sname != nullptr) symbol = info.dli_sname;
  }
};

const void* FileOf(const void* function) {
  Dl_info info;
  return dladdr(function, &info) == 0 ? nullptr : info.dli_fbase;
}

bool Throws(std::string_view symbol) {
  return symbol == "__cxa_throw" || symbol == "__cxa_rethrow" ||
         symbol == "_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE";
}

// What a walk from the handler found.
struct Story {
  std::string thrower_path;
  std::string thrower;      // the exported function nearest to where it happened
  std::string called_path;  // whose function JavaScript had called
  std::string called;
  // The throwing function itself called std::terminate(): nobody would have caught it.
  bool nobody_catches = false;
};

// Nothing if no native call is below.
std::optional<Story> Walk(std::span<void* const> addresses) {
  const void* const library = FileOf(std::bit_cast<const void*>(runtime.set_terminate));
  const void* const unwinder = FileOf(dlsym(RTLD_DEFAULT, "_Unwind_RaiseException"));
  Story story;
  // From the inside out.
  enum { kHandler, kTerminate, kThrow, kCallee } part = kHandler;
  for (const void* address : addresses) {
    Frame frame(address);
    if (frame.file == nullptr) {
      if (part == kCallee) return story;
      continue;
    }
    if (part == kHandler && frame.file == library) part = kTerminate;
    if (part == kHandler) continue;
    if (part == kTerminate && frame.file == library) story.nobody_catches |= Throws(frame.symbol);
    // Somebody's frame forbids exceptions, which the unwinder found out.
    if (part == kTerminate && frame.file == unwinder) part = kThrow;
    if (part != kCallee) {
      if (frame.file == library || frame.file == unwinder) continue;
      part = kCallee;
      story.thrower_path = frame.path;
    }
    if (story.thrower.empty()) story.thrower = frame.symbol;
    story.called_path = frame.path;
    story.called = frame.symbol;
  }
  return std::nullopt;
}

// The exception that is being caught, which is the one that std::terminate() was called for.
std::optional<CxxException> CurrentException() {
  // Itanium C++ ABI, "Exception Handling", 2.2.2: the stack of caught exceptions comes first.
  const void* header;
  std::memcpy(&header, runtime.get_globals(), sizeof(header));
  if (header == nullptr) return std::nullopt;
  return DescribeCxx(UnwindHeaderOf(header));
}

std::string Message(const Story& story) {
  const auto function = [](const std::string& symbol) {
    return symbol.empty() ? std::string("a function") : "'" + Demangled(symbol.c_str()) + "'";
  };
  const std::optional<CxxException> exception = CurrentException();
  std::string text = "springboard: the native call of " + function(story.called) + " of " +
                     story.called_path + " ends the process: ";
  text += story.nobody_catches ? "it threw " : "it called std::terminate()";
  if (exception) text += (story.nobody_catches ? "" : " because of ") + exception->Text();
  text += "\n  in " + story.thrower_path;
  if (!story.thrower.empty()) text += ", near " + function(story.thrower);
  if (story.nobody_catches) {
    text += "\n  Declare the function with { cxx: true } to get an Error instead";
  }
  return text + "\n";
}

[[noreturn]] void Handle() {
  // As much of a stack as anybody wants to hear of.
  std::array<void*, 256> addresses;
  const int count = backtrace(addresses.data(), static_cast<int>(addresses.size()));
  const std::optional<Story> story = Walk({addresses.data(), static_cast<size_t>(count)});
  if (story) std::fputs(Message(*story).c_str(), stderr);
  if (previous_handler != nullptr) previous_handler();
  std::abort();
}

}  // namespace

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
  // Code of this file's may now run until the process ends.
  Dl_info own;
  if (dladdr(std::bit_cast<void*>(&WatchTerminate), &own) != 0) {
    dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
  runtime = found;
  previous_handler = runtime.get_terminate();
  runtime.set_terminate(Handle);
}

}  // namespace springboard::glue
