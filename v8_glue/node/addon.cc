// addon: the entry point that Node loads, once per environment (main thread and every Worker).
//
// Exports install(target, nodeAllows), which puts the API on `target` and returns the function that
// is to be called when the event loop has come to its end; restrict(rules), which sets the rules of
// the process; and setDefaults(), the defaults of its variables. What an environment holds is an
// Instance, destroyed by the environment's cleanup hook on its own thread.

#include <node.h>

#include <memory>
#include <optional>
#include <string>

#include "v8_glue/error.h"
#include "v8_glue/node/node_host.h"
#include "v8_glue/node/node_policy.h"
#include "v8_glue/node/path_policy.h"
#include "v8_glue/node/thread_pool.h"
#include "v8_glue/node/variables.h"
#include "v8_glue/springboard.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

// Everything of one install(). Freed when the event loop has given its handle back.
struct Instance {
  Instance(v8::Local<v8::Context> context, uv_loop_t* loop, v8::Local<v8::Value> node_allows)
      : main(loop == uv_default_loop()), host(context, loop), policy(context, node_allows) {}

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

// Reads a rule: `true`, or an array of paths. Empty, with an exception pending, if `rules[name]` is
// neither.
std::optional<PathRule> RuleFrom(v8::Local<v8::Context> context, v8::Local<v8::Object> rules,
                                 const char* name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> value;
  if (!rules->Get(context, Name(isolate, name)).ToLocal(&value)) return std::nullopt;
  PathRule rule;
  rule.all = value->IsTrue();
  if (rule.all) return rule;
  if (!value->IsArray()) {
    ThrowTypeError(isolate,
                   std::string("restrict: ") + name + " is neither true nor an array of paths");
    return std::nullopt;
  }
  const v8::Local<v8::Array> paths = value.As<v8::Array>();
  for (uint32_t i = 0; i < paths->Length(); ++i) {
    v8::Local<v8::Value> path;
    if (!paths->Get(context, i).ToLocal(&path)) return std::nullopt;
    rule.paths.push_back(Utf8(isolate, path));
  }
  return rule;
}

// restrict({ allow: true | string[], deny: true | string[] })
void Restrict(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (!info[0]->IsObject()) return ThrowTypeError(isolate, "restrict: expected rules");
  const v8::Local<v8::Object> rules = info[0].As<v8::Object>();
  const std::optional<PathRule> allow = RuleFrom(context, rules, "allow");
  if (!allow.has_value()) return;
  const std::optional<PathRule> deny = RuleFrom(context, rules, "deny");
  if (!deny.has_value()) return;
  if (!SetProcessRules(std::make_unique<const PathPolicy>(*allow, *deny))) {
    ThrowError(isolate, "restrict: the rules of this process have been set before");
  }
}

// setDefaults(crashReport, trace)
void TakeDefaults(const v8::FunctionCallbackInfo<v8::Value>& info) {
  SetDefaults(info[0]->IsTrue(), info[1]->IsTrue());
}

// What install() returns. Nobody but load.js has it, which calls it before CleanUp().
void EndLoop(const v8::FunctionCallbackInfo<v8::Value>& info) {
  auto* instance = static_cast<Instance*>(ExternalPointer(info.Data().As<v8::External>()));
  if (instance->environment != nullptr) LoopEnds(*instance->environment);
}

// install(target, nodeAllows) -> loopEnds()
void InstallInto(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (!info[0]->IsObject()) return ThrowTypeError(isolate, "install: expected an object");
  std::optional<Variables> variables = ReadVariables(isolate);
  if (!variables.has_value()) return;
  ThreadPool::Process().SetMaxThreads(variables->pool_threads);

  Instance* instance = new Instance(context, node::GetCurrentEventLoop(isolate), info[1]);
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

// Puts `function` on the addon's exports.
void Export(v8::Local<v8::Context> context, v8::Local<v8::Object> exports, const char* name,
            v8::FunctionCallback callback) {
  v8::Local<v8::Function> function;
  if (!v8::Function::New(context, callback).ToLocal(&function)) return;
  exports->Set(context, Name(v8::Isolate::GetCurrent(), name), function).Check();
}

}  // namespace
}  // namespace springboard::glue

NODE_MODULE_INIT() {
  static_cast<void>(module);
  springboard::glue::Export(context, exports, "install", springboard::glue::InstallInto);
  springboard::glue::Export(context, exports, "restrict", springboard::glue::Restrict);
  springboard::glue::Export(context, exports, "setDefaults", springboard::glue::TakeDefaults);
}
