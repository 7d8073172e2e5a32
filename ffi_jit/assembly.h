// Assembly: one stub on its way from instructions to bytes, whatever the architecture.
//
// Owns asmjit's code holder, keeps the first error and, if asked to, the listing. Used by the
// emitters only. Lives on the stack of one emission.

#ifndef SPRINGBOARD_FFI_JIT_ASSEMBLY_H_
#define SPRINGBOARD_FFI_JIT_ASSEMBLY_H_

#include <asmjit/core.h>

#include <string>
#include <vector>

#include "abi/status.h"
#include "ffi_jit/emitter.h"

namespace springboard::jit {

class Assembly {
 public:
  // `listing`, if not null, receives the assembly from Finish().
  Assembly(asmjit::Arch architecture, std::string* listing);
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  // What an assembler attaches to.
  asmjit::CodeHolder* code() { return &code_; }

  // The bytes, once the assembler is done. A Status if it refused an instruction or the stub passes
  // kMaxStubBytes.
  StatusOr<StubTemplate> Finish(std::vector<PatchPoint> patches);

 private:
  class FirstError : public asmjit::ErrorHandler {
   public:
    void handleError(asmjit::Error, const char* message, asmjit::BaseEmitter*) override;
    const std::string& message() const { return message_; }

   private:
    std::string message_;
  };

  FirstError errors_;
  asmjit::StringLogger logger_;
  std::string* listing_;
  asmjit::CodeHolder code_;  // last: it refers to the others
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_ASSEMBLY_H_
