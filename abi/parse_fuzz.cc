// Fuzzes the parser of the text notation (signature.h): any bytes are a signature, a type, or a
// Status with a column, and what is read prints as text that is read as the same again.
//
// A libFuzzer target: the input is the text. One thread.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "abi/fuzz_report.h"
#include "abi/signature.h"

namespace springboard::abi {
namespace {

using fuzzing::Require;

// "column N: ...", N being within the text or just behind it.
void CheckColumn(const Status& status, std::string_view text) {
  constexpr std::string_view kPrefix = "column ";
  const std::string& message = status.message();
  if (message.substr(0, kPrefix.size()) != kPrefix) {
    // What Validate() says is about the whole.
    Require(message.find("parameter") != std::string::npos || message.find("result") == 4,
            "a Status names neither column nor parameter", message);
    return;
  }
  const unsigned long column = std::strtoul(message.c_str() + kPrefix.size(), nullptr, 10);
  Require(column >= 1 && column <= text.size() + 1, "the column is outside of the text", text);
}

void CheckSignature(std::string_view text) {
  const StatusOr<Signature> signature = Signature::Parse(text);
  if (!signature.ok()) return CheckColumn(signature.status(), text);
  Require(signature->Validate().ok(), "an invalid signature was read", text);
  const std::string printed = signature->Text();
  const StatusOr<Signature> again = Signature::Parse(printed);
  Require(again.ok(), "the printed signature is not read", printed);
  Require(*again == *signature, "the printed signature is another one", printed);
  Require(again->Text() == printed, "the text is not canonical", printed);
  Require(again->Hash() == signature->Hash(), "equal signatures have two hashes", printed);
  Require(printed.find(' ') == std::string::npos, "the canonical text has a space", printed);
}

void CheckType(std::string_view text) {
  const StatusOr<const Type*> type = ParseType(text);
  if (!type.ok()) return CheckColumn(type.status(), text);
  const StatusOr<const Type*> again = ParseType((*type)->text());
  Require(again.ok() && *again == *type, "the printed type is another one", text);
  Require((*type)->nesting() <= kMaxNesting, "a type is nested too deeply", text);
  Require((*type)->members().size() <= kMaxMembers, "a type has too many members", text);
  Require((*type)->text().size() <= kMaxTypeText, "a type's text is too long", text);
}

}  // namespace
}  // namespace springboard::abi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // libFuzzer's memory ends where the text does: reading one byte more is seen.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  springboard::abi::CheckSignature(text);
  springboard::abi::CheckType(text);
  return 0;
}
