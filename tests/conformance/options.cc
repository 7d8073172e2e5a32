// Parses the command line. See options.h.

#include "tests/conformance/options.h"

#include <getopt.h>

#include <charconv>
#include <string_view>

namespace springboard::conformance {
namespace {

enum Name : int { kConvention, kTable, kLibrary, kImage, kSeed, kRounds, kFirst, kStopAfter };

constexpr option kOptions[] = {
    {"convention", required_argument, nullptr, kConvention},
    {"table", required_argument, nullptr, kTable},
    {"library", required_argument, nullptr, kLibrary},
    {"image", required_argument, nullptr, kImage},
    {"seed", required_argument, nullptr, kSeed},
    {"rounds", required_argument, nullptr, kRounds},
    {"first", required_argument, nullptr, kFirst},
    {"stop-after", required_argument, nullptr, kStopAfter},
    {},
};

template <typename Integer>
Status ParseNumber(std::string_view text, Integer& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return Status::Ok();
  return Status::Error("'" + std::string(text) + "' is no number");
}

Status SetOption(int name, Options& options) {
  switch (name) {
    case kConvention: {
      const StatusOr<const abi::Convention*> found = abi::ConventionNamed(optarg);
      if (!found.ok()) return found.status();
      options.convention = *found;
      return Status::Ok();
    }
    case kTable:
      options.table = optarg;
      return Status::Ok();
    case kLibrary:
      options.library = optarg;
      return Status::Ok();
    case kImage:
      options.image = optarg;
      return Status::Ok();
    case kSeed:
      return ParseNumber(optarg, options.seed);
    case kRounds:
      return ParseNumber(optarg, options.rounds);
    case kFirst:
      return ParseNumber(optarg, options.first);
    case kStopAfter:
      return ParseNumber(optarg, options.stop_after);
    default:  // getopt_long has said what is wrong
      return Status::Error("unknown or incomplete option");
  }
}

Status CheckOptions(const Options& options) {
  if (options.convention == nullptr || options.table.empty()) {
    return Status::Error("--convention and --table are needed");
  }
  if (options.library.empty() == options.image.empty()) {
    return Status::Error("either --library or --image is needed");
  }
  if (options.convention->architecture != abi::HostConvention().architecture) {
    return Status::Error(std::string(options.convention->name) +
                         " cannot be run on this processor");
  }
  return Status::Ok();
}

}  // namespace

const char kUsage[] =
    "usage: runner --convention NAME --table FILE (--library FILE | --image FILE)\n"
    "              [--seed N] [--rounds N] [--first N] [--stop-after N]\n";

StatusOr<Options> ParseOptions(int argc, char** argv) {
  Options options;
  for (;;) {
    const int name = getopt_long(argc, argv, "", kOptions, nullptr);
    if (name == -1) break;
    const Status status = SetOption(name, options);
    if (!status.ok()) return status;
  }
  if (optind < argc) return Status::Error("'" + std::string(argv[optind]) + "' is not expected");
  const Status status = CheckOptions(options);
  if (!status.ok()) return status;
  return options;
}

}  // namespace springboard::conformance
