// Golden placements: every case of golden/cases.txt under every convention against its file.
//
// SPRINGBOARD_BLESS=1 bazel run //abi:golden_test rewrites the files; a person reviews the
// difference against the convention's document before it is kept.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "abi/placement.h"

namespace springboard::abi {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;
  std::string signature;
};

bool Blessing() {
  const char* bless = std::getenv("SPRINGBOARD_BLESS");
  return bless != nullptr && std::string_view(bless) == "1";
}

// abi/golden/ of the checkout when blessing under `bazel run`, of the test's data otherwise.
fs::path GoldenFolder() {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  const fs::path root = Blessing() && workspace != nullptr ? workspace : ".";
  return root / "abi" / "golden";
}

std::vector<Case> ReadCases() {
  std::ifstream file(GoldenFolder() / "cases.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    Case one;
    if (words >> one.name && one.name[0] != '#') {
      words >> one.signature;
      cases.push_back(one);
    }
  }
  return cases;
}

fs::path GoldenPath(const Case& one, const Convention& convention) {
  return fs::path(one.name) / (std::string(convention.name) + ".txt");
}

// What the golden file of `one` ought to hold.
std::string Render(const Case& one, const Convention& convention) {
  const StatusOr<Signature> signature = Signature::Parse(one.signature);
  if (!signature.ok()) return one.signature + "\nbad: " + signature.status().message() + "\n";
  const StatusOr<Placement> placement = Place(*signature, convention);
  return signature->Text() + "\n" +
         (placement.ok() ? placement->Text() : "refused: " + placement.status().message() + "\n");
}

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Paths of all golden files below the folder, relative to it.
std::set<fs::path> ExistingFiles() {
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(GoldenFolder())) {
    const fs::path relative = fs::relative(entry.path().parent_path(), GoldenFolder());
    if (!entry.is_directory() && relative != ".") files.insert(relative / entry.path().filename());
  }
  return files;
}

TEST(Golden, CasesAreWellFormed) {
  const std::vector<Case> cases = ReadCases();
  ASSERT_FALSE(cases.empty()) << "no " << GoldenFolder() / "cases.txt";
  std::set<std::string> names;
  for (const Case& one : cases) {
    EXPECT_TRUE(names.insert(one.name).second) << "two cases are called " << one.name;
    const StatusOr<Signature> signature = Signature::Parse(one.signature);
    ASSERT_TRUE(signature.ok()) << one.name << ": " << signature.status().message();
    EXPECT_EQ(signature->Text(), one.signature) << "not canonical";
  }
}

TEST(Golden, PlacementsMatchTheirFiles) {
  for (const Case& one : ReadCases()) {
    for (const Convention* convention : AllConventions()) {
      const fs::path path = GoldenFolder() / GoldenPath(one, *convention);
      if (Blessing()) {
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << Render(one, *convention);
      }
      ASSERT_TRUE(fs::exists(path)) << "case " << one.name << " has no file " << path;
      EXPECT_EQ(ReadAll(path), Render(one, *convention)) << path;
    }
  }
}

TEST(Golden, EveryFileHasACase) {
  std::set<fs::path> wanted;
  for (const Case& one : ReadCases()) {
    for (const Convention* convention : AllConventions()) {
      wanted.insert(GoldenPath(one, *convention));
    }
  }
  for (const fs::path& path : ExistingFiles()) {
    if (wanted.count(path) != 0) continue;
    if (Blessing()) {
      fs::remove(GoldenFolder() / path);
      std::error_code still_has_files;
      fs::remove(GoldenFolder() / path.parent_path(), still_has_files);
    } else {
      ADD_FAILURE() << path << " belongs to no case of cases.txt";
    }
  }
}

}  // namespace
}  // namespace springboard::abi
