// The floor of callbacks: a loop of v8::Function::Call with one HandleScope around each, and
// nothing between it and the loop of native/calls.c's bench_call_back.

#include "benchmarks/js/floor.h"

namespace springboard::floor {
namespace {

// callback(function, times): calls the function with what came back before.
void CallBack(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const v8::Local<v8::Function> function = info[0].As<v8::Function>();
  const int32_t times = info[1].As<v8::Int32>()->Value();
  int32_t x = 0;
  for (int32_t i = 0; i < times; ++i) {
    const v8::HandleScope scope(isolate);
    v8::Local<v8::Value> argument = v8::Integer::New(isolate, x);
    v8::Local<v8::Value> result;
    if (!function->Call(context, v8::Undefined(isolate), 1, &argument).ToLocal(&result)) return;
    x = result.As<v8::Int32>()->Value();
  }
  info.GetReturnValue().Set(x);
}

}  // namespace

void DefineCallback(const Exports& exports) {
  DefineFunction(exports, "callback", CallBack, nullptr);
}

}  // namespace springboard::floor
