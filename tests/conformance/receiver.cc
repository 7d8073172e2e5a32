// The handler behind closure stubs. See receiver.h.

#include "tests/conformance/receiver.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "ffi_jit/test_values.h"

namespace springboard::conformance {

void Receiver::Expect(const CallValues* values, uint64_t garbage,
                      std::vector<std::string>* failures) {
  values_ = values;
  garbage_ = garbage;
  failures_ = failures;
  calls_ = 0;
}

std::string Receiver::Missing() const {
  if (calls_ == 1) return "";
  return "the handler was called " + std::to_string(calls_) + " times";
}

void Receiver::Handle(void* context, const uint64_t* slots, void* result) {
  static_cast<Receiver*>(context)->Receive(slots, static_cast<uint8_t*>(result));
#if defined(__x86_64__)
  // What copied the result may have left its address where a closure stub must return it.
  asm volatile("mov $0x5A5A, %%eax" ::: "rax");
#endif
}

void Receiver::Receive(const uint64_t* slots, uint8_t* result) {
  ++calls_;
  for (size_t index = 0; index < shape_.parameters.size(); ++index) {
    ReceiveArgument(index, slots[index]);
  }
  if (shape_.result.type->is_void()) {
    if (result != nullptr) failures_->push_back("a void function got result memory");
    return;
  }
  if (result == nullptr) {
    failures_->push_back("there is no result memory");
    return;
  }
  if (!std::all_of(result, result + shape_.result.ResultBytes(),
                   [](uint8_t byte) { return byte == 0; })) {
    failures_->push_back("result memory is not zeroed");
  }
  LeaveResult(result);
}

void Receiver::ReceiveArgument(size_t index, uint64_t slot) {
  const ValueShape& shape = shape_.parameters[index];
  const uint8_t* expected = values_->arguments[index].data();
  const auto* actual = shape.FitsSlot() ? reinterpret_cast<const uint8_t*>(&slot)
                                        : std::bit_cast<const uint8_t*>(slot);
  std::string problem = Difference(shape, expected, actual);
  if (problem.empty() && shape.IsExtended()) {
    const uint64_t extended = jit::testing::Extended(shape.type, expected, shape.size);
    if (slot != extended) {
      problem = "is not extended: expected " + Hex(extended) + ", got " + Hex(slot);
    }
  }
  if (!problem.empty()) failures_->push_back("argument " + std::to_string(index) + " " + problem);
}

void Receiver::LeaveResult(uint8_t* result) const {
  const Bytes& value = values_->result;
  if (shape_.result.FitsSlot()) std::memcpy(result, &garbage_, sizeof(garbage_));
  std::copy(value.begin(), value.end(), result);
}

}  // namespace springboard::conformance
