// path_policy: which libraries the rules --allow-ffi and --deny-ffi let a process load.
//
// In: the rules as they were given, once; a path, for each dlopen. Out: yes or no. Knows nothing of
// V8 or Node. Immutable: any thread may ask.
//
// Files are compared by their paths after links have been resolved. What that cannot see: a copy or
// a hard link of a denied file, a denied library that an allowed one depends on, and a file or link
// that another process or thread puts in place between the answer and the loader's own look-up.

#ifndef SPRINGBOARD_V8_GLUE_NODE_PATH_POLICY_H_
#define SPRINGBOARD_V8_GLUE_NODE_PATH_POLICY_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace springboard::glue {

// What one of the rules speaks of: everything, or the files and folders (with all below them) of a
// list. An empty list is no rule.
struct PathRule {
  bool all = false;
  std::vector<std::string> paths;
};

class PathPolicy {
 public:
  // Relative paths count from the current folder of now. What is denied is denied, allowed or not.
  PathPolicy(const PathRule& allow, const PathRule& deny);

  // Whether dlopen may be given `path`. A path with a slash is looked up from the current folder,
  // as the loader does. For any other the loader searches folders of its own: such a bare name is
  // allowed by a rule of the same name, and where anything is denied, by none, because which file
  // the loader would find is known only when it has been loaded.
  bool AllowsLibrary(std::string_view path) const;

  // Whether raw pointers may be used: they reach every library, so a list of allowed ones rules
  // them out. Denied paths do not, as in Deno.
  bool AllowsPointers() const { return allow_all_ && !deny_all_; }

 private:
  struct Rule {
    std::string given;
    std::filesystem::path absolute;
    std::filesystem::path resolved;  // when the rule was made
  };

  static std::vector<Rule> Rules(const std::vector<std::string>& paths);

  bool allow_all_;
  bool deny_all_;
  std::vector<Rule> allowed_;
  std::vector<Rule> denied_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_NODE_PATH_POLICY_H_
