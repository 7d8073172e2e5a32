// Checker: sends random values through the stubs of one signature, in every direction, and says
// what did not arrive.
//
//   call stub -> f<n>         our caller, a compiler's callee
//   c<n> -> closure stub      a compiler's caller, our callee
//   call stub -> closure stub
//
// One thread; it uses the one Exchange, which must be mapped.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_CHECKS_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_CHECKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "abi/convention.h"
#include "ffi_jit/stub.h"
#include "tests/conformance/code.h"
#include "tests/conformance/guarded_memory.h"
#include "tests/conformance/table.h"
#include "tests/conformance/values.h"

namespace springboard::conformance {

class Checker {
 public:
  Checker(const abi::Convention& convention, uint64_t seed, int rounds)
      : convention_(convention), seed_(seed), rounds_(rounds) {}

  // What went wrong, of the first round in which something did; empty if nothing.
  std::vector<std::string> Check(const Row& row, const Functions& functions);

  // What is being done now, for a report of a crash.
  const char* direction() const { return direction_; }
  // The same: "call stub+0x1c" for an address in or behind one of the functions in play.
  std::string Locate(uintptr_t address) const;

  // Frees the closure stubs made so far.
  void FreeStubs() { kept_.clear(); }

  const abi::Convention& convention() const { return convention_; }
  uint64_t seed() const { return seed_; }

 private:
  struct Call;

  void CheckRound(const Row& row, const Functions& functions, Call& call);
  void CallIntoCompiled(const Row& row, const void* callee, Call& call);
  void CompiledIntoClosure(const Row& row, const void* caller, Call& call);
  void CallIntoClosure(Call& call);
  // Through the call stub; `expected` is the result's bytes.
  void CallThroughStub(const void* target, const Bytes& expected, Call& call);
  void Begin(const char* direction) { direction_ = direction; }

  const abi::Convention& convention_;
  const uint64_t seed_;
  const int rounds_;
  const char* direction_ = "planning";
  struct Place {
    const char* name;
    uintptr_t address;
  };
  std::vector<Place> places_;  // of the signature that is checked
  GuardedMemory memory_;
  // qemu 7.2 does not notice when code that it has run is replaced through another mapping, so no
  // stub's memory is given to another one, unless FreeStubs() says so. Nobody calls these again.
  std::vector<jit::StubCode> kept_;
};

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_CHECKS_H_
