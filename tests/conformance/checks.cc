// The checks of one signature. See checks.h.

#include "tests/conformance/checks.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "ffi_jit/code_cache.h"
#include "ffi_jit/emitter.h"
#include "ffi_jit/test_values.h"
#include "tests/conformance/exchange.h"
#include "tests/conformance/receiver.h"
#include "tests/conformance/registers.h"

namespace springboard::conformance {
namespace {

// What lies between arguments in the exchange, and where a result is expected.
constexpr uint8_t kFiller = 0xEE;

// Makes the bits above a narrow value's own random.
uint64_t SlotOf(const Bytes& value, Random& random) {
  uint64_t slot = random();
  std::memcpy(&slot, value.data(), value.size());
  return slot;
}

// The narrowest integer among the parameters: the one that a widening callee returns.
size_t NarrowParameter(const SignatureShape& shape) {
  size_t narrowest = 0;
  for (size_t index = 0; index < shape.parameters.size(); ++index) {
    const ValueShape& parameter = shape.parameters[index];
    const ValueShape& best = shape.parameters[narrowest];
    if (parameter.IsExtended() && (!best.IsExtended() || parameter.size < best.size)) {
      narrowest = index;
    }
  }
  return narrowest;
}

Bytes BytesOf(uint64_t value) {
  Bytes bytes(sizeof(value));
  std::memcpy(bytes.data(), &value, sizeof(value));
  return bytes;
}

uint64_t ExtendedValue(const ValueShape& shape, const Bytes& value) {
  return jit::testing::Extended(shape.type, value.data(), value.size());
}

void FillArguments(const SignatureShape& shape, const CallValues* values) {
  std::memset(EXCHANGE->arguments, kFiller, shape.arguments_bytes);
  if (values == nullptr) return;
  for (size_t index = 0; index < shape.parameters.size(); ++index) {
    const Bytes& value = values->arguments[index];
    std::copy(value.begin(), value.end(), EXCHANGE->arguments + shape.offsets[index]);
  }
}

}  // namespace

// One call's values, on their way.
struct Checker::Call {
  Call(const SignatureShape& shape, const abi::Convention& convention, uint64_t seed)
      : shape(shape), random(seed), values(shape, convention, random) {}

  // Adds a failure unless `problem` is empty.
  void Note(const std::string& what, const std::string& problem) {
    if (!problem.empty()) failures.push_back(what + problem);
  }

  const SignatureShape& shape;
  Random random;
  CallValues values;
  jit::CallStub call_stub = nullptr;
  const void* closure = nullptr;
  Receiver* receiver = nullptr;
  std::vector<std::string> failures;
};

void Checker::CallThroughStub(const void* target, const Bytes& expected, Call& call) {
  const SignatureShape& shape = call.shape;
  const size_t count = shape.parameters.size();
  memory_.ReleaseAll();
  // The slots themselves end at an unreadable page, too.
  uint8_t* slots = memory_.Take(count * sizeof(uint64_t));
  std::vector<uint8_t*> originals(count, nullptr);
  for (size_t index = 0; index < count; ++index) {
    const Bytes& value = call.values.arguments[index];
    uint64_t slot = 0;
    if (shape.parameters[index].FitsSlot()) {
      slot = SlotOf(value, call.random);
    } else {
      originals[index] = memory_.Take(value.size());
      std::copy(value.begin(), value.end(), originals[index]);
      slot = std::bit_cast<uint64_t>(originals[index]);
    }
    std::memcpy(slots + index * sizeof(slot), &slot, sizeof(slot));
  }
  uint8_t* result = nullptr;
  if (!shape.result.type->is_void()) {
    result = memory_.Take(shape.result.ResultBytes());
    std::memset(result, kFiller, shape.result.ResultBytes());
  }
  const Bytes slots_before(slots, slots + count * sizeof(uint64_t));
  call.Note("", CallChecked(abi::HostConvention(), std::bit_cast<const void*>(call.call_stub),
                            {std::bit_cast<uint64_t>(target), std::bit_cast<uint64_t>(slots),
                             std::bit_cast<uint64_t>(result)},
                            call.random()));
  if (!std::equal(slots_before.begin(), slots_before.end(), slots)) {
    call.Note("", "the slots were changed");
  }
  for (size_t index = 0; index < count; ++index) {
    if (originals[index] == nullptr) continue;
    const Bytes& value = call.values.arguments[index];
    if (!std::equal(value.begin(), value.end(), originals[index])) {
      call.Note("", "the caller's original of argument " + std::to_string(index) + " was changed");
    }
  }
  if (result == nullptr) return;
  if (!GuardedMemory::FrontIsIntact(result)) {
    call.Note("", "bytes in front of the result were changed");
  }
  call.Note("result ", Difference(shape.result, expected.data(), result));
  if (shape.result.IsExtended()) {
    uint64_t found = 0;
    std::memcpy(&found, result, sizeof(found));
    const uint64_t extended = ExtendedValue(shape.result, expected);
    if (found != extended) {
      call.Note("", "result is not extended: expected " + Hex(extended) + ", got " + Hex(found));
    }
  }
}

void Checker::CallIntoCompiled(const Row& row, const void* callee, Call& call) {
  Begin("call stub into compiled code");
  const SignatureShape& shape = call.shape;
  FillArguments(shape, nullptr);
  std::copy(call.values.result.begin(), call.values.result.end(), EXCHANGE->reply);
  if (row.kind == Kind::kWiden) {
    const size_t narrow = NarrowParameter(shape);
    const uint64_t wide = ExtendedValue(shape.parameters[narrow], call.values.arguments[narrow]);
    CallThroughStub(callee, BytesOf(wide), call);
    return;
  }
  if (row.kind == Kind::kNarrow) {
    // The result's bytes, with garbage above them.
    call.values.arguments[0] = BytesOf(SlotOf(call.values.result, call.random));
    CallThroughStub(callee, call.values.result, call);
    return;
  }
  CallThroughStub(callee, call.values.result, call);
  for (size_t index = 0; index < shape.parameters.size(); ++index) {
    call.Note("argument " + std::to_string(index) + " ",
              Difference(shape.parameters[index], call.values.arguments[index].data(),
                         EXCHANGE->arguments + shape.offsets[index]));
  }
}

void Checker::CompiledIntoClosure(const Row& row, const void* caller, Call& call) {
  Begin("compiled code into closure stub");
  const SignatureShape& shape = call.shape;
  FillArguments(shape, &call.values);
  std::memset(EXCHANGE->reply, kFiller, std::max<size_t>(shape.result.size, 8));
  EXCHANGE->function = std::bit_cast<void (*)()>(call.closure);
  call.receiver->Expect(&call.values, call.random(), &call.failures);
  call.Note("", CallChecked(convention_, caller, {}, call.random()));
  call.Note("", call.receiver->Missing());
  call.Note("result ", Difference(shape.result, call.values.result.data(), EXCHANGE->reply));
  if (row.kind != Kind::kNarrow) return;
  uint64_t found = 0;
  std::memcpy(&found, EXCHANGE->reply, sizeof(found));
  const uint64_t extended = ExtendedValue(shape.result, call.values.result);
  if (found != extended) {
    call.Note("",
              "the caller widened the result to " + Hex(found) + " instead of " + Hex(extended));
  }
}

void Checker::CallIntoClosure(Call& call) {
  Begin("call stub into closure stub");
  call.receiver->Expect(&call.values, call.random(), &call.failures);
  CallThroughStub(call.closure, call.values.result, call);
  call.Note("", call.receiver->Missing());
}

void Checker::CheckRound(const Row& row, const Functions& functions, Call& call) {
  CallIntoCompiled(row, functions.callee, call);
  if (!call.failures.empty()) return;
  CompiledIntoClosure(row, functions.caller, call);
  if (!call.failures.empty()) return;
  CallIntoClosure(call);
}

std::string Checker::Locate(uintptr_t address) const {
  const Place* nearest = nullptr;
  for (const Place& place : places_) {
    if (address < place.address || address - place.address >= jit::kMaxStubBytes) continue;
    if (nearest == nullptr || place.address > nearest->address) nearest = &place;
  }
  if (nearest == nullptr) return Hex(address);
  return std::string(nearest->name) + "+" + Hex(address - nearest->address);
}

std::vector<std::string> Checker::Check(const Row& row, const Functions& functions) {
  Begin("planning");
  const StatusOr<abi::Signature> signature = abi::Signature::Parse(row.signature);
  if (!signature.ok()) return {signature.status().message()};
  const StatusOr<SignatureShape> shape = SignatureShape::Of(*signature, convention_);
  if (!shape.ok()) return {shape.status().message()};
  jit::CodeCache& cache = jit::CodeCache::Process();
  const StatusOr<jit::CallStub> call_stub = cache.GetCallStub(*signature, convention_);
  if (!call_stub.ok()) return {call_stub.status().message()};
  Receiver receiver(*shape);
  StatusOr<jit::StubCode> closure =
      cache.StampClosure(*signature, convention_, &Receiver::Handle, &receiver);
  if (!closure.ok()) return {closure.status().message()};
  const void* const closure_entry = closure->entry();
  kept_.push_back(*std::move(closure));
  places_ = {{"the compiled callee", std::bit_cast<uintptr_t>(functions.callee)},
             {"the compiled caller", std::bit_cast<uintptr_t>(functions.caller)},
             {"the call stub", std::bit_cast<uintptr_t>(*call_stub)},
             {"the closure stub", std::bit_cast<uintptr_t>(closure_entry)}};
  for (int round = 0; round < rounds_; ++round) {
    Call call(*shape, convention_, seed_ + row.n * 0x10001 + static_cast<uint64_t>(round));
    call.call_stub = *call_stub;
    call.closure = closure_entry;
    call.receiver = &receiver;
    CheckRound(row, functions, call);
    if (call.failures.empty()) continue;
    const std::string where = std::string(direction_) + ": ";
    for (std::string& failure : call.failures) failure.insert(0, where);
    return std::move(call.failures);
  }
  return {};
}

}  // namespace springboard::conformance
