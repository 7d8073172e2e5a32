// node_host: Node's event loop of one environment, for v8_glue.
//
// NodeHost is a Host over one uv_async_t of the environment's loop. Owned by the addon's Instance
// (addon.cc). Isolate thread only, but for PostTask() and Report().

#ifndef SPRINGBOARD_V8_GLUE_NODE_NODE_HOST_H_
#define SPRINGBOARD_V8_GLUE_NODE_NODE_HOST_H_

#include <uv.h>
#include <v8.h>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "v8_glue/springboard.h"

namespace springboard::glue {

class NodeHost : public Host {
 public:
  // Makes the host of `context`'s environment. Close() comes before destruction.
  NodeHost(v8::Local<v8::Context> context, uv_loop_t* loop);
  NodeHost(const NodeHost&) = delete;
  NodeHost& operator=(const NodeHost&) = delete;

  void PostTask(std::function<void()> task) override;
  bool RunOnPool(std::function<void()> task) override;
  void Report(const std::string& message) override;
  void KeepAlive(bool alive) override;

  // Drops the tasks that wait and gives the handle back to the loop, which calls `closed` later.
  void Close(std::function<void()> closed);

 private:
  void RunTasks();
  // Whether Node lets JavaScript run. It does not once its environment is to end.
  // REQUIRES: a callback scope.
  bool CanRunJavaScript() const;

  v8::Isolate* isolate_;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Function> nothing_;  // a JavaScript function that does it
  uv_async_t async_;
  std::function<void()> closed_;

  std::mutex mutex_;  // guards what follows, and async_ against uv_async_send() after Close()
  std::vector<std::function<void()>> tasks_;
  bool open_ = true;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NODE_NODE_HOST_H_
