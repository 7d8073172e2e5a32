// The conformance suite's runner: checks stubs against generated, compiled code.
//
// Reads a table of signatures and the code that goes with it, checks one signature after the other,
// and prints reports (stderr) and a tally (last line of stdout). Exit code: 0, 1 for failures, 2
// for usage, 3 after a crash, which is counted as a failure of the signature it happened in. One
// thread.

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/conformance/checks.h"
#include "tests/conformance/code.h"
#include "tests/conformance/exchange.h"
#include "tests/conformance/options.h"
#include "tests/conformance/platform.h"
#include "tests/conformance/report.h"
#include "tests/conformance/table.h"
#include "tests/conformance/values.h"

namespace springboard::conformance {
namespace {

// For the report of a crash.
struct Progress {
  const Checker* checker = nullptr;
  const Row* row = nullptr;  // null between signatures
  Tally tally;
};
Progress progress;

void ReportCrash(const char* what, uintptr_t instruction, uintptr_t address) {
  const std::string crash = std::string("crash: ") + what + ", address " + Hex(address);
  if (progress.row == nullptr) {
    std::fprintf(stderr, "%s, outside of any check\n", crash.c_str());
  } else {
    const std::string problem = std::string(progress.checker->direction()) + ": " + crash +
                                ", instruction at " + progress.checker->Locate(instruction);
    progress.tally.failures.push_back(progress.row->n);
    // The tally first: the report may crash, too.
    progress.tally.Print();
    PrintFailure(*progress.row, progress.checker->convention(), progress.checker->seed(),
                 {&problem, 1});
  }
}

int Fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  return 2;
}

// Empty, or why the run cannot go on.
std::string CheckRow(const Row& row, const Code& code, Checker& checker) {
  const StatusOr<Functions> functions = code.Find(row);
  if (!functions.ok()) return functions.status().message();
  Tally& tally = progress.tally;
  progress.row = &row;
  ++tally.checked;
  tally.last = row.n;
  const std::vector<std::string> problems = checker.Check(row, *functions);
  progress.row = nullptr;
  if (!problems.empty()) {
    tally.failures.push_back(row.n);
    PrintFailure(row, checker.convention(), checker.seed(), problems);
  }
  return "";
}

int Run(const Options& options) {
  const StatusOr<std::vector<Row>> rows = ReadTable(options.table);
  if (!rows.ok()) return Fail(rows.status().message());
  MapAt(EXCHANGE_ADDRESS, sizeof(Exchange));
  const StatusOr<Code> code =
      options.library.empty() ? Code::OpenImage(options.image) : Code::OpenLibrary(options.library);
  if (!code.ok()) return Fail(code.status().message());
  Checker checker(*options.convention, options.seed, options.rounds);
  progress.checker = &checker;
  InstallCrashHandler(ReportCrash);
  const Tally& tally = progress.tally;
  for (const Row& row : *rows) {
    if (row.n < options.first) continue;
    const std::string refused = CheckRow(row, *code, checker);
    if (!refused.empty()) return Fail(refused);
    if (options.stop_after != 0 && tally.failures.size() >= options.stop_after) break;
  }
  tally.Print();
  return tally.failures.empty() ? 0 : 1;
}

}  // namespace
}  // namespace springboard::conformance

int main(int argc, char** argv) {
  using namespace springboard::conformance;  // NOLINT(google-build-using-namespace)
  const springboard::StatusOr<Options> options = ParseOptions(argc, argv);
  if (options.ok()) return Run(*options);
  std::fprintf(stderr, "%s\n%s", options.status().message().c_str(), kUsage);
  return 2;
}
