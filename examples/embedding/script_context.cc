// script_context: see script_context.h.

#include "examples/embedding/script_context.h"

#include <cstdio>

namespace embedding {

namespace {

v8::Local<v8::String> Text(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()))
      .ToLocalChecked();
}

// print(text)
void Print(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const v8::String::Utf8Value text(info.GetIsolate(), info[0]);
  std::printf("%s\n", *text == nullptr ? "" : *text);
  std::fflush(stdout);
}

void SayWhat(v8::Isolate* isolate, const v8::TryCatch& caught) {
  const v8::String::Utf8Value message(isolate, caught.Exception());
  std::fprintf(stderr, "embedding: %s\n", *message == nullptr ? "it failed" : *message);
}

}  // namespace

ScriptContext::ScriptContext(v8::Isolate* isolate, springboard::glue::Host& host,
                             springboard::glue::Policy& policy)
    : isolate_(isolate),
      // The program says when microtasks run, whatever the rest of the isolate does.
      microtasks_(v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit)) {
  const v8::HandleScope handles(isolate);
  const v8::Local<v8::Context> context =
      v8::Context::New(isolate, nullptr, {}, {}, {}, microtasks_.get());
  context_.Reset(isolate, context);
  InstallApi(context, host, policy);
}

void ScriptContext::InstallApi(v8::Local<v8::Context> context, springboard::glue::Host& host,
                               springboard::glue::Policy& policy) {
  const v8::Context::Scope entered(context);
  const v8::TryCatch catcher(isolate_);
  const v8::Local<v8::Object> global = context->Global();
  const v8::Local<v8::Object> ffi = v8::Object::New(isolate_);
  environment_ = springboard::glue::Install(context, ffi, host, policy);
  if (environment_ == nullptr) return SayWhat(isolate_, catcher);
  global->Set(context, Text(isolate_, "ffi"), ffi).Check();
  const v8::Local<v8::Function> print = v8::Function::New(context, Print).ToLocalChecked();
  global->Set(context, Text(isolate_, "print"), print).Check();
}

bool ScriptContext::Run(std::string_view name, std::string_view text) {
  if (environment_ == nullptr) return false;
  const v8::HandleScope handles(isolate_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope entered(context);
  const v8::TryCatch catcher(isolate_);
  v8::ScriptOrigin origin(Text(isolate_, name));
  v8::ScriptCompiler::Source source(Text(isolate_, text), origin);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> result;
  if (v8::ScriptCompiler::Compile(context, &source).ToLocal(&script) &&
      script->Run(context).ToLocal(&result)) {
    return true;
  }
  SayWhat(isolate_, catcher);
  return false;
}

void ScriptContext::RunMicrotasks() {
  const v8::HandleScope handles(isolate_);
  const v8::Context::Scope entered(context_.Get(isolate_));
  microtasks_->PerformCheckpoint(isolate_);
}

}  // namespace embedding
