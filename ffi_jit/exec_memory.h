// ExecMemory: memory for machine code that is never writable at the address where it runs.
//
// Each block is mapped twice: one view can be read and executed, the other read and written; code
// is written through the second and run through the first. Code of different unwind shapes lives in
// different blocks, and each block has one unwind record, registered while there is code in it: a
// few registrations serve a process, however many stubs come and go. Any thread.
//
// The two views are one shared mapping, which a child made by fork() shares with its parent: until
// it calls exec(), such a child must neither make nor call stubs.

#ifndef SPRINGBOARD_FFI_JIT_EXEC_MEMORY_H_
#define SPRINGBOARD_FFI_JIT_EXEC_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "abi/status.h"
#include "ffi_jit/unwind.h"

namespace springboard::jit {

class ExecMemory {
 public:
  ExecMemory();
  ~ExecMemory();  // frees all code
  ExecMemory(const ExecMemory&) = delete;
  ExecMemory& operator=(const ExecMemory&) = delete;

  // Copies `code` to executable memory and returns the address to run it at. Refused if the system
  // has no memory for it, and everything is as before. Unwinders see the code as `shape` says, if
  // the process has one that takes records. REQUIRES: `code` is not empty.
  StatusOr<const void*> Install(std::span<const uint8_t> code, UnwindShape shape);

  // Frees what Install() returned. Nobody may be running it.
  void Free(const void* code);

  // The address at which `code` may be written, for the doctor. Null if `code` is not ours.
  const void* WritableView(const void* code) const;

  size_t bytes_used() const;  // unwind records included
  size_t bytes_mapped() const;
  size_t unwind_records() const;  // registered now

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_EXEC_MEMORY_H_
