// script_context: a fresh v8::Context with `print`, and Springboard's API in the global `ffi`.
//
// Owns the context, its queue of microtasks and Springboard's environment, and takes them down in
// the right order. The isolate's thread only.

#ifndef SPRINGBOARD_EXAMPLES_EMBEDDING_SCRIPT_CONTEXT_H_
#define SPRINGBOARD_EXAMPLES_EMBEDDING_SCRIPT_CONTEXT_H_

#include <v8.h>

#include <memory>
#include <string>
#include <string_view>

#include "v8_glue/springboard.h"

namespace embedding {

class ScriptContext {
 public:
  // `host` and `policy` outlive this.
  ScriptContext(v8::Isolate* isolate, springboard::glue::Host& host,
                springboard::glue::Policy& policy);
  ScriptContext(const ScriptContext&) = delete;
  ScriptContext& operator=(const ScriptContext&) = delete;

  // Runs `text`. False if it threw, or there is no API for it; standard error has said why.
  bool Run(std::string_view name, std::string_view text);

  // Runs what promises wait for.
  void RunMicrotasks();

 private:
  void InstallApi(v8::Local<v8::Context> context, springboard::glue::Host& host,
                  springboard::glue::Policy& policy);

  v8::Isolate* const isolate_;
  // From the last to the first they are destroyed: the environment before the context.
  std::unique_ptr<v8::MicrotaskQueue> microtasks_;
  v8::Global<v8::Context> context_;
  springboard::glue::EnvironmentHandle environment_;
};

}  // namespace embedding

#endif  // SPRINGBOARD_EXAMPLES_EMBEDDING_SCRIPT_CONTEXT_H_
