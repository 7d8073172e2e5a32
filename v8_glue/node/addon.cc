// addon: the entry point that Node loads, once per environment (main thread and every Worker).
//
// Exports install(target, rules), which puts the API on `target` and returns the function that is
// to be called when the event loop has come to its end. What an environment holds is an Instance,
// destroyed by the environment's cleanup hook on its own thread.

#include <node.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "v8_glue/error.h"
#include "v8_glue/node/node_host.h"
#include "v8_glue/node/thread_pool.h"
#include "v8_glue/node/variables.h"
#include "v8_glue/springboard.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

// Everything of one install(). Freed when the event loop has given its handle back.
struct Instance {
  Instance(v8::Local<v8::Context> context, uv_loop_t* loop, NodePolicy rules)
      : main(loop == uv_default_loop()), host(context, loop), policy(std::move(rules)) {}

  const bool main;  // of the process, not of a worker
  NodeHost host;
  NodePolicy policy;
  EnvironmentHandle environment;
  node::AsyncCleanupHookHandle hook;
};

// Asynchronous because a loop may only be torn down after its handles have been closed.
void CleanUp(void* data, void (*done)(void*), void* done_data) {
  Instance* instance = static_cast<Instance*>(data);
  // The main thread's array buffers do not outlive it, and those of workers are gone by now.
  if (instance->main) ThreadPool::Process().Abandon();
  instance->environment.reset();
  instance->host.Close([instance, done, done_data] {
    delete instance;
    done(done_data);
  });
}

std::string Utf8(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? std::string() : std::string(*text, text.length());
}

// Reads { allowLibraries: true | string[], allowPointers: boolean }. Empty, with an exception
// pending, if that is not what `value` is.
std::optional<NodePolicy> PolicyFrom(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> libraries;
  v8::Local<v8::Value> pointers;
  if (!value->IsObject()) {
    ThrowTypeError(isolate, "install: expected rules");
    return std::nullopt;
  }
  v8::Local<v8::Object> rules = value.As<v8::Object>();
  if (!rules->Get(context, Name(isolate, "allowLibraries")).ToLocal(&libraries) ||
      !rules->Get(context, Name(isolate, "allowPointers")).ToLocal(&pointers)) {
    return std::nullopt;
  }
  if (libraries->IsTrue()) return NodePolicy(std::nullopt, pointers->IsTrue());
  if (!libraries->IsArray()) {
    ThrowTypeError(isolate, "install: allowLibraries is neither true nor an array of paths");
    return std::nullopt;
  }
  std::vector<std::string> paths;
  v8::Local<v8::Array> array = libraries.As<v8::Array>();
  for (uint32_t i = 0; i < array->Length(); ++i) {
    v8::Local<v8::Value> path;
    if (!array->Get(context, i).ToLocal(&path)) return std::nullopt;
    paths.push_back(Utf8(isolate, path));
  }
  return NodePolicy(std::move(paths), pointers->IsTrue());
}

// What install() returns. Nobody but load.js has it, which calls it before CleanUp().
void EndLoop(const v8::FunctionCallbackInfo<v8::Value>& info) {
  auto* instance = static_cast<Instance*>(ExternalPointer(info.Data().As<v8::External>()));
  if (instance->environment != nullptr) LoopEnds(*instance->environment);
}

// install(target, rules) -> loopEnds()
void InstallInto(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (!info[0]->IsObject()) return ThrowTypeError(isolate, "install: expected an object");
  std::optional<NodePolicy> policy = PolicyFrom(context, info[1]);
  if (!policy.has_value()) return;
  std::optional<Variables> variables = ReadVariables(isolate);
  if (!variables.has_value()) return;
  ThreadPool::Process().SetMaxThreads(variables->pool_threads);

  Instance* instance =
      new Instance(context, node::GetCurrentEventLoop(isolate), std::move(*policy));
  instance->hook = node::AddEnvironmentCleanupHook(isolate, CleanUp, instance);
  variables->options.ends_with_process = instance->main;
  instance->environment = Install(context, info[0].As<v8::Object>(), instance->host,
                                  instance->policy, variables->options);
  v8::Local<v8::Function> end;
  if (instance->environment != nullptr &&
      v8::Function::New(context, EndLoop, NewExternal(isolate, instance)).ToLocal(&end)) {
    info.GetReturnValue().Set(end);
  }
}

}  // namespace
}  // namespace springboard::glue

NODE_MODULE_INIT() {
  static_cast<void>(module);
  v8::Local<v8::Function> install;
  if (!v8::Function::New(context, springboard::glue::InstallInto).ToLocal(&install)) return;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  exports->Set(context, springboard::glue::Name(isolate, "install"), install).Check();
}
