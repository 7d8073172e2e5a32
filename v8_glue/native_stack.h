// NativeStack: the frames of a thread that a signal has stopped, from its context.
//
// In libraries unwind records lead from frame to frame; generated code (stubs, JavaScript) keeps
// frame pointers, and they are followed from there on. Nothing is allocated or locked. May fault
// where the stack is damaged: see crash_guard.h. For a signal handler.

#ifndef SPRINGBOARD_V8_GLUE_NATIVE_STACK_H_
#define SPRINGBOARD_V8_GLUE_NATIVE_STACK_H_

#include <signal.h>
#include <ucontext.h>

#include <array>
#include <cstddef>
#include <cstdint>

struct link_map;

namespace springboard::glue {

class RawOutput;

// What a frame's code is.
enum class CodeKind : uint8_t {
  kNowhere,    // the address that a wild jump went to
  kStub,       // a stub of Springboard's
  kGenerated,  // JavaScript, as a rule
  kEntry,      // what enters call stubs
  kSpringboard,
  kProgram,  // Node.js, or another program
  kLibrary,
};

class NativeStack {
 public:
  // Called once, before a signal can come: libraries that are there now came with the program.
  static void Prepare();

  // Native code may be called whose library is not in OpenLibraries: by a function pointer, or a
  // symbol of the program's own libraries.
  static void AnythingMayBeCalled();

  // Finds the frames. `info` and `context` are what the signal's handler was given.
  void Walk(const siginfo_t& info, ucontext_t& context);

  // Whether the innermost native call that JavaScript made, or a thread of a library that
  // Springboard opened, is where the signal came. False for faults of the program itself, of
  // JavaScript and of Springboard. After Walk().
  bool InNativeCall() const { return verdict_ == Verdict::kInside; }
  // Whether that much is clear from the innermost frame alone: it is JavaScript's.
  static bool InGeneratedCode(const siginfo_t& info, const ucontext_t& context);

  // The instruction at which the signal came.
  uint64_t pc() const { return first_[0].pc; }
  CodeKind kind() const { return first_[0].kind; }

  void Write(RawOutput& out) const;

 private:
  enum class Verdict : uint8_t { kOpen, kInside, kOutside };
  struct Frame {
    uint64_t pc;
    CodeKind kind;
    bool returns_there;  // the pc is that of the instruction behind a call
  };

  static constexpr size_t kFirst = 40;
  static constexpr size_t kLast = 16;
  // Where a recursion without end has filled the stack of a thread (8 MiB) with small frames.
  static constexpr size_t kMaxFrames = 500'000;

  void Add(uint64_t pc, CodeKind kind, bool returns_there);
  void Judge(const Frame& frame, const link_map* module);
  void FollowFramePointers(uint64_t frame_pointer);
  void WriteFrame(RawOutput& out, const Frame& frame, size_t number) const;

  std::array<Frame, kFirst> first_;
  std::array<Frame, kLast> last_;  // a ring: frame n is at n % kLast
  size_t count_ = 0;
  Verdict verdict_ = Verdict::kOpen;
  bool foreign_ = false;  // whether JavaScript may have called the last frame's code directly
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NATIVE_STACK_H_
