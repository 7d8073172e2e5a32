// node_policy: the process's rules, and the question to Node.

#include "v8_glue/node/node_policy.h"

#include <atomic>

#include "v8_glue/attempt.h"

namespace springboard::glue {
namespace {

// Set at most once and never freed: environments of every thread refer to it.
std::atomic<const PathPolicy*> process_rules = nullptr;

}  // namespace

bool SetProcessRules(std::unique_ptr<const PathPolicy> rules) {
  const PathPolicy* none = nullptr;
  if (!process_rules.compare_exchange_strong(none, rules.get())) return false;
  static_cast<void>(rules.release());
  return true;
}

NodePolicy::NodePolicy(v8::Local<v8::Context> context, v8::Local<v8::Value> node_allows)
    : rules_(process_rules.load()),
      isolate_(v8::Isolate::GetCurrent()),
      context_(isolate_, context) {
  if (node_allows->IsFunction()) node_allows_.Reset(isolate_, node_allows.As<v8::Function>());
}

bool NodePolicy::AllowsLibrary(std::string_view path) {
  return (rules_ == nullptr || rules_->AllowsLibrary(path)) && NodeAllows();
}

bool NodePolicy::AllowsPointers() {
  return (rules_ == nullptr || rules_->AllowsPointers()) && NodeAllows();
}

bool NodePolicy::NodeAllows() {
  if (node_allows_.IsEmpty()) return true;
  v8::HandleScope handles(isolate_);
  // What cannot be answered is refused; the caller throws.
  const Attempt attempt(isolate_);
  v8::Local<v8::Value> answer;
  return node_allows_.Get(isolate_)
             ->Call(context_.Get(isolate_), v8::Undefined(isolate_), 0, nullptr)
             .ToLocal(&answer) &&
         answer->IsTrue();
}

}  // namespace springboard::glue
