// cxx: functions that throw, in every way the tests need. ./dev build compiles this by two
// compilers, and with a C++ run-time library of its own.

#include <pthread.h>
#include <unwind.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <future>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace {

std::atomic<int32_t> live_exceptions = 0;
std::atomic<int32_t> frames_left = 0;
std::atomic<int32_t> open_gates = 0;

// Counts those that exist.
struct Counted {
  Counted() { ++live_exceptions; }
  Counted(const Counted&) { ++live_exceptions; }
  ~Counted() { --live_exceptions; }
};

// Counts the frames that were cleaned up.
struct Frame {
  ~Frame() { ++frames_left; }
};

}  // namespace

namespace shop {

struct Plain {};
struct Refused : Counted, std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct First : virtual std::exception, Counted {
  const char* what() const noexcept override { return "virtual base"; }
};
struct Second : virtual std::exception {};
struct Diamond : First, Second {};
struct Deep1 : Refused {
  using Refused::Refused;
};
struct Deep2 : Plain, Deep1 {
  using Deep1::Deep1;
};
struct Deep3 : Deep2 {
  using Deep2::Deep2;
};
struct Hidden : private std::runtime_error {
  Hidden() : std::runtime_error("private") {}
};
struct Left : std::exception {};
struct Right : std::exception {};
struct Ambiguous : Left, Right {};
struct Nested : std::nested_exception, Counted {};
enum class Code { kOne = 1 };
template <typename T>
struct Box : std::logic_error {
  Box() : std::logic_error("boxed") {}
};

class Saying : public std::exception {
 public:
  explicit Saying(std::string text, bool nothing = false)
      : text_(std::move(text)), nothing_(nothing) {}
  const char* what() const noexcept override { return nothing_ ? nullptr : text_.c_str(); }

 private:
  std::string text_;
  bool nothing_;
};

// Calls `callback` from what(), and when it goes.
class Calling : public std::exception, Counted {
 public:
  explicit Calling(void (*callback)(int32_t)) : callback_(callback) {}
  Calling(const Calling&) = default;
  ~Calling() override { callback_(2); }
  const char* what() const noexcept override {
    callback_(1);
    return "calling";
  }

 private:
  void (*callback_)(int32_t);
};

// Throws when it goes.
struct Stubborn : Counted {
  Stubborn() = default;
  Stubborn(const Stubborn&) = default;
  ~Stubborn() noexcept(false) { throw Refused("from a destructor"); }
};

}  // namespace shop

namespace {

[[noreturn]] void ThrowStandard(int32_t which) {
  switch (which) {
    case 0:
      throw std::domain_error("division by zero");
    case 1:
      throw std::out_of_range("");
    case 2:
      throw std::bad_alloc();
    case 3:
      throw std::system_error(std::make_error_code(std::errc::timed_out), "late");
    case 4:
      throw shop::Refused("refused");
    case 5:
      throw shop::Deep3("deep");
    case 6:
      throw shop::Diamond();
    case 7:
      throw shop::Box<std::array<int, 3>>();
    case 8:
      throw shop::Saying("\xC3\xA9\xF0\x9F\x98\x80 \xFF\xC3(");
    case 9:
      throw shop::Saying(std::string((1 << 20) + 5, 'x'));
    case 10:
      throw shop::Saying("", true);
    case 11:
      std::rethrow_exception(std::make_exception_ptr(shop::Deep3("of another thread")));
    case 12:
      try {
        throw shop::Refused("inner");
      } catch (...) {
        std::throw_with_nested(shop::Refused("outer"));
      }
    case 13:
      try {
        throw shop::Refused("again");
      } catch (const std::exception&) {
        throw;
      }
    default:
      throw std::exception();
  }
}

[[noreturn]] void ThrowOther(int32_t which) {
  switch (which) {
    case 0:
      throw 42;
    case 1:
      throw "text";
    case 2:
      throw std::string("text");
    case 3:
      throw shop::Plain();
    case 4:
      throw shop::Hidden();
    case 5:
      throw shop::Ambiguous();
    case 6:
      throw shop::Nested();
    case 7:
      throw shop::Code::kOne;
    case 8:
      throw nullptr;
    case 9: {
      static std::domain_error error("by pointer");
      throw &error;
    }
    case 10: {
      struct Local {};
      throw Local();
    }
    case 11:
      std::rethrow_exception(std::make_exception_ptr(42));
    default:
      throw 1.5;
  }
}

void ReleaseForeign(_Unwind_Reason_Code, _Unwind_Exception* exception) {
  --live_exceptions;
  delete exception;
}

}  // namespace

extern "C" {

int32_t live() { return live_exceptions; }
int32_t left() { return frames_left; }
int32_t uncaught() { return std::uncaught_exceptions(); }
// Whether an exception is being caught.
int32_t caught() { return std::current_exception() != nullptr; }

double divide(double a, double b) {
  if (b == 0) throw std::domain_error("division by zero");
  return a / b;
}

int32_t throw_standard(int32_t which) {
  const Frame frame;
  ThrowStandard(which);
}

int32_t throw_other(int32_t which) {
  const Frame frame;
  ThrowOther(which);
}

// A frame for each level.
int64_t throw_below(int32_t depth) {
  const Frame frame;
  if (depth == 0) throw shop::Refused("bottom");
  return throw_below(depth - 1) + 1;
}

// As another language's run-time library would.
void throw_foreign() {
  ++live_exceptions;
  auto* exception = new _Unwind_Exception{};
  exception->exception_class = 0x544553544C414E47;  // "TESTLANG"
  exception->exception_cleanup = ReleaseForeign;
  _Unwind_RaiseException(exception);
  std::abort();
}

// Waits until a gate has been opened for it.
void throw_at_gate() {
  const Frame frame;
  --open_gates;
  while (open_gates < 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  throw shop::Refused("late");
}
int32_t waits_at_gate() { return open_gates < 0; }
void open_gate() { ++open_gates; }

void throw_calling(void (*callback)(int32_t)) { throw shop::Calling(callback); }
void throw_stubborn() { throw shop::Stubborn(); }

struct Pair {
  int64_t a, b;
};
Pair pair_or_throw(Pair pair, bool fails) {
  if (fails) throw shop::Refused("no pair");
  return {pair.b, pair.a};
}

// Calls back, and throws afterwards if told to.
int32_t call_then_throw(int32_t (*callback)(int32_t), int32_t value, bool throws) {
  const Frame frame;
  const int32_t result = callback(value);
  if (throws) throw shop::Refused("after the callback");
  return result;
}

// Catches what the callback lets through, which must be nothing.
int32_t catch_around(int32_t (*callback)(int32_t), int32_t value) {
  try {
    return callback(value);
  } catch (...) {
    return -1;
  }
}

uint32_t sum_or_throw(const uint8_t* bytes, uint32_t size, bool fails) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < size; ++i) sum += bytes[i];
  if (fails) throw shop::Refused(std::to_string(sum));
  return sum;
}

// With as many parameters as the registers do not hold.
double throw_many(double a, int64_t b, double c, int64_t d, double e, int64_t f, double g,
                  int64_t h, double i, int64_t j, double k, int64_t l, double m, int64_t n,
                  double o, int64_t p, double q, int64_t r) {
  const double sum =
      a + c + e + g + i + k + m + o + q + static_cast<double>(b + d + f + h + j + l + n + p + r);
  throw shop::Refused(std::to_string(static_cast<int64_t>(sum)));
}

void throw_in_noexcept() noexcept { ThrowStandard(0); }
void call_terminate() { std::terminate(); }
void throw_on_own_thread() {
  std::thread([] { ThrowStandard(0); }).join();
}
void end_thread() {
  const Frame frame;
  pthread_exit(nullptr);
}
void set_own_handler() {
  std::set_terminate([] {
    std::fputs("the library's own handler\n", stderr);
    std::abort();
  });
}

}  // extern "C"
