// The C++ half of checked calls: what goes into the registers, and what must come out.

#include "tests/conformance/registers.h"

#include <cassert>
#include <cstddef>
#include <cstring>

#include "tests/conformance/values.h"

namespace springboard::conformance {
namespace {

struct Vector {
  uint64_t low, high;
};

// The thunks read and write this; its offsets are repeated there.
struct RegisterFrame {
  const void* function;
  uint64_t arguments[3];
  uint64_t general[32];  // by encoding
  Vector vector[32];
  uint64_t found_general[32];
  Vector found_vector[32];
  uint16_t x87[14];  // fnstenv's 28 bytes; the tag word is x87[4]
};
static_assert(offsetof(RegisterFrame, general) == 32);
static_assert(offsetof(RegisterFrame, vector) == 288);
static_assert(offsetof(RegisterFrame, found_general) == 800);
static_assert(offsetof(RegisterFrame, found_vector) == 1056);
static_assert(offsetof(RegisterFrame, x87) == 1568);

#if defined(__x86_64__)
extern "C" __attribute__((sysv_abi)) void SpringboardCallAsSysv(RegisterFrame*);
extern "C" __attribute__((ms_abi)) void SpringboardCallAsWin64(RegisterFrame*);

constexpr uint32_t kGeneralRegisters = 0xFFEF;  // all but rsp
constexpr uint32_t kVectorRegisters = 0xFFFF;
constexpr bool kVectorIsPreservedWhole = true;
#else
extern "C" void SpringboardCallAsA64(RegisterFrame*);

constexpr uint32_t kGeneralRegisters = 0x3FFFFFFF;  // x0 to x29
constexpr uint32_t kVectorRegisters = 0xFFFFFFFF;
constexpr bool kVectorIsPreservedWhole = false;  // AAPCS64 6.1.2
#endif

void Call(const abi::Convention& caller, RegisterFrame* frame) {
#if defined(__x86_64__)
  if (&caller == &abi::Win64()) {
    SpringboardCallAsWin64(frame);
  } else {
    assert(&caller == &abi::SysvX64());
    SpringboardCallAsSysv(frame);
  }
#else
  assert(caller.architecture == abi::Architecture::kA64);
  static_cast<void>(caller);
  SpringboardCallAsA64(frame);
#endif
}

// Leaves `random`'s bytes where the frames of the next call will be.
__attribute__((noinline)) void DirtyStack(uint64_t random) {
  volatile uint64_t words[2048];
  for (volatile uint64_t& word : words) word = random;
}

// General registers that a function of `convention` gives back as it found them.
uint32_t PreservedGeneral(const abi::Convention& convention) {
  uint32_t preserved = kGeneralRegisters & ~convention.volatile_general;
  // Our rows leave x18 alone everywhere. Compilers for Linux do not.
  if (&convention == &abi::Aapcs64()) preserved &= ~(uint32_t{1} << 18);
  return preserved;
}

std::string Changed(const abi::Convention& convention, abi::RegisterFile file, uint8_t number,
                    uint64_t before, uint64_t after) {
  return " " + abi::RegisterName(convention.architecture, file, number) + " (was " + Hex(before) +
         ", is " + Hex(after) + ")";
}

std::string Compare(const abi::Convention& convention, const RegisterFrame& frame) {
  std::string changed;
  const uint32_t general = PreservedGeneral(convention);
  const uint32_t vector = kVectorRegisters & ~convention.volatile_vector;
  for (uint8_t number = 0; number < 32; ++number) {
    if ((general >> number & 1) != 0 && frame.general[number] != frame.found_general[number]) {
      changed += Changed(convention, abi::RegisterFile::kGeneral, number, frame.general[number],
                         frame.found_general[number]);
    }
    if ((vector >> number & 1) == 0) continue;
    const Vector& before = frame.vector[number];
    const Vector& after = frame.found_vector[number];
    if (before.low != after.low) {
      changed += Changed(convention, abi::RegisterFile::kVector, number, before.low, after.low);
    } else if (kVectorIsPreservedWhole && before.high != after.high) {
      changed += Changed(convention, abi::RegisterFile::kVector, number, before.high, after.high) +
                 " in its upper half";
    }
  }
  return changed;
}

}  // namespace

std::string CallChecked(const abi::Convention& caller, const void* function,
                        const std::array<uint64_t, 3>& arguments, uint64_t random) {
  RegisterFrame frame = {};
  Random numbers(random);
  frame.function = function;
  std::memcpy(frame.arguments, arguments.data(), sizeof(frame.arguments));
  for (uint64_t& value : frame.general) value = numbers();
  for (Vector& value : frame.vector) value = {numbers(), numbers()};
  DirtyStack(numbers());
  Call(caller, &frame);
  std::string changed = Compare(caller, frame);
  std::string message;
  if (!changed.empty()) message = "registers not preserved:" + changed;
#if defined(__x86_64__)
  constexpr uint16_t kAllEmpty = 0xFFFF;
  if (frame.x87[4] != kAllEmpty) {
    message += std::string(message.empty() ? "" : "; ") + "numbers left on the x87 stack: tags " +
               Hex(frame.x87[4]);
  }
#endif
  return message;
}

}  // namespace springboard::conformance
