// RawOutput: text for standard error from a signal handler, and from where no lock may be taken.
//
// Lines are put together in a buffer of its own and written by write(2): nothing is allocated or
// locked. One thread at a time.

#ifndef SPRINGBOARD_V8_GLUE_RAW_OUTPUT_H_
#define SPRINGBOARD_V8_GLUE_RAW_OUTPUT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace springboard::glue {

// Writes all of `text` to standard error, as far as that takes it. Leaves errno as it was.
void WriteToStandardError(std::string_view text);

class RawOutput {
 public:
  RawOutput() = default;
  ~RawOutput() { Flush(); }
  RawOutput(const RawOutput&) = delete;
  RawOutput& operator=(const RawOutput&) = delete;

  RawOutput& Text(std::string_view text);
  RawOutput& Hex(uint64_t number);  // with 0x
  RawOutput& Decimal(uint64_t number);
  void Flush();

 private:
  std::array<char, 512> bytes_;
  size_t size_ = 0;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_RAW_OUTPUT_H_
