// node_policy: who may load libraries and use raw pointers in one environment of Node.js.
//
// Two answers must be yes: that of the process's rules, which `springboard run` sets before its
// script starts and which hold in every environment, and that of Node's permission model where it
// is on, which is asked each time because a script can give permissions up. Owned by the addon's
// Instance (addon.cc). The rules: any thread; NodePolicy: the isolate's.

#ifndef SPRINGBOARD_V8_GLUE_NODE_NODE_POLICY_H_
#define SPRINGBOARD_V8_GLUE_NODE_NODE_POLICY_H_

#include <v8.h>

#include <memory>
#include <string_view>

#include "v8_glue/node/path_policy.h"
#include "v8_glue/springboard.h"

namespace springboard::glue {

// Sets the rules of this process, for environments installed from now on; without them everything
// is allowed. False, changing nothing, if they have been set before.
bool SetProcessRules(std::unique_ptr<const PathPolicy> rules);

class NodePolicy : public Policy {
 public:
  // `node_allows`: a function () => boolean, or undefined if Node has nothing to say.
  NodePolicy(v8::Local<v8::Context> context, v8::Local<v8::Value> node_allows);
  NodePolicy(const NodePolicy&) = delete;
  NodePolicy& operator=(const NodePolicy&) = delete;

  bool AllowsLibrary(std::string_view path) override;
  bool AllowsPointers() override;

 private:
  bool NodeAllows();

  const PathPolicy* rules_;  // null: everything
  v8::Isolate* isolate_;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Function> node_allows_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NODE_NODE_POLICY_H_
