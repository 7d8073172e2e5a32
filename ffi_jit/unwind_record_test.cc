// The bytes of unwind records for all hosts.

#include <gtest/gtest.h>

#include <string>

#include "ffi_jit/test_bytes.h"
#include "ffi_jit/unwind.h"

namespace springboard::jit {
namespace {

using testing::Hex;

// One CIE, one FDE and the terminator: readelf --debug-dump=frames shows their fields.
std::string Dwarf(abi::Architecture architecture, UnwindShape shape) {
  return Hex(DwarfRecord(architecture, shape, 0x123456789A00, 0x20000));
}
const std::string kFdeAndEnd =
    "009A785634120000"
    "0000020000000000"
    "00000000";

TEST(UnwindRecords, DwarfOfX64) {
  constexpr abi::Architecture kX64 = abi::Architecture::kX64;
  // CFA is rsp + 8; rip at CFA - 8.
  EXPECT_EQ(Dwarf(kX64, UnwindShape::kTail),
            "140000000000000001000178100C07089001000000000000140000001C000000" + kFdeAndEnd);
  // CFA is rbp + 16; rbp at CFA - 16, rip at CFA - 8.
  EXPECT_EQ(Dwarf(kX64, UnwindShape::kFramed),
            "140000000000000001000178100C06108602900100000000140000001C000000" + kFdeAndEnd);
  // And xmm6 at CFA - 208, xmm7 at CFA - 192, ..., rsi at CFA - 48, rdi at CFA - 32.
  EXPECT_EQ(
      Dwarf(kX64, UnwindShape::kFramedSaved),
      "2C0000000000000001000178100C061086029001971A981899169A149B129C109D0E9E0C9F0AA0088406850400"
      "0000001400000034000000" +
          kFdeAndEnd);
}

TEST(UnwindRecords, DwarfOfA64) {
  constexpr abi::Architecture kA64 = abi::Architecture::kA64;
  // CFA is sp; the return address is in x30.
  EXPECT_EQ(Dwarf(kA64, UnwindShape::kTail),
            "0C00000000000000010001781E0C1F001400000014000000" + kFdeAndEnd);
  // CFA is x29 + 16; x29 at CFA - 16, x30 at CFA - 8.
  EXPECT_EQ(Dwarf(kA64, UnwindShape::kFramed),
            "1400000000000000010001781E0C1D109D029E0100000000140000001C000000" + kFdeAndEnd);
}

TEST(UnwindRecords, Windows) {
  // RUNTIME_FUNCTION, then UNWIND_INFO: version, prologue, codes, frame register.
  const std::string function =
      "00000000"
      "00000200"
      "0C000000";
  EXPECT_EQ(Hex(WindowsRecord(UnwindShape::kTail, 0x20000)), function + "01000000");
  // Set the frame pointer; push rbp.
  EXPECT_EQ(Hex(WindowsRecord(UnwindShape::kFramed, 0x20000)), function +
                                                                   "01000205"
                                                                   "0003"
                                                                   "0050");
  // xmm6 at 0, xmm7 at 16, ..., rsi at 160, rdi at 176 above rbp - 192.
  EXPECT_EQ(Hex(WindowsRecord(UnwindShape::kFramedSaved, 0x20000)), function +
                                                                        "01001CC5"
                                                                        "00680000"
                                                                        "00780100"
                                                                        "00880200"
                                                                        "00980300"
                                                                        "00A80400"
                                                                        "00B80500"
                                                                        "00C80600"
                                                                        "00D80700"
                                                                        "00E80800"
                                                                        "00F80900"
                                                                        "00641400"
                                                                        "00741600"
                                                                        "0003"
                                                                        "00011800"
                                                                        "0050");
}

}  // namespace
}  // namespace springboard::jit
