// Fuzzes call and closure stubs: any signature that can be placed is compiled and called, from
// stub to stub, and from and to functions that go by the placement (placed.h), with the checks of
// the conformance suite: every byte, guard bytes, preserved registers, extension.
//
// A libFuzzer target: the input is a signature's text. One thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "abi/fuzz_report.h"
#include "abi/fuzz_signatures.h"
#include "tests/conformance/checks.h"
#include "tests/conformance/exchange.h"
#include "tests/conformance/placed.h"
#include "tests/conformance/platform.h"

namespace springboard::conformance {
namespace {

constexpr uint64_t kSeed = 1;
constexpr int kRounds = 2;
// Larger signatures take long to compile, and show nothing that these do not.
constexpr size_t kLongestText = 2048;
constexpr size_t kMostBytes = 20000;

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

void Check(const abi::Signature& signature, Checker& checker) {
  const StatusOr<abi::Placement> placement = abi::Place(signature, checker.convention());
  if (!placement.ok()) return;
  const StatusOr<SignatureShape> shape = SignatureShape::Of(signature, checker.convention());
  if (!shape.ok()) return;
  size_t bytes = shape->result.size;
  for (const ValueShape& value : shape->parameters) bytes += value.size;
  if (bytes > kMostBytes) return;
  const Functions functions = PlacedFunctions(*shape, *placement);
  const std::string text = signature.Text();
  std::vector<std::string> problems = checker.Check({.signature = text}, functions);
  for (const std::string& problem : PlacedProblems()) problems.push_back(problem);
  checker.FreeStubs();
  if (problems.empty()) return;
  abi::fuzzing::Report(Joined(problems), text + "\n" + std::string(checker.convention().name) +
                                             "\n" + placement->Text());
}

void CheckText(std::string_view text) {
  if (text.size() > kLongestText) return;
  const StatusOr<abi::Signature> signature = abi::Signature::Parse(text);
  if (!signature.ok()) return;
  static const bool mapped = [] {
    MapAt(EXCHANGE_ADDRESS, sizeof(Exchange));
    return true;
  }();
  static_cast<void>(mapped);
  static Checker sysv(abi::SysvX64(), kSeed, kRounds);
  static Checker win64(abi::Win64(), kSeed, kRounds);
  Check(*signature, sysv);
  Check(*signature, win64);
}

}  // namespace
}  // namespace springboard::conformance

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  springboard::conformance::CheckText({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  return springboard::abi::fuzzing::MutateText(data, size, max_size, seed);
}
