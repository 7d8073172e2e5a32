// Code: the generated functions, in a shared library or in the bytes of a text section.
//
// Loaded for the life of the process. One thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_CODE_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_CODE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "abi/status.h"
#include "tests/conformance/platform.h"
#include "tests/conformance/table.h"

namespace springboard::conformance {

struct Functions {
  const void* callee;
  const void* caller;
};

class Code {
 public:
  // A shared library with symbols f<n> and c<n>.
  static StatusOr<Code> OpenLibrary(const std::string& path);
  // Raw bytes that run wherever they are; the table says where the functions begin.
  static StatusOr<Code> OpenImage(const std::string& path);

  // A Status if there are no such functions.
  StatusOr<Functions> Find(const Row& row) const;

 private:
  Code() = default;

  std::optional<Library> library_;
  const uint8_t* image_ = nullptr;
  size_t image_bytes_ = 0;
};

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_CODE_H_
