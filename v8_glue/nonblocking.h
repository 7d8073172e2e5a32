// nonblocking: native calls on the host's pool of threads, whose outcome a promise gets.
//
// The isolate's thread converts the arguments and makes a PoolCall, which holds native things only.
// A pool thread runs it and puts it on the list of those that are done; the isolate's thread
// settles the promises of that list, in the order of completion. What V8 owns stays in a table
// here and is touched on the isolate's thread only. Calls are owned by whoever has them at hand.

#ifndef SPRINGBOARD_V8_GLUE_NONBLOCKING_H_
#define SPRINGBOARD_V8_GLUE_NONBLOCKING_H_

#include <v8.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ffi_jit/stub.h"
#include "v8_glue/call_memory.h"
#include "v8_glue/native_call.h"
#include "v8_glue/native_library.h"
#include "v8_glue/trace.h"

namespace springboard::glue {

class Environment;
class Symbol;

// Under this key the errors of rejected calls tell wrappers what is known: "refused", the native
// function was not entered; "returned", it was, but JavaScript cannot have its result.
v8::Local<v8::Private> OutcomeKey(v8::Isolate* isolate);

// What of a nonblocking call may be on any thread, one at a time.
struct PoolCall {
  PoolCall(const SymbolShape& shape, const void* function,
           std::shared_ptr<const NativeLibrary> function_library)
      : memory(shape),
        rules(shape.signature),
        stub(shape.call_stub),
        target(function),
        library(std::move(function_library)) {}

  CallMemory memory;
  const CallRules rules;
  const jit::CallStub stub;
  const void* const target;
  // Keeps the library loaded until the call has ended; null for a function pointer.
  const std::shared_ptr<const NativeLibrary> library;
  // Of its buffers: whatever a script does to them, the bytes stay where they are.
  std::vector<std::shared_ptr<v8::BackingStore>> stores;
  int32_t error = 0;  // errno, if the rules ask for it
  // In place of a result.
  std::optional<CxxException> thrown;
  std::optional<TraceText> trace;  // of a traced call
};

// The nonblocking calls of one environment. Isolate thread only.
class PoolCalls {
 public:
  // What the isolate's thread needs to settle a call.
  struct Promise {
    const Symbol& symbol;
    v8::Global<v8::Object> handle;  // keeps the symbol
    v8::Global<v8::Value> out;      // takes a struct result, if the caller gave it
    v8::Global<v8::Promise::Resolver> resolver;
  };

  // At most `max_in_pool` of them are in the host's hands at a time; further ones wait here.
  PoolCalls(Environment& environment, size_t max_in_pool);
  // Whoever waits for a call waits for ever; calls that are running go on by themselves.
  ~PoolCalls();
  PoolCalls(const PoolCalls&) = delete;
  PoolCalls& operator=(const PoolCalls&) = delete;

  // Runs `call` as soon as there is room for it, and settles `promise` afterwards. Until then the
  // event loop has to go on.
  void Start(std::unique_ptr<PoolCall> call, Promise promise);

  // How many have not been settled.
  size_t pending() const { return promises_.size(); }

 private:
  struct Link;

  // On a pool thread. Takes the call, unless the environment is gone.
  static void Run(const std::shared_ptr<Link>& link, std::unique_ptr<PoolCall>& call);

  // Gives the host what waits, as far as there is room.
  void HandOver();
  // A host task: settles what is done.
  void SettleDone();
  void Settle(PoolCall& call);
  void RejectRefused(const PoolCall* call);
  // The promise is about to be settled: forgets it, and what kept the event loop going.
  Promise Take(const PoolCall* call);

  Environment& environment_;
  const size_t max_in_pool_;
  const std::shared_ptr<Link> link_;
  size_t in_pool_ = 0;
  std::deque<std::unique_ptr<PoolCall>> waiting_;
  std::unordered_map<const PoolCall*, Promise> promises_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NONBLOCKING_H_
