// trace: see trace.h.

#include "v8_glue/trace.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstring>

#include "abi/convention.h"
#include "abi/layout.h"
#include "v8_glue/c_values.h"
#include "v8_glue/raw_output.h"

namespace springboard::glue {

namespace {

// A struct can have thousands; the line is to be read.
constexpr int kMaxFields = 64;

template <typename T>
T Read(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

template <typename Number>
void AppendNumber(std::string* text, Number number) {
  char digits[32];
  text->append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
}

void AppendPointer(std::string* text, uint64_t address) {
  char digits[16];
  if (address == 0) {
    text->append("null");
    return;
  }
  text->append("0x").append(digits,
                            std::to_chars(digits, digits + sizeof(digits), address, 16).ptr);
}

void AppendScalar(std::string* text, abi::TypeKind kind, const std::byte* bytes) {
  switch (kind) {
    case abi::TypeKind::kBool:
      return void(text->append(Read<uint8_t>(bytes) != 0 ? "true" : "false"));
    case abi::TypeKind::kI8:
      return AppendNumber(text, static_cast<int>(Read<int8_t>(bytes)));
    case abi::TypeKind::kU8:
      return AppendNumber(text, static_cast<unsigned>(Read<uint8_t>(bytes)));
    case abi::TypeKind::kI16:
      return AppendNumber(text, Read<int16_t>(bytes));
    case abi::TypeKind::kU16:
      return AppendNumber(text, Read<uint16_t>(bytes));
    case abi::TypeKind::kI32:
      return AppendNumber(text, Read<int32_t>(bytes));
    case abi::TypeKind::kU32:
      return AppendNumber(text, Read<uint32_t>(bytes));
    case abi::TypeKind::kI64:
      return AppendNumber(text, Read<int64_t>(bytes));
    case abi::TypeKind::kU64:
      return AppendNumber(text, Read<uint64_t>(bytes));
    case abi::TypeKind::kF32:
      return AppendNumber(text, Read<float>(bytes));
    case abi::TypeKind::kF64:
      return AppendNumber(text, Read<double>(bytes));
    case abi::TypeKind::kI128:
    case abi::TypeKind::kU128:
      return void(text->append(WideText(Read<WideBits>(bytes), kind == abi::TypeKind::kI128)));
    case abi::TypeKind::kF16:
      return AppendNumber(text, HalfValue(Read<uint16_t>(bytes)));
    case abi::TypeKind::kLongDouble:
      return AppendNumber(text, static_cast<double>(Read<long double>(bytes)));
    case abi::TypeKind::kPointer:
      return AppendPointer(text, Read<uint64_t>(bytes));
    default:
      return void(text->append("?"));
  }
}

// How many elements `type` has that are one type; 0 if it is no sequence.
uint32_t ElementsOf(const abi::Type* type) {
  return type->kind() == abi::TypeKind::kComplex ? 2 : type->count();
}

// Fields of fields included; *left counts them down.
void AppendFields(std::string* text, const abi::Type* type, const std::byte* bytes, int* left) {
  const uint32_t elements = ElementsOf(type);
  if (!type->is_aggregate() && elements == 0) {
    if (--*left >= 0) return AppendScalar(text, type->kind(), bytes);
    if (*left == -1) text->append("...");
    return;
  }
  const StatusOr<abi::Layout> layout = abi::LayoutOf(type, abi::HostConvention());
  text->append(elements > 0 ? "[" : "{");
  const size_t count = elements > 0 ? elements : type->members().size();
  for (size_t i = 0; i < count && *left >= 0; ++i) {
    if (i > 0) text->append(", ");
    const size_t offset = elements > 0 ? i * (layout->size / elements) : layout->offsets[i];
    AppendFields(text, type->members()[elements > 0 ? 0 : i], bytes + offset, left);
  }
  text->append(elements > 0 ? "]" : "}");
}

// Names and what is thrown can be anything: control characters would break the line, or command the
// terminal. "\\n" for a line's end, "\\x1b" for others.
void AppendOneLine(std::string* text, std::string_view words) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const char character : words) {
    const auto code = static_cast<unsigned char>(character);
    if (character == '\n') {
      text->append("\\n");
    } else if (code < ' ' || code == 0x7F) {
      text->append({'\\', 'x', kDigits[code >> 4], kDigits[code & 0xF]});
    } else {
      text->push_back(character);
    }
  }
}

// "i32 1"; `native` are the value's own bytes.
void AppendValue(std::string* text, const JsType& type, const void* native) {
  text->append(NameOf(type));
  if (type.kind == JsKind::kVoid) return;
  text->append(" ");
  int left = kMaxFields;
  AppendFields(text, type.type, static_cast<const std::byte*>(native), &left);
}

}  // namespace

TraceText::TraceText(std::string_view symbol, const JsSignature& signature, const uint64_t* slots,
                     const std::vector<std::string>& notes)
    : result(signature.result) {
  AppendOneLine(&name, symbol);
  call.append(name).append("(");
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    const JsType& type = signature.parameters[i];
    if (i > 0) call.append(", ");
    const void* native = type.behind_slot ? reinterpret_cast<const void*>(slots[i]) : &slots[i];
    AppendValue(&call, type, native);
    if (i < notes.size()) call.append(notes[i]);
  }
  call.append("): ").append(NameOf(result));
}

TracedCall::TracedCall(Direction direction, const TraceText& text)
    : direction_(direction), text_(text), record_(text.call) {
  WriteLine(direction == Direction::kToNative ? "->" : "=>", text.call);
}

TracedCall::~TracedCall() {
  if (!over_) Threw("no return");
}

void TracedCall::Returned(const void* result, std::string_view remark) {
  std::string text = text_.name + ": ";
  AppendValue(&text, text_.result, result);
  WriteLine(direction_ == Direction::kToNative ? "<-" : "<=", text.append(remark));
  over_ = true;
}

void TracedCall::Threw(std::string_view what) {
  std::string text = text_.name + ": ";
  AppendOneLine(&text, what);
  WriteLine(direction_ == Direction::kToNative ? "<-" : "<=", text);
  over_ = true;
}

void TracedCall::WriteLine(std::string_view arrow, std::string_view text) const {
  std::string line = "springboard[";
  AppendNumber(&line, syscall(SYS_gettid));
  line.append("] ").append(2 * record_.depth(), ' ').append(arrow).append(" ").append(text);
  WriteToStandardError(line.append("\n"));
}

}  // namespace springboard::glue
