// variables: see variables.h.

#include "v8_glue/node/variables.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

#include "v8_glue/error.h"
#include "v8_glue/node/thread_pool.h"

namespace springboard::glue {

namespace {

std::atomic<bool> crash_report_default = false;
std::atomic<bool> trace_default = false;

// Empty where there is none.
std::string_view TextOf(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

bool Fail(v8::Isolate* isolate, std::string_view name, std::string_view text,
          std::string_view expected) {
  std::string message(name);
  message.append(" is '").append(text).append("', expected ").append(expected);
  ThrowError(isolate, message);
  return false;
}

bool ReadTier(v8::Isolate* isolate, Tier* tier) {
  constexpr const char* kName = "SPRINGBOARD_TIER";
  const std::string_view text = TextOf(kName);
  if (text.empty() || text == "fast") {
    *tier = Tier::kFast;
  } else if (text == "ordinary") {
    *tier = Tier::kOrdinary;
  } else if (text == "public-api") {
    *tier = Tier::kPublicApi;
  } else {
    return Fail(isolate, kName, text, "'fast', 'ordinary' or 'public-api'");
  }
  return true;
}

// Leaves *flag as it is where there is no variable.
bool ReadSwitch(v8::Isolate* isolate, const char* name, bool* flag) {
  const std::string_view text = TextOf(name);
  if (text.empty()) return true;
  *flag = text == "1";
  return *flag || text == "0" || Fail(isolate, name, text, "'0' or '1'");
}

// Leaves *number as it is where there is no variable.
bool ReadPositive(v8::Isolate* isolate, const char* name, size_t* number) {
  const std::string_view text = TextOf(name);
  if (text.empty()) return true;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, *number);
  if (read.ec == std::errc() && read.ptr == end && *number > 0) return true;
  return Fail(isolate, name, text, "a positive integer");
}

}  // namespace

void SetDefaults(bool crash_report, bool trace) {
  crash_report_default = crash_report;
  trace_default = trace;
}

std::optional<Variables> ReadVariables(v8::Isolate* isolate) {
  Variables variables = {{}, ThreadPool::kDefaultThreads};
  InstallOptions& options = variables.options;
  auto warning_ms = static_cast<size_t>(options.foreign_call_warning.count());
  options.crash_report = crash_report_default;
  options.trace = trace_default;
  if (!ReadTier(isolate, &options.tier) ||
      !ReadPositive(isolate, "SPRINGBOARD_POOL_CALLS", &options.max_pool_calls) ||
      !ReadPositive(isolate, "SPRINGBOARD_POOL_THREADS", &variables.pool_threads) ||
      !ReadPositive(isolate, "SPRINGBOARD_WARN_AFTER_MS", &warning_ms) ||
      !ReadSwitch(isolate, "SPRINGBOARD_CRASH_REPORT", &options.crash_report) ||
      !ReadSwitch(isolate, "SPRINGBOARD_TRACE_FFI", &options.trace)) {
    return std::nullopt;
  }
  // An hour is as good as never, and does not overflow a clock.
  options.foreign_call_warning = std::chrono::milliseconds(std::min<size_t>(warning_ms, 3'600'000));
  return variables;
}

}  // namespace springboard::glue
