// path_policy: resolved paths and their comparison.

#include "v8_glue/node/path_policy.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace springboard::glue {
namespace {

namespace fs = std::filesystem;

// `path` absolute and without symbolic links, as far as such files exist; nothing if the system
// does not tell.
std::optional<fs::path> Resolved(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (error) return std::nullopt;
  fs::path resolved = fs::weakly_canonical(absolute, error);
  if (error) return std::nullopt;
  return resolved;
}

// Whether `path` is `rule` or lies below it. Both are resolved.
bool Covers(const fs::path& rule, const fs::path& path) {
  fs::path::const_iterator part = path.begin();
  for (const fs::path& expected : rule) {
    if (expected.empty()) return true;  // what follows a trailing slash
    if (part == path.end() || *part != expected) return false;
    ++part;
  }
  return true;
}

}  // namespace

std::vector<PathPolicy::Rule> PathPolicy::Rules(const std::vector<std::string>& paths) {
  std::vector<Rule> rules;
  for (const std::string& given : paths) {
    std::error_code error;
    fs::path absolute = fs::absolute(given, error);
    if (error) absolute = given;
    fs::path resolved = Resolved(absolute).value_or(absolute.lexically_normal());
    rules.push_back({given, std::move(absolute), std::move(resolved)});
  }
  return rules;
}

PathPolicy::PathPolicy(const PathRule& allow, const PathRule& deny)
    : allow_all_(allow.all),
      deny_all_(deny.all),
      allowed_(Rules(allow.paths)),
      denied_(Rules(deny.paths)) {}

bool PathPolicy::AllowsLibrary(std::string_view path) const {
  if (deny_all_) return false;
  if (allow_all_ && denied_.empty()) return true;
  // The empty path is the process itself, with every library in it. $ORIGIN and its like are
  // replaced by the loader: the file it would open is not the one compared here.
  if (path.empty() || path.find('$') != std::string_view::npos) return false;
  if (path.find('/') == std::string_view::npos) {
    return denied_.empty() &&
           std::ranges::any_of(allowed_, [path](const Rule& rule) { return rule.given == path; });
  }
  const std::optional<fs::path> resolved = Resolved(path);
  if (!resolved.has_value()) return false;
  // What is denied is resolved anew as well: a link may have been made, or led elsewhere, since.
  const bool denied = std::ranges::any_of(denied_, [&resolved](const Rule& rule) {
    if (Covers(rule.resolved, *resolved)) return true;
    const std::optional<fs::path> now = Resolved(rule.absolute);
    return now.has_value() && Covers(*now, *resolved);
  });
  if (denied) return false;
  return allow_all_ || std::ranges::any_of(allowed_, [&resolved](const Rule& rule) {
           return Covers(rule.resolved, *resolved);
         });
}

}  // namespace springboard::glue
