// variables: what the environment's variables say of Springboard. Any thread that may throw into
// JavaScript.

#ifndef SPRINGBOARD_V8_GLUE_NODE_VARIABLES_H_
#define SPRINGBOARD_V8_GLUE_NODE_VARIABLES_H_

#include <v8.h>

#include <cstddef>
#include <optional>

#include "v8_glue/springboard.h"

namespace springboard::glue {

struct Variables {
  // SPRINGBOARD_TIER, for tests and for narrowing down a fault: forces a slower way to call.
  // SPRINGBOARD_POOL_CALLS: max_pool_calls. SPRINGBOARD_WARN_AFTER_MS: foreign_call_warning.
  // SPRINGBOARD_CRASH_REPORT: crash_report. SPRINGBOARD_TRACE_FFI: trace.
  InstallOptions options;
  size_t pool_threads;  // SPRINGBOARD_POOL_THREADS
};

// What SPRINGBOARD_CRASH_REPORT and SPRINGBOARD_TRACE_FFI stand for where they are not set, in the
// whole process: the command's own defaults. Before the first ReadVariables().
void SetDefaults(bool crash_report, bool trace);

// Throws an Error that names the variable, and returns nothing, when one has no sense.
std::optional<Variables> ReadVariables(v8::Isolate* isolate);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NODE_VARIABLES_H_
