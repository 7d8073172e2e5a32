// Fuzzes layout and placement under every convention, against rules that any convention keeps and
// code that shares nothing with them: sizes and offsets by hand (fuzz_layout.h); every byte of
// every scalar travels exactly once, in a register that the convention has and nothing else uses,
// or in stack bytes of its own within the reported area; and for System V and Win64 the very place.
//
// A libFuzzer target: the input is a signature's text. One thread.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "abi/fuzz_layout.h"
#include "abi/fuzz_placement.h"
#include "abi/fuzz_report.h"
#include "abi/fuzz_signatures.h"
#include "abi/layout.h"
#include "abi/placement.h"

namespace springboard::abi::fuzzing {
namespace {

std::string Context(const Signature& signature, const Convention& convention) {
  return signature.Text() + " " + std::string(convention.name);
}

// Sizes, alignments, offsets and leaves of one type.
void CheckLayout(const Type* type, const Convention& convention) {
  const std::string where = type->text() + " " + std::string(convention.name);
  const std::optional<PlainLayout> plain = LayoutByHand(type, convention);
  const StatusOr<Layout> layout = LayoutOf(type, convention);
  Require(layout.ok() == plain.has_value(), "only one of two layouts is refused", where);
  const StatusOr<std::vector<Leaf>> leaves = Flatten(type, convention);
  if (!plain) return Require(!leaves.ok(), "a type without a layout has leaves", where);
  Require(layout->size == plain->bytes, "sizes differ", where);
  Require(layout->align == plain->align, "alignments differ", where);
  Require(layout->natural_align == plain->natural_align, "natural alignments differ", where);
  Require(layout->offsets == plain->offsets, "offsets differ", where);
  std::vector<PlainLeaf> expected;
  LeavesByHand(type, 0, convention, kMaxLeaves, &expected);
  Require(leaves.ok() == (expected.size() <= kMaxLeaves), "leaves are refused or not", where);
  if (!leaves.ok()) return;
  Require(leaves->size() == expected.size(), "the number of leaves differs", where);
  for (size_t i = 0; i < expected.size(); ++i) {
    const Leaf& leaf = (*leaves)[i];
    Require(leaf.type == expected[i].type && leaf.offset == expected[i].offset, "leaves differ",
            where);
    Require(leaf.misaligned == (leaf.offset % expected[i].align != 0), "misaligned leaves differ",
            where);
    Require(leaf.offset + expected[i].bytes <= plain->bytes, "a leaf is outside", where);
  }
}

// A Status says which value it is about.
void CheckRefusal(const Status& status, const std::string& where) {
  const std::string& message = status.message();
  Require(message.starts_with("parameter ") || message.starts_with("result: ") ||
              message.find("variadic") != std::string::npos,
          "a refusal names no value", where + "\n" + message);
}

void CheckConvention(const Signature& signature, const Convention& convention) {
  const std::string where = Context(signature, convention);
  const StatusOr<Placement> placed = Place(signature, convention);
  if (!placed.ok()) {
    if (signature.Validate().ok()) CheckRefusal(placed.status(), where);
    return;
  }
  Require(signature.Validate().ok(), "an invalid signature was placed", where);
  const std::string found = placed->Text();
  Require(*Place(signature, convention) == *placed, "two placements differ", where + "\n" + found);
  CheckPlacement(signature, *placed, where + "\n" + found);
  if (convention.name == "win64") CheckWin64(signature, *placed, where + "\n" + found);
  if (convention.name == "sysv_x64") CheckSysv(signature, *placed, where + "\n" + found);
}

void Check(std::string_view text) {
  const StatusOr<Signature> signature = Signature::Parse(text);
  if (!signature.ok()) return;
  // A small type's arrays may have thousands of leaves; many of them only take time.
  if (text.size() > 4096) return;
  std::set<const Type*> types(signature->parameters.begin(), signature->parameters.end());
  types.insert(signature->result);
  for (const Convention* convention : AllConventions()) {
    // Those of V8 lay out as the others of their systems do.
    const bool has_own_layouts = convention->variadic != VariadicRule::kRefused;
    for (const Type* type : types) {
      if (has_own_layouts) CheckLayout(type, *convention);
    }
    CheckConvention(*signature, *convention);
  }
}

}  // namespace
}  // namespace springboard::abi::fuzzing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  springboard::abi::fuzzing::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  return springboard::abi::fuzzing::MutateText(data, size, max_size, seed);
}
