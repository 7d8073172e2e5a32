// What a signature costs before its first call: placement, and a call stub that nobody has asked
// for before (placement, plan, emission, installation, cache entry); and what a stub costs whose
// shape is known: from the cache, or stamped and freed again. Of the latter, memory/* is the share
// of executable memory: one stub's bytes installed and freed, with few and with many others alive.
//
// Method. Signature number n has the digits of n as its parameters' types, so every signature is
// another one and no cache answers; they are made before the clock starts. Times are per signature.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "abi/convention.h"
#include "abi/placement.h"
#include "abi/signature.h"
#include "ffi_jit/code_cache.h"
#include "ffi_jit/exec_memory.h"

namespace springboard {
namespace {

constexpr const char* kTypes[] = {"i32", "f64",           "pointer",       "f32",
                                  "i64", "{f32,f32}",     "{i64,i32}",     "{i64,i64,i64}",
                                  "u8",  "{f64,f64,f64}", "<f64,[f32*2]>", "bool"};

const abi::Type* ParsedType(std::string_view text) {
  const StatusOr<const abi::Type*> type = abi::ParseType(text);
  if (type.ok()) return *type;
  std::fprintf(stderr, "make_benchmark: %s\n", type.status().message().c_str());
  std::exit(1);
}

// `count` signatures that this process has not made before.
std::vector<abi::Signature> FreshSignatures(size_t count) {
  static size_t next = 0;
  static const std::vector<const abi::Type*> types = [] {
    std::vector<const abi::Type*> parsed;
    for (const char* text : kTypes) parsed.push_back(ParsedType(text));
    return parsed;
  }();
  std::vector<abi::Signature> signatures(count);
  for (abi::Signature& signature : signatures) {
    size_t number = next++;
    signature.result = types[number % types.size()];
    for (number = number / types.size() + 1; number != 0; number /= types.size()) {
      signature.parameters.push_back(types[number % types.size()]);
    }
  }
  return signatures;
}

void Placement(benchmark::State& state, const abi::Convention& convention) {
  const std::vector<abi::Signature> signatures = FreshSignatures(1000);
  size_t index = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(abi::Place(signatures[index], convention).ok());
    index = index + 1 == signatures.size() ? 0 : index + 1;
  }
}

void ColdCallStub(benchmark::State& state) {
  const std::vector<abi::Signature> signatures =
      FreshSignatures(static_cast<size_t>(state.max_iterations));
  size_t index = 0;
  for (auto _ : state) {
    const auto stub =
        jit::CodeCache::Process().GetCallStub(signatures[index++], abi::HostConvention());
    if (!stub.ok()) {
      state.SkipWithError(stub.status().message().c_str());
      break;
    }
  }
}

void CachedCallStub(benchmark::State& state) {
  const abi::Signature signature = FreshSignatures(1)[0];
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        jit::CodeCache::Process().GetCallStub(signature, abi::HostConvention()).ok());
  }
}

void StampAndFree(benchmark::State& state) {
  const abi::Signature signature = FreshSignatures(1)[0];
  const auto ignore = [](void*, const uint64_t*, void*) {};
  for (auto _ : state) {
    benchmark::DoNotOptimize(jit::CodeCache::Process()
                                 .StampClosure(signature, abi::HostConvention(), ignore, nullptr)
                                 .ok());
  }
}

// As many bytes as a stub with a few moves has; what they say does not matter, nobody runs them.
void InstallAndFree(benchmark::State& state, int others) {
  constexpr uint8_t kCode[64] = {};
  jit::ExecMemory memory;
  for (int i = 0; i < others; ++i) {
    if (!memory.Install(kCode, jit::UnwindShape::kTail).ok()) std::abort();
  }
  for (auto _ : state) {
    const StatusOr<const void*> code = memory.Install(kCode, jit::UnwindShape::kTail);
    if (!code.ok()) {
      state.SkipWithError(code.status().message().c_str());
      break;
    }
    memory.Free(*code);
  }
}

void RegisterAll() {
  for (const abi::Convention* convention : abi::AllConventions()) {
    // V8's rows place scalars only, by the same code as the rows they are made of.
    if (convention->variadic == abi::VariadicRule::kRefused) continue;
    benchmark::RegisterBenchmark(("placement/" + std::string(convention->name)).c_str(),
                                 [convention](benchmark::State& s) { Placement(s, *convention); });
  }
  benchmark::RegisterBenchmark("call_stub/cold", ColdCallStub);
  benchmark::RegisterBenchmark("call_stub/cached", CachedCallStub);
  benchmark::RegisterBenchmark("closure_stub/stamp_and_free", StampAndFree);
  benchmark::RegisterBenchmark("memory/alone", InstallAndFree, 0);
  benchmark::RegisterBenchmark("memory/beside_10000", InstallAndFree, 10'000);
}

}  // namespace
}  // namespace springboard

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  springboard::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
