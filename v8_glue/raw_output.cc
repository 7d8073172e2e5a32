// raw_output: see raw_output.h.

#include "v8_glue/raw_output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace springboard::glue {

void WriteToStandardError(std::string_view text) {
  const int saved = errno;
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      // A pipe that its reader empties slowly. A reader that has stopped does not stop us for ever.
      pollfd writable = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
      constexpr int kPatienceMs = 1000;
      if (poll(&writable, 1, kPatienceMs) == 0) break;
    } else if (errno != EINTR) {
      break;
    }
  }
  errno = saved;
}

RawOutput& RawOutput::Text(std::string_view text) {
  while (!text.empty()) {
    if (size_ == bytes_.size()) Flush();
    const size_t part = std::min(text.size(), bytes_.size() - size_);
    std::memcpy(bytes_.data() + size_, text.data(), part);
    size_ += part;
    text.remove_prefix(part);
  }
  return *this;
}

RawOutput& RawOutput::Hex(uint64_t number) {
  char digits[16];
  const char* end = std::to_chars(digits, digits + sizeof(digits), number, 16).ptr;
  return Text("0x").Text({digits, static_cast<size_t>(end - digits)});
}

RawOutput& RawOutput::Decimal(uint64_t number) {
  char digits[20];
  const char* end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  return Text({digits, static_cast<size_t>(end - digits)});
}

void RawOutput::Flush() {
  WriteToStandardError({bytes_.data(), size_});
  size_ = 0;
}

}  // namespace springboard::glue
