// The convention table: one row of constant data per calling convention.
//
// A new convention is a row here, its placer in place.cc, and golden files. Registers are hardware
// encodings. Constant data, any thread.

#include "abi/convention.h"

#include <cassert>

namespace springboard::abi {
namespace {

// x86-64 encodings of the registers that the rows name.
constexpr uint8_t kRax = 0, kRcx = 1, kRdx = 2, kRsi = 6, kRdi = 7;
constexpr uint8_t kR8 = 8, kR9 = 9, kR10 = 10, kR11 = 11;

constexpr uint32_t Bit(uint8_t number) { return uint32_t{1} << number; }

// psABI 3.2.3, "Passing": the sequences of argument and result registers.
constexpr uint8_t kSysvGeneralArguments[] = {kRdi, kRsi, kRdx, kRcx, kR8, kR9};
constexpr uint8_t kSysvVectorArguments[] = {0, 1, 2, 3, 4, 5, 6, 7};
constexpr uint8_t kSysvGeneralResults[] = {kRax, kRdx};
constexpr uint8_t kSysvVectorResults[] = {0, 1};

constexpr Convention kSysvX64 = {
    .name = "sysv_x64",
    .architecture = Architecture::kX64,
    .general_arguments = kSysvGeneralArguments,
    .vector_arguments = kSysvVectorArguments,
    .general_results = kSysvGeneralResults,
    .vector_results = kSysvVectorResults,
    // psABI 3.2.1 and figure 3.4: rbx, rbp and r12-r15 belong to the caller, no vector register
    // does. Only the sixteen vector registers that every x86-64 has are listed.
    .volatile_general = Bit(kRax) | Bit(kRcx) | Bit(kRdx) | Bit(kRsi) | Bit(kRdi) | Bit(kR8) |
                        Bit(kR9) | Bit(kR10) | Bit(kR11),
    .volatile_vector = 0xFFFF,
    .home_bytes = 0,
    .red_zone_bytes = 128,  // psABI 3.2.2
    .stack_alignment = 16,  // psABI 3.2.2
    .long_double_bytes = 16,
    .long_double_is_x87 = true,
    .plain_char_is_signed = true,
    .sret_register = kRdi,
    .sret_takes_argument = true,
    .sret_returned = true,
    // The psABI is silent. gcc and clang extend arguments to 32 bits and clang's callees rely on
    // it; neither relies on the upper bits of a result.
    .narrow = {.arguments = 32, .results = 0},
    .variadic = VariadicRule::kCounted,
};

// Microsoft, "x64 calling convention", "Parameter passing" and "Return values".
constexpr uint8_t kWin64GeneralArguments[] = {kRcx, kRdx, kR8, kR9};
constexpr uint8_t kWin64VectorArguments[] = {0, 1, 2, 3};
constexpr uint8_t kWin64GeneralResults[] = {kRax};
constexpr uint8_t kWin64VectorResults[] = {0};

constexpr Convention kWin64 = {
    .name = "win64",
    .architecture = Architecture::kX64,
    .general_arguments = kWin64GeneralArguments,
    .vector_arguments = kWin64VectorArguments,
    .general_results = kWin64GeneralResults,
    .vector_results = kWin64VectorResults,
    // "Caller/callee saved registers": rbx, rbp, rdi, rsi, r12-r15 and xmm6-xmm15 are nonvolatile.
    .volatile_general =
        Bit(kRax) | Bit(kRcx) | Bit(kRdx) | Bit(kR8) | Bit(kR9) | Bit(kR10) | Bit(kR11),
    .volatile_vector = 0x3F,
    .home_bytes = 32,  // "the caller ... allocates space on the stack for four register parameters"
    .red_zone_bytes = 0,
    .stack_alignment = 16,
    .long_double_bytes = 16,
    .long_double_is_x87 = true,
    .plain_char_is_signed = true,
    .sret_register = kRcx,
    .sret_takes_argument = true,
    .sret_returned = true,
    // "Parameter passing": upper bits of a narrow argument are not defined, nor those of a result.
    .narrow = {.arguments = 0, .results = 0},
    .variadic = VariadicRule::kDuplicated,
    .registers_by_position = true,
    .classes_in_memory = true,
};

// AAPCS64 6.1.1 and 6.1.2: r0-r7 and v0-v7 pass arguments, the first of each results.
constexpr uint8_t kA64Arguments[] = {0, 1, 2, 3, 4, 5, 6, 7};
constexpr uint8_t kA64GeneralResults[] = {0, 1};
constexpr uint8_t kA64VectorResults[] = {0, 1, 2, 3};

// What the AArch64 rows share: all of Linux's.
constexpr Convention kAapcs64 = {
    .name = "aapcs64",
    .architecture = Architecture::kA64,
    .general_arguments = kA64Arguments,
    .vector_arguments = kA64Arguments,
    .general_results = kA64GeneralResults,
    .vector_results = kA64VectorResults,
    // 6.1.1: r0-r17 are the caller's to save. So is r18, but "use of r18 ... should be avoided":
    // Apple and Windows reserve it, and it is left alone everywhere.
    .volatile_general = 0x3FFFF,
    // 6.1.2: only the low halves of v8-v15 are preserved. No value may rely on either half.
    .volatile_vector = 0xFFFF00FF,
    .home_bytes = 0,
    .red_zone_bytes = 0,
    .stack_alignment = 16,  // 6.4.5.1
    .long_double_bytes = 16,
    .long_double_is_x87 = false,
    .plain_char_is_signed = false,
    .sret_register = 8,  // 6.9
    .sret_takes_argument = false,
    .sret_returned = false,
    .narrow = {.arguments = 0, .results = 0},  // 6.8.2 C.9: the upper bits are unspecified
    .variadic = VariadicRule::kAsNamed,
    .pairs_begin_even = true,
};

constexpr Convention MakeAppleArm64() {
  Convention row = kAapcs64;
  row.name = "apple_arm64";
  row.red_zone_bytes = 128;
  row.long_double_bytes = 8;  // "Writing ARM64 code for Apple platforms", "Data types"
  row.plain_char_is_signed = true;
  // "Pass arguments to functions correctly": the caller extends arguments to 32 bits, the callee
  // its result.
  row.narrow = {.arguments = 32, .results = 32};
  row.variadic =
      VariadicRule::kOnStack;  // "Update code that passes arguments to variadic functions"
  row.packs_stack_arguments = true;
  row.pairs_begin_even = false;
  row.type_alignment_counts = true;
  row.skips_empty_classes = true;
  return row;
}

constexpr Convention MakeWinArm64() {
  Convention row = kAapcs64;
  row.name = "win_arm64";
  row.red_zone_bytes = 16;    // "Overview of ARM64 ABI conventions", "Red zone"
  row.long_double_bytes = 8;  // "Alignment"
  row.plain_char_is_signed = true;
  row.variadic = VariadicRule::kGeneralOnly;  // "Addendum: Variadic functions"
  row.type_alignment_counts = true;
  row.classes_in_memory = true;
  row.has_two_layouts = true;
  return row;
}

// V8 calls a fast function as C code of its platform calls one with the same scalar parameters, but
// on AArch64 stack arguments take 8 bytes on every system.
constexpr Convention MakeV8(const Convention& base, std::string_view name) {
  Convention row = base;
  row.name = name;
  row.variadic = VariadicRule::kRefused;
  return row;
}

constexpr Convention kAppleArm64 = MakeAppleArm64();
constexpr Convention kWinArm64 = MakeWinArm64();
constexpr Convention kV8X64 = MakeV8(kSysvX64, "v8_x64");
constexpr Convention kV8Win64 = MakeV8(kWin64, "v8_win64");
constexpr Convention kV8Arm64 = MakeV8(kAapcs64, "v8_arm64");

constexpr const Convention* kRows[] = {&kSysvX64,  &kWin64, &kAapcs64, &kAppleArm64,
                                       &kWinArm64, &kV8X64, &kV8Win64, &kV8Arm64};

constexpr std::string_view kX64General[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                            "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

}  // namespace

const Convention& SysvX64() { return kSysvX64; }
const Convention& Win64() { return kWin64; }
const Convention& Aapcs64() { return kAapcs64; }
const Convention& AppleArm64() { return kAppleArm64; }
const Convention& WinArm64() { return kWinArm64; }
const Convention& V8X64() { return kV8X64; }
const Convention& V8Win64() { return kV8Win64; }
const Convention& V8Arm64() { return kV8Arm64; }

std::span<const Convention* const> AllConventions() { return kRows; }

StatusOr<const Convention*> ConventionNamed(std::string_view name) {
  std::string names;
  for (const Convention* row : kRows) {
    if (row->name == name) return row;
    if (!names.empty()) names += ", ";
    names += row->name;
  }
  return Status::Error("unknown calling convention '" + std::string(name) +
                       "'; the known ones are: " + names);
}

const Convention& HostConvention() {
#if defined(__x86_64__) && defined(_WIN32)
  return kWin64;
#elif defined(__x86_64__)
  return kSysvX64;
#elif defined(__aarch64__) && defined(__APPLE__)
  return kAppleArm64;
#elif defined(__aarch64__) && defined(_WIN32)
  return kWinArm64;
#elif defined(__aarch64__)
  return kAapcs64;
#else
#error "no row of the convention table describes this host"
#endif
}

const Convention& HostFastConvention() {
  const Convention& host = HostConvention();
  if (host.architecture == Architecture::kA64) return kV8Arm64;
  return &host == &kWin64 ? kV8Win64 : kV8X64;
}

std::string RegisterName(Architecture architecture, RegisterFile file, uint8_t number) {
  const bool x64 = architecture == Architecture::kX64;
  switch (file) {
    case RegisterFile::kGeneral:
      if (!x64) return "x" + std::to_string(number);
      assert(number < std::size(kX64General));
      return std::string(kX64General[number]);
    case RegisterFile::kVector:
      return (x64 ? "xmm" : "v") + std::to_string(number);
    case RegisterFile::kX87:
      assert(x64);
      return "st" + std::to_string(number);
  }
  assert(false);
  return "";
}

}  // namespace springboard::abi
