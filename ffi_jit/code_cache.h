// CodeCache: from signature to machine code, each shape compiled once.
//
// Call stubs, and the templates from which fast and closure stubs are stamped, are kept by
// signature hash and verified by comparing the canonical text, so that a collision cannot hand out
// the wrong code; they live as long as the process. Stamping copies a template and patches
// addresses into it. One cache serves the process; every function may be called from any thread.

#ifndef SPRINGBOARD_FFI_JIT_CODE_CACHE_H_
#define SPRINGBOARD_FFI_JIT_CODE_CACHE_H_

#include <cstddef>
#include <span>
#include <vector>

#include "abi/convention.h"
#include "abi/signature.h"
#include "abi/status.h"
#include "ffi_jit/stub.h"

namespace springboard::jit {

// The code of the fast stubs of one shape, before it has addresses. Lives as long as the process.
class FastTemplate;

class CodeCache {
 public:
  // The process's cache. Never destroyed, so that stubs outlive static destructors.
  static CodeCache& Process();

  // A Status says why the signature cannot be placed or emitted, that the convention is of another
  // processor, or, as refused(), that there is no executable memory. So do the others.
  StatusOr<CallStub> GetCallStub(const abi::Signature& signature,
                                 const abi::Convention& convention);

  // The template of `shape`, made the first time.
  StatusOr<const FastTemplate*> GetFastTemplate(const FastShape& shape,
                                                const abi::Convention& entered_convention,
                                                const abi::Convention& native_convention);

  // One stub per target, in order: all, or a Status and none. `block` is owned by the caller and
  // outlives the stubs; it may be null where stubs of that shape never write to it.
  StatusOr<std::vector<StubCode>> StampFast(const FastTemplate& code,
                                            std::span<const void* const> targets, FastBlock* block);

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
