// Reads tables. See table.h.

#include "tests/conformance/table.h"

#include <charconv>
#include <fstream>
#include <string_view>

namespace springboard::conformance {
namespace {

constexpr Kind kKinds[] = {Kind::kBytes, Kind::kWiden, Kind::kNarrow};

std::vector<std::string_view> Fields(std::string_view line) {
  // The file may come from a system whose lines end in two characters.
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

std::optional<uint64_t> Number(std::string_view text, int base) {
  if (base == 16 && text.starts_with("0x")) text.remove_prefix(2);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Kind> KindNamed(std::string_view name) {
  for (const Kind kind : kKinds) {
    if (name == KindName(kind)) return kind;
  }
  return std::nullopt;
}

std::optional<Row> ParseRow(std::string_view line) {
  const std::vector<std::string_view> fields = Fields(line);
  if (fields.size() != 3 && fields.size() != 5) return std::nullopt;
  const std::optional<uint64_t> n = Number(fields[0], 10);
  const std::optional<Kind> kind = KindNamed(fields[1]);
  if (!n.has_value() || !kind.has_value()) return std::nullopt;
  Row row{.n = *n, .kind = *kind, .signature = std::string(fields[2])};
  if (fields.size() == 5) {
    const std::optional<uint64_t> callee = Number(fields[3], 16);
    const std::optional<uint64_t> caller = Number(fields[4], 16);
    if (!callee.has_value() || !caller.has_value()) return std::nullopt;
    row.offsets = {*callee, *caller};
  }
  return row;
}

}  // namespace

const char* KindName(Kind kind) {
  switch (kind) {
    case Kind::kBytes:
      return "bytes";
    case Kind::kWiden:
      return "widen";
    case Kind::kNarrow:
      return "narrow";
  }
  return "";
}

StatusOr<std::vector<Row>> ReadTable(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Status::Error("cannot read " + path);
  std::vector<Row> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    const std::optional<Row> row = ParseRow(line);
    if (!row.has_value()) {
      return Status::Error(path + ":" + std::to_string(number) + ": not a line of a table");
    }
    rows.push_back(*row);
  }
  return rows;
}

}  // namespace springboard::conformance
