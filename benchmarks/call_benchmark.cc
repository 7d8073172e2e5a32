// Native calls from C++: through a function pointer, through a call stub, through libffi; and calls
// into C++: through a closure stub, and through a libffi closure.
//
// Method. Each scenario (scenarios.h) calls the same function, compiled in another file, with the
// same arguments on every route; arguments change with the iteration where the signature has one
// that may, and results are consumed. A closure of either kind calls that function too. The direct
// call is the floor: its loop and callee are in every number. Names are SCENARIO/ROUTE, and the
// driver (driver/cpp.py) prints the ratios; they mean something only within one run.

#include <benchmark/benchmark.h>
#include <ffi.h>

#include <bit>
#include <cstdint>
#include <string>

#include "abi/convention.h"
#include "benchmarks/scenarios.h"
#include "ffi_jit/code_cache.h"

namespace springboard::benchmarks {
namespace {

// The compiler must not see which function it is.
void DirectCall(benchmark::State& state, const Scenario& scenario) {
  volatile AnyFunction hidden = scenario.callee;
  scenario.call(state, hidden);
}

void CallStubCall(benchmark::State& state, const Scenario& scenario) {
  Arguments arguments(scenario);
  const jit::CallStub stub = OrDie(
      jit::CodeCache::Process().GetCallStub(ParsedSignature(scenario), abi::HostConvention()));
  const auto* target = std::bit_cast<const void*>(scenario.callee);
  const uint64_t step = scenario.varies() ? 1 : 0;
  uint64_t first = arguments.slots[0];
  for (auto _ : state) {
    arguments.slots[0] = first += step;
    stub(target, arguments.slots, arguments.result);
    benchmark::ClobberMemory();
  }
}

void LibffiCall(benchmark::State& state, const Scenario& scenario) {
  Arguments arguments(scenario);
  ffi_cif cif = scenario.Describe();
  const uint64_t step = scenario.varies() ? 1 : 0;
  uint64_t first = arguments.slots[0];
  for (auto _ : state) {
    arguments.slots[0] = first += step;
    ffi_call(&cif, scenario.callee, arguments.result, arguments.pointers);
    benchmark::ClobberMemory();
  }
}

void StubClosure(benchmark::State& state, const Scenario& scenario) {
  const jit::StubCode code = OrDie(jit::CodeCache::Process().StampClosure(
      ParsedSignature(scenario), abi::HostConvention(), scenario.stub_handler, nullptr));
  scenario.call(state, std::bit_cast<AnyFunction>(code.entry()));
}

void LibffiClosure(benchmark::State& state, const Scenario& scenario) {
  void* entry = nullptr;
  auto* closure = static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), &entry));
  ffi_cif cif = scenario.Describe();
  if (closure == nullptr ||
      ffi_prep_closure_loc(closure, &cif, scenario.libffi_handler, nullptr, entry) != FFI_OK) {
    state.SkipWithError("libffi makes no closure here");
    return;
  }
  scenario.call(state, std::bit_cast<AnyFunction>(entry));
  ffi_closure_free(closure);
}

void Register(const Scenario& scenario, const char* route,
              void (*run)(benchmark::State& state, const Scenario& scenario)) {
  benchmark::RegisterBenchmark((std::string(scenario.name) + "/" + route).c_str(),
                               [&scenario, run](benchmark::State& state) { run(state, scenario); });
}

void RegisterAll() {
  for (const Scenario& scenario : Scenarios()) {
    Register(scenario, "direct", DirectCall);
    Register(scenario, "stub", CallStubCall);
    Register(scenario, "libffi", LibffiCall);
    if (scenario.stub_handler == nullptr) continue;
    Register(scenario, "stub_closure", StubClosure);
    Register(scenario, "libffi_closure", LibffiClosure);
  }
}

}  // namespace
}  // namespace springboard::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  springboard::benchmarks::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
