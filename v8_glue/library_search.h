// library_search: files that a library's bare name ("sqlite3") may mean.
//
// A name in, paths out. Looks into directories, opens no library. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_LIBRARY_SEARCH_H_
#define SPRINGBOARD_V8_GLUE_LIBRARY_SEARCH_H_

#include <string>
#include <string_view>
#include <vector>

namespace springboard::glue {

struct LibrarySearch {
  // Files that exist, best first: libNAME.so of each directory, then libNAME.so.N, the newest first
  // (the highest first number; of those the file that says least, which is what programs link
  // with).
  std::vector<std::string> files;
  // Where they were looked for.
  std::vector<std::string> directories;
};

// Whether `path` is a name to search for: neither a path nor a file's name, and no longer than the
// system lets files' names be.
bool IsBareName(std::string_view path);

// REQUIRES: IsBareName(name).
LibrarySearch SearchLibrary(std::string_view name);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_LIBRARY_SEARCH_H_
