// node_host: tasks, reports and keep-alive on libuv.

#include "v8_glue/node/node_host.h"

#include <node.h>

#include <string>
#include <utility>

#include "v8_glue/attempt.h"
#include "v8_glue/node/thread_pool.h"
#include "v8_glue/raw_output.h"

namespace springboard::glue {

NodeHost::NodeHost(v8::Local<v8::Context> context, uv_loop_t* loop)
    : isolate_(v8::Isolate::GetCurrent()), context_(isolate_, context) {
  uv_async_init(loop, &async_,
                [](uv_async_t* async) { static_cast<NodeHost*>(async->data)->RunTasks(); });
  async_.data = this;
  v8::ScriptCompiler::Source source(v8::String::Empty(isolate_));
  v8::Local<v8::Function> nothing;
  if (v8::ScriptCompiler::CompileFunction(context, &source).ToLocal(&nothing)) {
    nothing_.Reset(isolate_, nothing);
  }
  // Only KeepAlive(true) lets the handle hold the process.
  uv_unref(reinterpret_cast<uv_handle_t*>(&async_));
}

void NodeHost::PostTask(std::function<void()> task) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!open_) return;
  tasks_.push_back(std::move(task));
  uv_async_send(&async_);
}

bool NodeHost::RunOnPool(std::function<void()> task) {
  return ThreadPool::Process().Run(std::move(task));
}

void NodeHost::Report(const std::string& message) {
  // Standard error rather than a process warning: the message must come out from any thread, while
  // native frames are on the stack, and during the teardown of the environment.
  WriteToStandardError("springboard: " + message + "\n");
}

void NodeHost::KeepAlive(bool alive) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!open_) return;
  uv_handle_t* handle = reinterpret_cast<uv_handle_t*>(&async_);
  if (alive) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
}

void NodeHost::Close(std::function<void()> closed) {
  std::lock_guard<std::mutex> lock(mutex_);
  open_ = false;
  tasks_.clear();
  context_.Reset();
  nothing_.Reset();
  closed_ = std::move(closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&async_), [](uv_handle_t* handle) {
    // Moved out first: the function destroys the host.
    std::function<void()> call = std::move(static_cast<NodeHost*>(handle->data)->closed_);
    call();
  });
}

bool NodeHost::CanRunJavaScript() const {
  const Attempt attempt(isolate_);
  // Unlike V8, Node knows of a worker's termination even after some JavaScript was stopped by it.
  return !nothing_.IsEmpty() && !node::MakeCallback(isolate_, v8::Object::New(isolate_),
                                                    nothing_.Get(isolate_), 0, nullptr, {0, 0})
                                     .IsEmpty();
}

void NodeHost::RunTasks() {
  v8::HandleScope handles(isolate_);
  v8::Local<v8::Context> context = context_.Get(isolate_);
  v8::Context::Scope entered(context);
  // Runs microtasks and process.nextTick when the last task is done, and treats what a task throws
  // as an uncaught exception.
  node::CallbackScope scope(isolate_, v8::Object::New(isolate_), node::async_context{0, 0});
  // Tasks would take Node's refusal for an exception of the function that they call, or never end.
  if (!CanRunJavaScript()) return;
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    tasks.swap(tasks_);
  }
  for (std::function<void()>& task : tasks) task();
}

}  // namespace springboard::glue
