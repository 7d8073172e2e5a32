// Reports. See report.h. PrintFailure also runs after a crash, so it plans and emits again and asks
// nothing of the code cache, whose lock the crash may hold.

#include "tests/conformance/report.h"

#include <cstdio>

#include "abi/placement.h"
#include "abi/signature.h"
#include "ffi_jit/emitter.h"
#include "ffi_jit/stub_plan.h"

namespace springboard::conformance {
namespace {

void Print(const char* title, const std::string& text) {
  std::fprintf(stderr, "  %s:\n", title);
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    std::fprintf(stderr, "    %s\n", line.c_str());
    at = end == std::string::npos ? text.size() : end + 1;
  }
}

void PrintStub(const char* title, const StatusOr<jit::StubPlan>& plan) {
  if (!plan.ok()) {
    Print(title, plan.status().message());
    return;
  }
  std::string listing;
  const StatusOr<jit::StubTemplate> code = jit::Emit(*plan, &listing);
  Print(title, code.ok() ? listing : code.status().message());
}

}  // namespace

void PrintFailure(const Row& row, const abi::Convention& convention, uint64_t seed,
                  std::span<const std::string> problems) {
  std::fprintf(stderr, "FAILED %llu: %s\n  kind %s, convention %s, seed %llu\n",
               static_cast<unsigned long long>(row.n), row.signature.c_str(), KindName(row.kind),
               std::string(convention.name).c_str(), static_cast<unsigned long long>(seed));
  for (const std::string& problem : problems) std::fprintf(stderr, "  - %s\n", problem.c_str());
  std::fflush(stderr);
  const StatusOr<abi::Signature> signature = abi::Signature::Parse(row.signature);
  if (!signature.ok()) return;
  const StatusOr<abi::Placement> placement = abi::Place(*signature, convention);
  if (!placement.ok()) return;
  Print("placement", placement->Text());
  const abi::Convention& own = abi::HostConvention();
  PrintStub("call stub", jit::PlanCall(*signature, convention, own));
  PrintStub("closure stub", jit::PlanClosure(*signature, convention, own));
  std::fflush(stderr);
}

void Tally::Print() const {
  std::printf("{\"checked\":%llu,\"failed\":%zu,\"last\":%llu,\"failures\":[",
              static_cast<unsigned long long>(checked), failures.size(),
              static_cast<unsigned long long>(last));
  for (size_t index = 0; index < failures.size(); ++index) {
    std::printf("%s%llu", index == 0 ? "" : ",", static_cast<unsigned long long>(failures[index]));
  }
  std::printf("]}\n");
  std::fflush(stdout);
}

}  // namespace springboard::conformance
