// library_search: see library_search.h.
//
// The directories are the loader's own for this program (dlinfo(3), RTLD_DI_SERINFO:
// LD_LIBRARY_PATH, the program's DT_RUNPATH, the system's), those of its configuration, of which it
// knows the cache alone, and the usual ones.

#include "v8_glue/library_search.h"

#include <dirent.h>
#include <dlfcn.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <utility>

namespace springboard::glue {

namespace {

constexpr const char* kUsual[] = {"/usr/local/lib", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};

constexpr const char* kConfiguration = "/etc/ld.so.conf";

// The numbers of a file's name after ".so.".
using Version = std::vector<uint64_t>;

void AddDirectory(std::string directory, std::vector<std::string>* directories) {
  // An empty one is the current directory, which is nobody's library.
  if (directory.empty()) return;
  if (std::find(directories->begin(), directories->end(), directory) != directories->end()) return;
  directories->push_back(std::move(directory));
}

void AddLoaderDirectories(std::vector<std::string>* directories) {
#if defined(__GLIBC__)
  void* program = dlopen(nullptr, RTLD_LAZY);
  if (program == nullptr) return;
  Dl_serinfo head;
  if (dlinfo(program, RTLD_DI_SERINFOSIZE, &head) == 0) {
    // Its size is known only now; max_align_t keeps it aligned.
    std::vector<std::max_align_t> bytes(head.dls_size / sizeof(std::max_align_t) + 1);
    auto* info = reinterpret_cast<Dl_serinfo*>(bytes.data());
    if (dlinfo(program, RTLD_DI_SERINFOSIZE, info) == 0 &&
        dlinfo(program, RTLD_DI_SERINFO, info) == 0) {
      const Dl_serpath* paths = info->dls_serpath;
      for (unsigned i = 0; i < info->dls_cnt; ++i) AddDirectory(paths[i].dls_name, directories);
    }
  }
  dlclose(program);
#else
  static_cast<void>(directories);
#endif
}

// The loader's configuration as ldconfig(8) describes it: directories a line, `include PATTERN...`,
// and `hwcap`, which means nothing any more.
class Configuration {
 public:
  explicit Configuration(std::vector<std::string>* directories) : directories_(directories) {}

  void Read(const std::string& file) {
    // One that includes itself has an end.
    if (std::find(read_.begin(), read_.end(), file) != read_.end()) return;
    read_.push_back(file);
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      line.resize(std::min(line.find('#'), line.size()));
      std::istringstream words(line);
      std::string word;
      if (!(words >> word)) continue;
      if (word.starts_with('/')) {
        AddDirectory(word, directories_);
      } else if (word == "include") {
        while (words >> word) Include(word, file);
      }
    }
  }

 private:
  // `pattern` is relative to the directory of `file`.
  void Include(std::string pattern, const std::string& file) {
    if (!pattern.starts_with('/')) pattern = file.substr(0, file.rfind('/') + 1) + pattern;
    glob_t found;
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
      for (size_t i = 0; i < found.gl_pathc; ++i) Read(found.gl_pathv[i]);
    }
    globfree(&found);
  }

  std::vector<std::string>* directories_;
  std::vector<std::string> read_;
};

// Nothing if `text` is not numbers with dots between.
std::optional<Version> ParseVersion(std::string_view text) {
  Version version = {0};
  bool digit = false;
  for (const char c : text) {
    if (c == '.' && digit) {
      version.push_back(0);
      digit = false;
    } else if (c >= '0' && c <= '9') {
      // Numbers that long (a date with the time has 14 digits) are all the same.
      constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max() / 10 - 1;
      version.back() = std::min(version.back(), kMost) * 10 + static_cast<uint64_t>(c - '0');
      digit = true;
    } else {
      return std::nullopt;
    }
  }
  if (!digit) return std::nullopt;
  return version;
}

bool IsBetter(const Version& a, const Version& b) {
  if (a[0] != b[0]) return a[0] > b[0];
  if (a.size() != b.size()) return a.size() < b.size();
  return a > b;
}

bool IsFile(const std::string& path) {
  struct stat about;
  return stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
}

}  // namespace

bool IsBareName(std::string_view path) {
  return !path.empty() && path.size() <= NAME_MAX - std::strlen("lib.so") &&
         path.find('/') == std::string_view::npos && path.find(".so") == std::string_view::npos;
}

std::vector<std::string> LibraryDirectories() {
  std::vector<std::string> directories;
  AddLoaderDirectories(&directories);
  Configuration(&directories).Read(kConfiguration);
  for (const char* directory : kUsual) AddDirectory(directory, &directories);
  return directories;
}

std::vector<std::string> ConfiguredDirectories(const std::string& file) {
  std::vector<std::string> directories;
  Configuration(&directories).Read(file);
  return directories;
}

std::vector<std::string> LibraryFiles(const std::vector<std::string>& directories,
                                      std::string_view name) {
  const std::string plain = "lib" + std::string(name) + ".so";
  const std::string prefix = plain + ".";
  std::vector<std::string> files;
  std::vector<std::pair<Version, std::string>> versioned;
  for (const std::string& directory : directories) {
    std::string path = directory;
    path.append("/").append(plain);
    if (IsFile(path)) files.push_back(std::move(path));
    DIR* entries = opendir(directory.c_str());
    if (entries == nullptr) continue;
    while (const dirent* entry = readdir(entries)) {
      const std::string_view file = entry->d_name;
      if (!file.starts_with(prefix)) continue;
      std::optional<Version> version = ParseVersion(file.substr(prefix.size()));
      path.assign(directory).append("/").append(file);
      if (version && IsFile(path)) versioned.emplace_back(*std::move(version), std::move(path));
    }
    closedir(entries);
  }
  std::stable_sort(versioned.begin(), versioned.end(),
                   [](const auto& a, const auto& b) { return IsBetter(a.first, b.first); });
  for (auto& [version, path] : versioned) files.push_back(std::move(path));
  return files;
}

}  // namespace springboard::glue
