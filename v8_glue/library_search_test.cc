// A library's bare name as directories of this test's own answer it.

#include "v8_glue/library_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace springboard::glue {
namespace {

namespace fs = std::filesystem;

using Strings = std::vector<std::string>;

class LibrarySearch : public testing::Test {
 protected:
  LibrarySearch()
      : root_(fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~LibrarySearch() override { fs::remove_all(root_); }

  std::string Path(std::string_view name) const { return (root_ / name).string(); }
  // A directory with these files.
  std::string Directory(std::string_view name, const Strings& files) const {
    const fs::path directory = root_ / name;
    fs::create_directories(directory);
    for (const std::string& file : files) Write((directory / file).string(), "");
    return directory.string();
  }
  static void Write(const std::string& path, std::string_view text) { std::ofstream(path) << text; }

 private:
  const fs::path root_;
};

TEST_F(LibrarySearch, NamesAreNeitherPathsNorFiles) {
  for (const char* name : {"sqlite3", "z", "gtk-3", "stdc++", "lib", "c.1"}) {
    EXPECT_TRUE(IsBareName(name)) << name;
  }
  EXPECT_TRUE(IsBareName(std::string(249, 'x')));
  EXPECT_FALSE(IsBareName(std::string(250, 'x')));
  for (const char* name : {"", "/lib/z", "./z", "z/", "libz.so", "libz.so.1", "z.so", ".so"}) {
    EXPECT_FALSE(IsBareName(name)) << name;
  }
}

TEST_F(LibrarySearch, ThePlainNameThenTheNewestVersion) {
  const std::string first = Directory("first", {"libz.so.2", "libz.so.10.4", "libz.so.10"});
  const std::string second = Directory("second", {"libz.so", "libz.so.11", "libz.so.9.9.9"});
  EXPECT_EQ(LibraryFiles({first, second}, "z"),
            (Strings{second + "/libz.so", second + "/libz.so.11", first + "/libz.so.10",
                     first + "/libz.so.10.4", second + "/libz.so.9.9.9", first + "/libz.so.2"}));
}

TEST_F(LibrarySearch, EqualVersionsAreInTheOrderOfTheDirectories) {
  const std::string a = Directory("a", {"libz.so.1"});
  const std::string b = Directory("b", {"libz.so.1"});
  EXPECT_EQ(LibraryFiles({b, a}, "z"), (Strings{b + "/libz.so.1", a + "/libz.so.1"}));
}

TEST_F(LibrarySearch, WhatIsNoLibraryOfTheName) {
  const std::string directory =
      Directory("some", {"libz.so.", "libz.so.1.", "libz.so.x", "libz.so.1-gdb.py", "libz.so.-1",
                         "libzz.so", "z.so", "libz.a", "libz.so.1..2"});
  fs::create_directory(directory + "/libz.so.7");
  fs::create_symlink("nowhere", directory + "/libz.so.8");
  fs::create_symlink("libz.a", directory + "/libz.so.6");
  EXPECT_EQ(LibraryFiles({directory, Path("none")}, "z"), Strings{directory + "/libz.so.6"});
  EXPECT_EQ(LibraryFiles({}, "z"), Strings{});
}

TEST_F(LibrarySearch, NumbersThatAreTooLong) {
  const std::string long_one = "libz.so." + std::string(300, '9');
  const std::string longest = "libz.so.20301130125959";
  const std::string directory = Directory("some", {"libz.so.1", longest, long_one.substr(0, 200)});
  EXPECT_EQ(LibraryFiles({directory}, "z"),
            (Strings{directory + "/" + long_one.substr(0, 200), directory + "/" + longest,
                     directory + "/libz.so.1"}));
}

TEST_F(LibrarySearch, Configuration) {
  const std::string file = Path("ld.so.conf");
  Write(file,
        "# a comment\n /opt/one \n\n/opt/two # another\ninclude nothing/* more/*.conf\n"
        "include nothing/*.conf\ninclude\nincludes /opt/bad\nhwcap 1 nosegneg\nrelative\n"
        "/opt/one\n\t/opt/last\r\n");
  Directory("more", {});
  Write(Path("more/a.conf"), "/opt/a\ninclude " + Path("other") + "\n");
  Write(Path("more/b.conf"), "/opt/b");
  Write(Path("other"), "/opt/other\ninclude ld.so.conf\n");
  EXPECT_EQ(ConfiguredDirectories(file),
            (Strings{"/opt/one", "/opt/two", "/opt/a", "/opt/other", "/opt/b", "/opt/last"}));
  EXPECT_EQ(ConfiguredDirectories(Path("no file")), Strings{});
}

TEST_F(LibrarySearch, TheSystemsDirectories) {
  const Strings directories = LibraryDirectories();
  EXPECT_EQ(std::set<std::string>(directories.begin(), directories.end()).size(),
            directories.size());
  EXPECT_TRUE(std::ranges::count(directories, "/usr/lib") == 1);
  EXPECT_TRUE(std::ranges::count(directories, "") == 0);
}

}  // namespace
}  // namespace springboard::glue
