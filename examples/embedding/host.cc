// host: see host.h.

#include "examples/embedding/host.h"

#include <cstdio>

namespace embedding {

// In one piece, because it may come from any thread.
void ExampleHost::Report(const std::string& message) {
  std::fprintf(stderr, "embedding: %s\n", message.c_str());
}

}  // namespace embedding
