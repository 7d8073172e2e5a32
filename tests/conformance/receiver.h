// Receiver: the handler behind a closure stub. Compares what arrives with what was sent, and leaves
// the result.
//
// Lives as long as the closure that has it as its context. One thread.

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_RECEIVER_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_RECEIVER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/conformance/values.h"

namespace springboard::conformance {

class Receiver {
 public:
  explicit Receiver(const SignatureShape& shape) : shape_(shape) {}

  // The next call should bring `values`; what is wrong with it goes to `failures`. `garbage` fills
  // the bytes above a narrow result, which nobody may look at.
  void Expect(const CallValues* values, uint64_t garbage, std::vector<std::string>* failures);

  // Empty if there was exactly one call since Expect().
  std::string Missing() const;

  // A jit::ClosureHandler; `context` is the Receiver.
  static void Handle(void* context, const uint64_t* slots, void* result);

 private:
  void Receive(const uint64_t* slots, uint8_t* result);
  void ReceiveArgument(size_t index, uint64_t slot);
  void LeaveResult(uint8_t* result) const;

  const SignatureShape& shape_;
  const CallValues* values_ = nullptr;
  std::vector<std::string>* failures_ = nullptr;
  uint64_t garbage_ = 0;
  int calls_ = 0;
};

}  // namespace springboard::conformance

#endif  // SPRINGBOARD_TESTS_CONFORMANCE_RECEIVER_H_
