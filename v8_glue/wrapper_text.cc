// wrapper_text: see wrapper_text.h.
//
// A wrapper of (i32, u64) -> f64 on V8 14, with all the ways that one can take:
//
//     (p0, p1) => {
//       if (library.direct && typeof p0 === 'number') {
//         if (callbacks.direct) {
//           if (typeof p1 === 'bigint') return plain(p0, p1);
//           const r = any(p0, p1);
//           if (u32[0] === 0) return r;
//         } else {
//           const stored = symbol.stored;
//           if (stored !== undefined) {
//             stored(p0, p1);
//             if (u32[0] === 0) return f64[1];
//           }
//         }
//       }
//       return +ordinary(symbol, p0, p1);
//     }
//
// Whatever a status says, the ordinary function deals with it.

#include "v8_glue/wrapper_text.h"

#include <bit>
#include <cstddef>
#include <limits>
#include <string_view>

#include "ffi_jit/stub.h"
#include "v8_glue/symbol_shape.h"
#include "v8_glue/wrapper.h"

namespace springboard::glue {

namespace {

// V8 13 goes on with stale assumptions after JavaScript ran below a fast call, so there a wrapper
// gives up fast calls for good once a callback exists. V8 14 handles this for fast calls that
// return nothing.
constexpr bool kVoidCallsMayReenter = V8_MAJOR_VERSION >= 14;

static_assert(offsetof(jit::FastBlock, status) == 0 && offsetof(jit::FastBlock, result) == 8);

// The condition that V8's own check of a fast call's argument is too lax to do without: optimised
// code passes true as 1 for an integer, and the truthiness of anything for a bool. Empty for types
// that V8, or the stub, is strict about. `strict` is the definition's.
std::string GuardOf(JsKind kind, bool strict, const std::string& value) {
  const KindTraits& traits = TraitsOf(kind);
  if (traits.kind_class == KindClass::kBool) return "typeof " + value + " === 'boolean'";
  if (traits.kind_class != KindClass::kInteger) return {};
  std::string guard = "typeof " + value + " === 'number'";
  if (!strict) return guard;
  const std::string highest = std::to_string(traits.highest);
  // What the integer becomes in JavaScript; -0 is 0.
  std::string wrapped = value + " >>> 0";
  if (traits.lowest < 0) {
    const std::string shift = std::to_string(std::countl_zero(traits.highest) - 33);
    wrapped = value + " << " + shift + " >> " + shift;
  } else if (traits.highest < std::numeric_limits<uint32_t>::max()) {
    wrapped = "(" + value + " & " + highest + ")";
  }
  return guard + " && " + wrapped + " === " + value;
}

// Whether V8 is to be told that the ordinary function's results are Numbers, by a plus: otherwise
// doubles of fast calls become objects where both come together. (Integers are cheap to tag, and
// what V8 makes of them untagged was seen to be slower in loops.)
bool IsDouble(JsKind kind) {
  const KindClass kind_class = TraitsOf(kind).kind_class;
  return kind_class == KindClass::kFloat || kind_class == KindClass::kSafeInteger;
}

// Reads FastBlock::result. Of texts the function that does.
std::string_view ReadResult(JsKind kind) {
  switch (kind) {
    case JsKind::kBool:
      return "u32[2] !== 0";
    case JsKind::kI8:
    case JsKind::kI16:
    case JsKind::kI32:
      return "i32[2]";
    case JsKind::kF32:
      return "f32[2]";
    case JsKind::kF64:
    case JsKind::kI53:
    case JsKind::kU53:
      return "f64[1]";
    case JsKind::kI64:
    case JsKind::kIsize:
      return "i64[1]";
    case JsKind::kU64:
    case JsKind::kUsize:
      return "u64[1]";
    case JsKind::kPointer:
    case JsKind::kBuffer:
    case JsKind::kFunction:
      return "takePointer(block)";
    case JsKind::kCString:
      return "takeString8";
    case JsKind::kCString16:
      return "takeString16";
    case JsKind::kCString32:
      return "takeString32";
    default:
      return "u32[2]";
  }
}

class Writer {
 public:
  explicit Writer(const SymbolShape& shape) : shape_(shape), signature_(shape.signature) {
    for (size_t i = 0; i < signature_.parameters.size(); ++i) {
      parameters_.append(i == 0 ? "p" : ", p").append(std::to_string(i));
    }
  }

  std::string Text() {
    text_ = "'use strict';\nreturn (plain, any, symbol, library) => (" + parameters_;
    // Not counted in `length`, which is the arity, as Deno has it.
    if (returns_struct()) text_ += parameters_.empty() ? "out = undefined" : ", out = undefined";
    text_ += ") => {\n";
    if (shape_.entry(FastVariant::kPlain)) WriteFast();
    const bool plus = shape_.entry(FastVariant::kPlain) && IsDouble(signature_.result.kind);
    text_ += std::string("return ") + (plus ? "+" : "") + "ordinary(symbol";
    text_ += (parameters_.empty() ? "" : ", ") + parameters_;
    return text_ + (returns_struct() ? ", out);\n};\n" : ");\n};\n");
  }

 private:
  bool returns_struct() const { return signature_.result.kind == JsKind::kStruct; }
  bool returns_nothing() const { return signature_.result.kind == JsKind::kVoid; }

  void WriteFast() {
    const bool stored = shape_.entry(FastVariant::kStored).has_value();
    // Whether the call may run JavaScript although the caller is optimised.
    const bool reenters = kVoidCallsMayReenter && !signature_.leaf &&
                          (stored || (!shape_.takes_buffers && !ReturnsScalar(signature_)));
    text_ += "if (library.direct" + Guards();
    text_ += signature_.leaf || reenters ? ") {\n" : " && callbacks.direct) {\n";
    if (returns_struct()) {
      text_ += "const r = out === undefined ? new Uint8Array(" +
               std::to_string(signature_.result.size) + ") : out;\n";
    }
    if (stored) {
      text_ += "if (callbacks.direct) {\n";
      WriteCalls();
      text_ += "} else {\n";
      WriteStoredCall();
      text_ += "}\n";
    } else {
      WriteCalls();
    }
    text_ += "}\n";
  }

  std::string Guards() const {
    std::string text;
    for (size_t i = 0; i < signature_.parameters.size(); ++i) {
      const std::string guard =
          GuardOf(signature_.parameters[i].kind, signature_.strict, "p" + std::to_string(i));
      if (!guard.empty()) text += " && " + guard;
    }
    return text;
  }

  // Whether all 64-bit integers are BigInts.
  std::string AreBigInts() const {
    std::string text;
    for (size_t i = 0; i < signature_.parameters.size(); ++i) {
      if (!IsBigInteger(signature_.parameters[i].kind)) continue;
      text += text.empty() ? "" : " && ";
      text += "typeof p" + std::to_string(i) + " === 'bigint'";
    }
    return text;
  }

  void WriteCalls() {
    const bool may_decline = shape_.entry(FastVariant::kPlain)->may_decline;
    if (!shape_.entry(FastVariant::kAny)) return WriteCall("plain", may_decline);
    text_ += "if (" + AreBigInts() + ") {\n";
    WriteCall("plain", may_decline);
    text_ += "} else {\n";
    WriteCall("any", shape_.entry(FastVariant::kAny)->may_decline);
    text_ += "}\n";
  }

  void WriteCall(std::string_view function, bool may_decline) {
    const std::string call = CallOf(function);
    if (ReturnsScalar(signature_)) {
      text_ += may_decline ? "const r = " + call + ";\nif (u32[0] === 0) return r;\n"
                           : "return " + call + ";\n";
      return;
    }
    text_ += call + ";\n";
    // What never declines has a status only when a callback threw.
    if (may_decline) {
      text_ += "if (u32[0] === 0) ";
    } else if (!signature_.leaf) {
      text_ += "if (callbacks.direct || u32[0] === 0) ";
    }
    text_ += "return" + Result() + ";\n";
  }

  void WriteStoredCall() {
    const std::string name = kStoredName;
    text_ += "const " + name + " = symbol." + name + ";\nif (" + name + " !== undefined) {\n";
    if (shape_.entry(FastVariant::kStoredAny)) {
      text_ += "if (" + AreBigInts() + ") " + CallOf(name) + ";\nelse ";
      text_ += CallOf("symbol." + std::string(kStoredAnyName)) + ";\n";
    } else {
      text_ += CallOf(name) + ";\n";
    }
    text_ += "if (u32[0] === 0) return" + Result() + ";\n}\n";
  }

  std::string CallOf(std::string_view function) const {
    std::string call = std::string(function) + "(" + parameters_;
    if (returns_struct()) call += parameters_.empty() ? "r" : ", r";
    return call + ")";
  }

  // What follows `return` where the call itself returned nothing.
  std::string Result() const {
    if (returns_struct()) return " r";
    if (returns_nothing()) return signature_.void_is_null ? " null" : "";
    const std::string read = " " + std::string(ReadResult(signature_.result.kind));
    return IsString(signature_.result.kind) ? read + "(" + Buffers() + ")" : read;
  }

  // The arguments that the text of the result may be a part of: they live until it is read.
  std::string Buffers() const {
    std::string text;
    for (size_t i = 0; i < signature_.parameters.size(); ++i) {
      if (signature_.parameters[i].kind != JsKind::kBuffer) continue;
      text += (text.empty() ? "p" : ", p") + std::to_string(i);
    }
    return text;
  }

  const SymbolShape& shape_;
  const JsSignature& signature_;
  std::string parameters_;
  std::string text_;
};

}  // namespace

bool HasStoredVariant(const SymbolShape& shape) {
  return kVoidCallsMayReenter && !shape.signature.leaf &&
         (shape.takes_buffers || ReturnsScalar(shape.signature));
}

std::string WrapperText(const SymbolShape& shape) { return Writer(shape).Text(); }

bool IsInlined(const SymbolShape& shape) {
  // V8's limit is 460 bytes (--max-inlined-bytecode-size). A call takes three for each argument, a
  // guard six, a strict guard about twenty; the rest never more than this.
  constexpr size_t kMostBytes = 430;
  constexpr size_t kRest = 100;
  size_t calls = 1;
  for (const std::optional<FastEntry>& entry : shape.entries) calls += entry ? 1 : 0;
  size_t bytes = kRest + calls * (6 + 3 * shape.signature.parameters.size());
  for (const JsType& parameter : shape.signature.parameters) {
    const KindClass kind_class = TraitsOf(parameter.kind).kind_class;
    if (kind_class == KindClass::kInteger) bytes += shape.signature.strict ? 20 : 6;
    if (kind_class == KindClass::kBool) bytes += 6;
    if (kind_class == KindClass::kBigInteger && shape.entry(FastVariant::kAny)) bytes += 2 * 6;
  }
  return bytes <= kMostBytes;
}

}  // namespace springboard::glue
