// trace: see trace.h.

#include "v8_glue/trace.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <utility>

#include "abi/convention.h"
#include "abi/layout.h"

namespace springboard::glue {

namespace {

// Of a struct; more are told by an ellipsis.
constexpr int kMaxScalars = 32;

// In the thread's own static memory: a signal handler may read it, and nothing is allocated then.
[[gnu::tls_model("initial-exec")]] thread_local const TracedCall* innermost = nullptr;

template <typename T>
std::string Number(const void* native) {
  T value;
  std::memcpy(&value, native, sizeof(value));
  std::array<char, 32> digits;  // a double has up to 24
  const std::to_chars_result end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return std::string(digits.data(), end.ptr);
}

std::string Address(const void* native) {
  uintptr_t address = 0;
  std::memcpy(&address, native, sizeof(address));
  if (address == 0) return "null";
  std::array<char, 2 * sizeof(address)> digits;
  const std::to_chars_result end =
      std::to_chars(digits.data(), digits.data() + digits.size(), address, 16);
  return "0x" + std::string(digits.data(), end.ptr);
}

std::string ScalarText(abi::TypeKind kind, const void* native) {
  switch (kind) {
    case abi::TypeKind::kBool:
      return *static_cast<const uint8_t*>(native) != 0 ? "true" : "false";
    case abi::TypeKind::kI8:
      return Number<int8_t>(native);
    case abi::TypeKind::kU8:
      return Number<uint8_t>(native);
    case abi::TypeKind::kI16:
      return Number<int16_t>(native);
    case abi::TypeKind::kU16:
      return Number<uint16_t>(native);
    case abi::TypeKind::kI32:
      return Number<int32_t>(native);
    case abi::TypeKind::kU32:
      return Number<uint32_t>(native);
    case abi::TypeKind::kI64:
      return Number<int64_t>(native);
    case abi::TypeKind::kU64:
      return Number<uint64_t>(native);
    case abi::TypeKind::kF32:
      return Number<float>(native);
    case abi::TypeKind::kF64:
      return Number<double>(native);
    default:
      return Address(native);
  }
}

// Appends a struct's fields, until `left` scalars have been printed.
void AppendStruct(const abi::Type& type, const std::byte* bytes, int* left, std::string* text) {
  const StatusOr<abi::Layout> layout = abi::LayoutOf(&type, abi::HostConvention());
  *text += '{';
  for (size_t i = 0; i < type.members().size(); ++i) {
    const abi::Type& member = *type.members()[i];
    if (i > 0) *text += ", ";
    if (*left == 0) {
      *text += "...";
      break;
    }
    const std::byte* at = bytes + layout->offsets[i];
    if (member.kind() == abi::TypeKind::kStruct) {
      AppendStruct(member, at, left, text);
    } else {
      *text += ScalarText(member.kind(), at);
      --*left;
    }
  }
  *text += '}';
}

// One line of the trace: whose thread, how deep, what.
void PrintLine(int depth, std::string_view arrow, std::string_view text) {
  std::string line = "ffi " + std::to_string(gettid()) + " ";
  line.append(2 * static_cast<size_t>(depth), ' ').append(arrow).append(" ").append(text) += '\n';
  // What cannot be printed is lost: the calls go on.
  static_cast<void>(!write(STDERR_FILENO, line.data(), line.size()));
}

}  // namespace

CallText::CallText(std::string_view name) : text_(name) { text_ += '('; }

void CallText::Add(const JsType& type, const uint64_t* slot, std::string_view note) {
  if (!std::exchange(first_, false)) text_ += ", ";
  text_.append(TraitsOf(type.kind).name).append(" ");
  if (!note.empty()) text_.append(note).append(" at ");
  const bool is_struct = type.kind == JsKind::kStruct;
  text_ += ValueText(type, is_struct ? reinterpret_cast<const void*>(*slot) : slot);
}

std::string CallText::End(const JsType& result) {
  return std::move(text_.append(") ").append(TraitsOf(result.kind).name));
}

std::string ValueText(const JsType& type, const void* native) {
  if (type.kind != JsKind::kStruct) return ScalarText(type.type->kind(), native);
  int left = kMaxScalars;
  std::string text;
  AppendStruct(*type.type, static_cast<const std::byte*>(native), &left, &text);
  return text;
}

std::string OutcomeText(const JsType& type, const void* native) {
  return type.kind == JsKind::kVoid ? std::string() : "= " + ValueText(type, native);
}

TracedCall::TracedCall(Kind kind, std::string text)
    : kind_(kind),
      text_(std::move(text)),
      outer_(innermost),
      depth_(outer_ == nullptr ? 0 : outer_->depth_ + 1) {
  PrintLine(depth_, kind_ == Kind::kNative ? "->" : "=>", text_);
  innermost = this;
}

TracedCall::~TracedCall() { innermost = outer_; }

void TracedCall::Ends(std::string_view outcome) const {
  std::string text = text_.substr(0, text_.find('('));
  if (!outcome.empty()) text.append(" ").append(outcome);
  PrintLine(depth_, kind_ == Kind::kNative ? "<-" : "<=", text);
}

const char* TracedCall::Innermost() {
  const TracedCall* call = innermost;
  while (call != nullptr && call->kind_ != Kind::kNative) call = call->outer_;
  return call == nullptr ? nullptr : call->text_.c_str();
}

}  // namespace springboard::glue
