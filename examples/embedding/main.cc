// main: a program that embeds V8 and gives its scripts native calls, without Node.js's help.
//
// In a program that brings its own V8, RunProgram() would be what main() calls once there is an
// isolate. Here V8 is that of the process it is loaded into: a Node.js, which looks for the
// functions at the end by their names and knows nothing else of this.

#include <v8.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "examples/embedding/event_loop.h"
#include "examples/embedding/host.h"
#include "examples/embedding/script_context.h"
#include "examples/embedding/thread_pool.h"

namespace embedding {
namespace {

constexpr size_t kThreads = 2;
constexpr const char* kLibrary = "libc.so.6";

// Runs a script and everything that it starts. False if it threw.
bool RunProgram(v8::Isolate* isolate, std::string_view name, std::string_view text) {
  // In reverse order they are destroyed: no task and no native call is left when the environment's
  // host goes.
  EventLoop loop;
  ThreadPool pool(kThreads);
  ExampleHost host(loop, pool);
  OneLibraryPolicy policy(kLibrary);
  ScriptContext context(isolate, host, policy);

  const bool succeeded = context.Run(name, text);
  const auto run_microtasks = [&context] { context.RunMicrotasks(); };
  run_microtasks();
  loop.Run(run_microtasks);
  loop.Close();
  std::printf("the event loop has nothing left to wait for\n");
  std::fflush(stdout);
  return succeeded;
}

// run(name, text) -> boolean
void Run(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const v8::String::Utf8Value name(isolate, info[0]);
  const v8::String::Utf8Value text(isolate, info[1]);
  if (*name == nullptr || *text == nullptr) return;
  info.GetReturnValue().Set(RunProgram(isolate, {*name, static_cast<size_t>(name.length())},
                                       {*text, static_cast<size_t>(text.length())}));
}

void Export(v8::Local<v8::Object> exports, v8::Local<v8::Context> context) {
  v8::Local<v8::Function> run;
  if (!v8::Function::New(context, Run).ToLocal(&run)) return;
  const v8::Local<v8::String> name =
      v8::String::NewFromUtf8Literal(v8::Isolate::GetCurrent(), "run");
  exports->Set(context, name, run).Check();
}

}  // namespace
}  // namespace embedding

// What Node.js 24 and 26 call when process.dlopen() has loaded the file.
#define EMBEDDING_ENTRY(name)                                                            \
  extern "C" [[gnu::visibility("default")]] void name(v8::Local<v8::Object> exports,     \
                                                      v8::Local<v8::Value> /* module */, \
                                                      v8::Local<v8::Context> context) {  \
    embedding::Export(exports, context);                                                 \
  }
EMBEDDING_ENTRY(node_register_module_v137)
EMBEDDING_ENTRY(node_register_module_v147)
