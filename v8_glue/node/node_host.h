// node_host: Node's event loop and the permission rules of one environment, for v8_glue.
//
// NodeHost is a Host over one uv_async_t of the environment's loop. NodePolicy answers from the
// rules given to the addon's install(). Both are owned by the addon's Instance (addon.cc). Isolate
// thread only, but for PostTask() and Report().

#ifndef SPRINGBOARD_V8_GLUE_NODE_NODE_HOST_H_
#define SPRINGBOARD_V8_GLUE_NODE_NODE_HOST_H_

#include <uv.h>
#include <v8.h>

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
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

class NodePolicy : public Policy {
 public:
  // `libraries`: what dlopen may load: files, folders (all below them) or bare names; absent: all.
  // Relative paths count from the current folder of now.
  NodePolicy(std::optional<std::vector<std::string>> libraries, bool pointers);

  bool AllowsLibrary(std::string_view path) override;
  bool AllowsPointers() override { return pointers_; }

 private:
  struct Allowed {
    std::string given;
    std::filesystem::path resolved;
  };

  std::vector<Allowed> libraries_;
  bool all_libraries_;
  bool pointers_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NODE_NODE_HOST_H_
