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
};

constexpr const Convention* kRows[] = {&kSysvX64};

constexpr std::string_view kX64General[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                            "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

}  // namespace

const Convention& SysvX64() { return kSysvX64; }

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
#if defined(__x86_64__) && !defined(_WIN32)
  return kSysvX64;
#else
#error "no row of the convention table describes this host"
#endif
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
