// cxx_exception: see cxx_exception.h.
//
// This is compiled without exceptions, as all code over V8 is, and needs none of them: an exception
// is stopped by the personality routine of the frame that it comes to (Itanium C++ ABI, "Exception
// Handling", 1.3), and these are written here. They use nothing of the unwinder, of which there may
// be several in a process with contexts of different layouts, and no C++ run-time library but the
// one that threw: the addon has one of its own, in which the exception was never counted.

#include "v8_glue/cxx_exception.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <unwind.h>

#include <bit>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "v8_glue/native_entry.h"
#include "v8_glue/terminate_report.h"

namespace springboard::glue {

namespace {

// libstdc++ marks its exceptions "GNUCC++" and a byte: 0, or 1 for one that stands for another (as
// std::rethrow_exception() makes them).
constexpr _Unwind_Exception_Class kGnu = 0x474E5543432B2B00;
constexpr _Unwind_Exception_Class kStandsForAnother = 1;

// A guarded call under way; on its caller's stack.
struct Guard {
  std::jmp_buf left;
  _Unwind_Exception* exception;
  Guard* outer;
};

// Of this thread. An exception meets the innermost guard's frame first, and goes no further.
thread_local Guard* innermost = nullptr;

}  // namespace

extern "C" {

// Every exception is handled: in the first phase that is what the unwinder wants to know, and by
// the second all frames below have been cleaned up.
[[gnu::used, gnu::visibility("hidden")]] _Unwind_Reason_Code springboard_catch_personality(
    int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception* exception,
    _Unwind_Context*) {
  if ((actions & _UA_FORCE_UNWIND) != 0) {
    if ((actions & _UA_CLEANUP_PHASE) != 0) innermost = innermost->outer;
    return _URC_CONTINUE_UNWIND;
  }
  if ((actions & _UA_SEARCH_PHASE) != 0) return _URC_HANDLER_FOUND;
  innermost->exception = exception;
  std::longjmp(innermost->left, 1);
}

// The unwinder gives up, and `throw` calls std::terminate() as if nobody had caught it.
[[gnu::used, gnu::visibility("hidden")]] _Unwind_Reason_Code springboard_stop_personality(
    int, _Unwind_Action actions, _Unwind_Exception_Class exception_class,
    _Unwind_Exception* exception, _Unwind_Context*) {
  if ((actions & _UA_FORCE_UNWIND) != 0) return _URC_CONTINUE_UNWIND;
  // What other languages do then is not known.
  constexpr _Unwind_Exception_Class kLanguage = 0xFFFFFF00;
  if ((exception_class & kLanguage) == (springboard::glue::kGnu & kLanguage)) {
    springboard::glue::ReportStopped(exception);
  }
  return _URC_FATAL_PHASE1_ERROR;
}

}  // extern "C"

namespace {

// 0x1b: by a 32-bit distance. The directive is for the whole of the function that it stands in; the
// second statement keeps the call from being a jump.
SPRINGBOARD_ENTERS_NATIVE void RunCatching(void (*body)(void*), void* data) {
  asm volatile(".cfi_personality 0x1b, springboard_catch_personality");
  body(data);
  asm volatile("");
}

// What body(data) threw, or null. It has been thrown, and nobody has begun to catch it.
_Unwind_Exception* Guarded(void (*body)(void*), void* data) {
  Guard guard;
  guard.exception = nullptr;
  guard.outer = innermost;
  innermost = &guard;
  if (setjmp(guard.left) == 0) RunCatching(body, data);
  innermost = guard.outer;
  return guard.exception;
}

// The functions of the run-time library that made an exception, or null if it hides them.
struct Runtime {
  explicit Runtime(const _Unwind_Exception* exception) {
    Dl_info maker;
    if (dladdr(std::bit_cast<void*>(exception->exception_cleanup), &maker) == 0) return;
    void* library = dlopen(maker.dli_fname, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    // Its own functions, not those of what it depends on.
    const auto find = [&](const char* name) {
      void* address = dlsym(library == nullptr ? RTLD_DEFAULT : library, name);
      Dl_info found;
      const bool own =
          address != nullptr && dladdr(address, &found) != 0 && found.dli_fbase == maker.dli_fbase;
      return own ? address : nullptr;
    };
    begin_catch = std::bit_cast<decltype(begin_catch)>(find("__cxa_begin_catch"));
    end_catch = std::bit_cast<decltype(end_catch)>(find("__cxa_end_catch"));
    // A reference less; the library stays, because code of its is on the stack or called it.
    if (library != nullptr) dlclose(library);
  }

  bool Known() const { return begin_catch != nullptr && end_catch != nullptr; }

  void* (*begin_catch)(void*) = nullptr;
  void (*end_catch)() = nullptr;
};

// Stands for a `catch` block.
class Caught {
 public:
  explicit Caught(_Unwind_Exception* exception) : exception_(exception), runtime_(exception) {
    if (runtime_.Known()) runtime_.begin_catch(exception);
  }
  ~Caught() {
    // The exception's destructor may throw in turn.
    _Unwind_Exception* next = Guarded([](void* self) { static_cast<Caught*>(self)->Free(); }, this);
    if (next != nullptr) const Caught caught(next);
  }
  Caught(const Caught&) = delete;
  Caught& operator=(const Caught&) = delete;

 private:
  void Free() const {
    if (runtime_.Known()) return runtime_.end_catch();
    // std::uncaught_exceptions() of a hidden run-time library goes on counting it.
    if (exception_->exception_cleanup == nullptr) return;
    exception_->exception_cleanup(_URC_FOREIGN_EXCEPTION_CAUGHT, exception_);
  }

  _Unwind_Exception* const exception_;
  const Runtime runtime_;
};

struct Thrown {
  const void* type;  // a std::type_info
  void* object;
};

// What of `struct __cxa_exception` (Itanium C++ ABI, "Exception Handling", 2.2.1) is before its
// last member, the _Unwind_Exception; its first member is the type. All of libstdc++'s of 64 bits
// agree, as they must, because they catch each other's exceptions.
constexpr ptrdiff_t kHeaderBytes = 80;

void* FirstOfHeader(const _Unwind_Exception* exception) {
  void* first;
  std::memcpy(&first, reinterpret_cast<const char*>(exception) - kHeaderBytes, sizeof(first));
  return first;
}

// REQUIRES: libstdc++ made the exception.
Thrown ThrownBy(const _Unwind_Exception* exception) {
  // The object stands behind the header; who stands for another has its object's address in place
  // of the type.
  void* object = const_cast<_Unwind_Exception*>(exception + 1);
  if (exception->exception_class == (kGnu | kStandsForAnother)) {
    object = FirstOfHeader(exception);
    exception = static_cast<const _Unwind_Exception*>(object) - 1;
  }
  return {FirstOfHeader(exception), object};
}

// std::type_info as the Itanium C++ ABI has it (2.9.4), with the virtual functions that libstdc++
// adds (<typeinfo>), by number: another header may be in use here.
constexpr size_t kDoUpcast = 5;

const char* NameOf(const void* type) {
  const char* name;
  std::memcpy(&name, static_cast<const char*>(type) + sizeof(void*), sizeof(name));
  // An asterisk marks a type that is compared by address.
  return *name == '*' ? name + 1 : name;
}

// What typeid(std::exception) is; the thrower's is another, but they are compared by their names.
extern "C" const char springboard_std_exception_type __asm__("_ZTISt9exception");

// The std::exception that `thrown` is, or null. The class's own code converts, through private,
// ambiguous and virtual bases as `catch` does.
const std::exception* StdExceptionIn(Thrown thrown) {
  using DoUpcast = bool (*)(const void* type, const void* base, void** object);
  DoUpcast const* functions;
  std::memcpy(&functions, thrown.type, sizeof(functions));
  if (!functions[kDoUpcast](thrown.type, &springboard_std_exception_type, &thrown.object)) {
    return nullptr;
  }
  return static_cast<const std::exception*>(thrown.object);
}

// Nothing if what() throws, which the language forbids and the compiler cannot always prevent.
std::optional<std::string> WhatOf(const std::exception* exception) {
  struct Call {
    const std::exception* exception;
    const char* what;
  } call = {exception, nullptr};
  _Unwind_Exception* thrown = Guarded(
      [](void* data) {
        Call& made = *static_cast<Call*>(data);
        made.what = made.exception->what();
      },
      &call);
  if (thrown != nullptr) const Caught caught(thrown);
  if (call.what == nullptr) return std::nullopt;
  return std::string(call.what, strnlen(call.what, kMaxWhatBytes));
}

// The eight characters of an exception class, as far as they are some.
std::string ClassText(_Unwind_Exception_Class exception_class) {
  std::string text;
  for (int shift = 56; shift >= 0; shift -= 8) {
    const char character = static_cast<char>(exception_class >> shift);
    text += character > ' ' && character < 0x7F ? character : ' ';
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::string Demangled(const char* name) {
  int status = 0;
  char* readable = __cxxabiv1::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string text = readable == nullptr ? name : readable;
  std::free(readable);
  return text;
}

std::string CxxException::Text() const {
  if (type.empty()) return "an exception that is not C++'s, or not this C++'s ('" + thrower + "')";
  return what ? type + ": " + *what : type;
}

const char kCallMark = 0;

bool IsCallFrame(const void* function) {
  return function == std::bit_cast<const void*>(&CallStoppingCxx) ||
         function == std::bit_cast<const void*>(&RunCatching);
}

const _Unwind_Exception* UnwindHeaderOf(const void* header) {
  return reinterpret_cast<const _Unwind_Exception*>(static_cast<const char*>(header) +
                                                    kHeaderBytes);
}

CxxException DescribeCxx(const _Unwind_Exception* exception) {
  if ((exception->exception_class & ~kStandsForAnother) != kGnu) {
    return {.thrower = ClassText(exception->exception_class)};
  }
  const Thrown thrown = ThrownBy(exception);
  CxxException described = {.type = Demangled(NameOf(thrown.type))};
  const std::exception* std_exception = StdExceptionIn(thrown);
  if (std_exception != nullptr) described.what = WhatOf(std_exception);
  return described;
}

std::optional<CxxException> CallCatchingCxx(jit::CallStub stub, const void* target,
                                            const uint64_t* slots, void* result) {
  struct Call {
    jit::CallStub stub;
    const void* target;
    const uint64_t* slots;
    void* result;
  } call = {stub, target, slots, result};
  _Unwind_Exception* exception = Guarded(
      [](void* data) {
        const Call& made = *static_cast<Call*>(data);
        made.stub(made.target, made.slots, made.result);
      },
      &call);
  if (exception == nullptr) return std::nullopt;
  const Caught caught(exception);
  return DescribeCxx(exception);
}

SPRINGBOARD_ENTERS_NATIVE void CallStoppingCxx(jit::CallStub stub, const void* target,
                                               const uint64_t* slots, void* result) {
  asm volatile(".cfi_personality 0x1b, springboard_stop_personality");
  const CallMark mark = {&kCallMark, target};
  asm volatile("" : : "r"(&mark) : "memory");  // it is there whoever looks
  stub(target, slots, result);
  asm volatile("" : : "r"(&mark) : "memory");
}

}  // namespace springboard::glue
