// How a fuzzer's check ends: with a message and an abort, which libFuzzer reports with the input.
//
// Any thread.

#ifndef SPRINGBOARD_ABI_FUZZ_REPORT_H_
#define SPRINGBOARD_ABI_FUZZ_REPORT_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace springboard::abi::fuzzing {

[[noreturn]] inline void Report(const std::string& what, std::string_view input) {
  std::fprintf(stderr, "FOUND: %s\n%.*s\n", what.c_str(), static_cast<int>(input.size()),
               input.data());
  std::abort();
}

inline void Require(bool holds, const char* what, std::string_view input) {
  if (!holds) Report(what, input);
}

}  // namespace springboard::abi::fuzzing

#endif  // SPRINGBOARD_ABI_FUZZ_REPORT_H_
