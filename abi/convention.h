// Convention: a calling convention as one row of a table.
//
// Registers are named by their hardware encoding (rdi is 7, xmm0 is 0, x0 is 0), which is what an
// emitter needs; RegisterName() prints them. Rows are constant data: any thread, no ownership.
// Every row exists on every host and is chosen by value.

#ifndef SPRINGBOARD_ABI_CONVENTION_H_
#define SPRINGBOARD_ABI_CONVENTION_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "abi/status.h"

namespace springboard::abi {

enum class Architecture : uint8_t { kX64, kA64 };

// A file of registers that can carry arguments or results.
enum class RegisterFile : uint8_t {
  kGeneral,  // rax.. / x0..
  kVector,   // xmm0.. / v0..
  kX87,      // st0..
};

// Who widens an integer narrower than 32 bits, and to how many bits (0: nobody, upper bits are
// undefined).
struct NarrowRule {
  uint8_t arguments;  // bits the caller extends an argument to
  uint8_t results;    // bits the callee extends a result to
};

// What becomes of the arguments of a variadic call.
enum class VariadicRule : uint8_t {
  kAsNamed,      // travels as a named argument would
  kCounted,      // so too, and a bound on the vector registers used is handed over (SysV: al)
  kDuplicated,   // floating arguments in a vector register and in the general one of their position
  kOnStack,      // what matches "..." travels on the stack, in slots of 8 bytes
  kGeneralOnly,  // no argument, named or not, uses a vector register
  kRefused,      // there are no variadic calls
};

struct Convention {
  std::string_view name;  // "sysv_x64"
  Architecture architecture;
  std::span<const uint8_t> general_arguments;  // in order
  std::span<const uint8_t> vector_arguments;
  std::span<const uint8_t> general_results;
  std::span<const uint8_t> vector_results;
  uint32_t volatile_general;  // bit n: register n is not preserved by a callee
  uint32_t volatile_vector;
  uint32_t home_bytes;         // space the caller leaves above the return address (Win64: 32)
  uint32_t red_zone_bytes;     // below the stack pointer, not touched by signals
  uint32_t stack_alignment;    // at a call instruction, in bytes
  uint32_t long_double_bytes;  // size and alignment of long double (8 or 16)
  bool long_double_is_x87;     // 80-bit x87 format
  bool plain_char_is_signed;
  uint8_t sret_register;     // carries the address of a result in memory
  bool sret_takes_argument;  // that register is also the first argument register
  bool sret_returned;        // the callee returns that address in general_results[0]
  NarrowRule narrow;
  VariadicRule variadic;
  // An argument's position chooses its register, in either file: the third argument is in the third
  // general or the third vector register (Win64).
  bool registers_by_position;
  // Named stack arguments have their own size and alignment instead of slots of 8 bytes (Apple).
  bool packs_stack_arguments;
  // A value aligned to 16 bytes begins in an even general register (AAPCS64 C.10; not Apple).
  bool pairs_begin_even;
  // The alignment that aligned(n) gives to a whole type counts as its members' does (not Linux).
  bool type_alignment_counts;
  // A class without members travels nowhere (Apple); elsewhere its byte takes a register.
  bool skips_empty_classes;
  // Some types have two layouts, Microsoft's and MinGW's, and are refused: C's empty structs, and
  // members with aligned(n) under #pragma pack (Windows arm64).
  bool has_two_layouts;
  // Classes with a constructor of their own are returned in memory (Microsoft's C++).
  bool classes_in_memory;
};

// The table's rows: of C compilers,
const Convention& SysvX64();
const Convention& Win64();  // gcc's and clang's long double is the x87 one, MSVC's is its double
const Convention& Aapcs64();
const Convention& AppleArm64();
const Convention& WinArm64();
// and of V8's optimised code where it calls a fast function (v8-fast-api-calls.h). Scalars only.
const Convention& V8X64();
const Convention& V8Win64();
const Convention& V8Arm64();

// All rows, for tests and tools.
std::span<const Convention* const> AllConventions();

// The row called `name`, or a Status that lists the names.
StatusOr<const Convention*> ConventionNamed(std::string_view name);

// The convention of C code compiled for this process.
const Convention& HostConvention();

// That of fast calls of a V8 in this process.
const Convention& HostFastConvention();

// "rdi", "xmm3", "x0", "v1", "st0".
std::string RegisterName(Architecture architecture, RegisterFile file, uint8_t number);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_CONVENTION_H_
