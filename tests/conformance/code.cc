// Loads generated code. See code.h.

#include "tests/conformance/code.h"

#include <fstream>
#include <iterator>
#include <vector>

namespace springboard::conformance {

StatusOr<Code> Code::OpenLibrary(const std::string& path) {
  const StatusOr<Library> library = Library::Open(path);
  if (!library.ok()) return library.status();
  Code code;
  code.library_ = *library;
  return code;
}

StatusOr<Code> Code::OpenImage(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
  if (bytes.empty()) return Status::Error("cannot read " + path);
  const StatusOr<const uint8_t*> mapped =
      MapCode({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  if (!mapped.ok()) return mapped.status();
  Code code;
  code.image_ = *mapped;
  code.image_bytes_ = bytes.size();
  return code;
}

StatusOr<Functions> Code::Find(const Row& row) const {
  const std::string n = std::to_string(row.n);
  if (library_.has_value()) {
    const Functions found = {library_->Symbol("f" + n), library_->Symbol("c" + n)};
    if (found.callee == nullptr || found.caller == nullptr) {
      return Status::Error("the library has no f" + n + " or no c" + n);
    }
    return found;
  }
  if (!row.offsets.has_value() || row.offsets->callee >= image_bytes_ ||
      row.offsets->caller >= image_bytes_) {
    return Status::Error("the table gives no offsets in the image for " + n);
  }
  return Functions{image_ + row.offsets->callee, image_ + row.offsets->caller};
}

}  // namespace springboard::conformance
