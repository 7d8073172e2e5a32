// CodeCache: from signature to machine code, each shape compiled once.
//
// Call stubs, and the templates from which fast and closure stubs are stamped, are kept by
// signature hash and verified by comparing the canonical text, so that a collision cannot hand out
// the wrong code; they live as long as the process. Stamping copies a template and patches
// addresses into it. One cache serves the process; every function may be called from any thread.

#ifndef SPRINGBOARD_FFI_JIT_CODE_CACHE_H_
#define SPRINGBOARD_FFI_JIT_CODE_CACHE_H_

#include <cstddef>
#include <string>

#include "abi/convention.h"
#include "abi/signature.h"
#include "abi/status.h"
#include "ffi_jit/stub.h"

namespace springboard::jit {

class CodeCache {
 public:
  // The process's cache. Never destroyed, so that stubs outlive static destructors.
  static CodeCache& Process();

  // A Status says why the signature cannot be placed or emitted, that the convention is of another
  // processor, or that executable memory was refused.
  StatusOr<CallStub> GetCallStub(const abi::Signature& signature,
                                 const abi::Convention& convention);

  // A fast stub that calls `target`. `result_block` is where the void variant stores (8-byte
  // aligned, owned by the caller, must outlive the stub); null otherwise.
  StatusOr<StubCode> StampFast(const FastShape& shape, const abi::Convention& entered_convention,
                               const abi::Convention& native_convention, const void* target,
                               void* result_block);

  // A native function of `signature` whose calls reach handler(context, ...).
  StatusOr<StubCode> StampClosure(const abi::Signature& signature,
                                  const abi::Convention& convention, ClosureHandler handler,
                                  void* context);

  // For tests and figures.
  struct Counts {
    size_t call_stubs;       // cached
    size_t templates;        // cached, fast and closure
    size_t live_stubs;       // stamped and not yet freed
    size_t code_bytes_used;  // by all of the above
    size_t code_bytes_mapped;
    size_t unwind_records;  // registered with the process's unwinder, one per block of code
  };
  Counts counts() const;

 private:
  friend class StubCode;
  CodeCache();
  ~CodeCache() = delete;

  struct Impl;
  Impl* impl_;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_CODE_CACHE_H_
