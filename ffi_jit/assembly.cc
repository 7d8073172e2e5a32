// From an assembler's buffer to a stub template. See assembly.h.

#include "ffi_jit/assembly.h"

#include <cassert>
#include <utility>

namespace springboard::jit {

void Assembly::FirstError::handleError(asmjit::Error, const char* message, asmjit::BaseEmitter*) {
  if (message_.empty()) message_ = message;
}

Assembly::Assembly(asmjit::Arch architecture, std::string* listing) : listing_(listing) {
  code_.init(asmjit::Environment(architecture));
  code_.setErrorHandler(&errors_);
  if (listing_ != nullptr) code_.setLogger(&logger_);
}

StatusOr<StubTemplate> Assembly::Finish(std::vector<PatchPoint> patches) {
  if (!errors_.message().empty()) {
    return Status::Error("the stub cannot be assembled: " + errors_.message());
  }
  assert(!code_.hasUnresolvedLinks() && !code_.hasRelocEntries());
  const asmjit::CodeBuffer& buffer = code_.textSection()->buffer();
  if (buffer.size() > kMaxStubBytes) {
    return Status::Error("the stub would have " + std::to_string(buffer.size()) +
                         " bytes; the limit is " + std::to_string(kMaxStubBytes));
  }
  StubTemplate result;
  result.bytes.assign(buffer.begin(), buffer.end());
  result.patches = std::move(patches);
  if (listing_ != nullptr) *listing_ = logger_.data();
  return result;
}

}  // namespace springboard::jit
