// The parser of the text notation described in signature.h.
//
// Recursive descent over a string_view. Depth is limited to kMaxNesting before the recursion, so no
// input can overflow the stack. Every Status begins with the column, counted from 1. A parser lives
// for one call.

#include <array>
#include <cassert>
#include <string_view>
#include <utility>

#include "abi/signature.h"

namespace springboard::abi {
namespace {

constexpr size_t kMaxWordShown = 20;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordCharacter(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); }

// The scalar called `word`, or nullptr.
const Type* ScalarNamed(std::string_view word) {
  for (int kind = 0; kind <= static_cast<int>(TypeKind::kPointer); ++kind) {
    const Type* type = Type::Scalar(static_cast<TypeKind>(kind));
    if (type->text() == word) return type;
  }
  return nullptr;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  StatusOr<Signature> WholeSignature() {
    Signature signature;
    Status status = Parameters(&signature);
    if (!status.ok()) return status;
    const StatusOr<const Type*> result = ParseOne(0);
    if (!result.ok()) return result.status();
    signature.result = *result;
    status = End();
    if (!status.ok()) return status;
    status = signature.Validate();
    if (!status.ok()) return status;
    return signature;
  }

  StatusOr<const Type*> WholeType() {
    StatusOr<const Type*> type = ParseOne(0);
    if (!type.ok()) return type;
    Status status = End();
    if (!status.ok()) return status;
    return type;
  }

 private:
  // '(' [parameter {',' parameter}] ')', where one parameter may be preceded by or be "...".
  Status Parameters(Signature* signature) {
    Status status = Expect('(');
    if (!status.ok() || Accept(')')) return status;
    while (true) {
      if (!signature->variadic_from && AcceptEllipsis()) {
        signature->variadic_from = static_cast<uint32_t>(signature->parameters.size());
        if (Accept(')')) return Status::Ok();
        status = Expect(',');
        if (!status.ok()) return status;
      }
      if (signature->parameters.size() == kMaxParameters) {
        return Error("more than " + std::to_string(kMaxParameters) + " parameters");
      }
      const StatusOr<const Type*> type = ParseOne(0);
      if (!type.ok()) return type.status();
      signature->parameters.push_back(*type);
      if (Accept(')')) return Status::Ok();
      if (!Accept(',')) return Expected("',' or ')'");
    }
  }

  // One type inside `depth` aggregates.
  StatusOr<const Type*> ParseOne(uint32_t depth) {
    SkipSpaces();
    const size_t start = at_;
    if (depth > kMaxNesting) {
      return Error("types are nested more than " + std::to_string(kMaxNesting) + " levels deep");
    }
    if (Accept('{')) return Aggregate(TypeKind::kStruct, '}', start, depth);
    if (Accept('<')) return Aggregate(TypeKind::kUnion, '>', start, depth);
    if (Accept('[')) return Repeated(TypeKind::kArray, ']', start, depth);
    const std::string_view word = Word();
    if (word == "complex" || word == "vector") {
      Status status = Expect('(');
      if (!status.ok()) return status;
      if (word == "vector") return Repeated(TypeKind::kVector, ')', start, depth);
      StatusOr<const Type*> element = ParseOne(depth + 1);
      if (!element.ok()) return element;
      status = Expect(')');
      if (!status.ok()) return status;
      return At(start, Type::Complex(*element));
    }
    if (const Type* scalar = ScalarNamed(word)) return scalar;
    at_ = start;
    return Expected("a type");
  }

  // The rest of a struct or union: [type {',' type}] close attrs.
  StatusOr<const Type*> Aggregate(TypeKind kind, char close, size_t start, uint32_t depth) {
    std::vector<const Type*> members;
    if (!Accept(close)) {
      while (true) {
        StatusOr<const Type*> member = ParseOne(depth + 1);
        if (!member.ok()) return member;
        members.push_back(*member);
        if (Accept(close)) break;
        if (!Accept(',')) return Expected(std::string("',' or '") + close + "'");
      }
    }
    AggregateOptions options;
    for (const auto& [word, value] :
         {std::pair("packed", &options.packed), std::pair("align", &options.align),
          std::pair("unit", &options.unit)}) {
      Status status = Attribute(word, value);
      if (!status.ok()) return status;
    }
    options.is_class = AcceptWord("class");
    return At(start, kind == TypeKind::kStruct ? Type::Struct(std::move(members), options)
                                               : Type::Union(std::move(members), options));
  }

  // The rest of an array or vector: type '*' count close.
  StatusOr<const Type*> Repeated(TypeKind kind, char close, size_t start, uint32_t depth) {
    StatusOr<const Type*> element = ParseOne(depth + 1);
    if (!element.ok()) return element;
    Status status = Expect('*');
    if (!status.ok()) return status;
    const StatusOr<uint32_t> count = Number();
    if (!count.ok()) return count.status();
    status = Expect(close);
    if (!status.ok()) return status;
    return At(start, kind == TypeKind::kArray ? Type::Array(*element, *count)
                                              : Type::Vector(*element, *count));
  }

  // [word '(' n ')'] into *value.
  Status Attribute(std::string_view word, uint32_t* value) {
    if (!AcceptWord(word)) return Status::Ok();
    Status status = Expect('(');
    if (!status.ok()) return status;
    const size_t number_at = at_;
    const StatusOr<uint32_t> number = Number();
    if (!number.ok()) return number.status();
    if (*number == 0) {
      at_ = number_at;
      return Expected("a power of two");
    }
    *value = *number;
    return Expect(')');
  }

  StatusOr<uint32_t> Number() {
    SkipSpaces();
    const size_t start = at_;
    uint64_t number = 0;
    while (at_ < text_.size() && IsDigit(text_[at_])) {
      number = number * 10 + static_cast<uint64_t>(text_[at_] - '0');
      if (number > UINT32_MAX) {
        at_ = start;
        return Error("a number is larger than " + std::to_string(UINT32_MAX));
      }
      ++at_;
    }
    if (at_ == start) return Expected("a number");
    return static_cast<uint32_t>(number);
  }

  std::string_view Word() {
    SkipSpaces();
    const size_t start = at_;
    while (at_ < text_.size() && IsWordCharacter(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  bool AcceptWord(std::string_view word) {
    const size_t start = at_;
    if (Word() == word) return true;
    at_ = start;
    return false;
  }

  bool Accept(char c) {
    SkipSpaces();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool AcceptEllipsis() {
    SkipSpaces();
    constexpr std::string_view kEllipsis = "...";
    if (text_.substr(at_, kEllipsis.size()) != kEllipsis) return false;
    at_ += kEllipsis.size();
    return true;
  }

  Status Expect(char c) { return Accept(c) ? Status::Ok() : Expected(std::string("'") + c + "'"); }

  Status End() {
    SkipSpaces();
    return at_ == text_.size() ? Status::Ok() : Expected("the end");
  }

  void SkipSpaces() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  Status Error(const std::string& what) const { return ErrorAt(at_, what); }

  static Status ErrorAt(size_t at, const std::string& what) {
    return Status::Error("column " + std::to_string(at + 1) + ": " + what);
  }

  // Names what stands at the cursor instead of `what`.
  Status Expected(const std::string& what) {
    SkipSpaces();
    const size_t start = at_;
    std::string found(Word());
    at_ = start;
    if (found.size() > kMaxWordShown) found = found.substr(0, kMaxWordShown) + "...";
    if (found.empty() && at_ < text_.size()) found = text_[at_];
    return Error("expected " + what + ", found " + (found.empty() ? "the end" : "'" + found + "'"));
  }

  // Adds the column where the type begins to what its construction had to object to.
  static StatusOr<const Type*> At(size_t start, StatusOr<const Type*> type) {
    if (type.ok()) return type;
    return ErrorAt(start, type.status().message());
  }

  const std::string_view text_;
  size_t at_ = 0;  // the next character to read
};

}  // namespace

StatusOr<Signature> Signature::Parse(std::string_view text) {
  return Parser(text).WholeSignature();
}

StatusOr<const Type*> ParseType(std::string_view text) { return Parser(text).WholeType(); }

}  // namespace springboard::abi
