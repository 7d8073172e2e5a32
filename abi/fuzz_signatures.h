// Signatures made by chance, and a mutator of libFuzzer's that changes signatures instead of bytes:
// the input of a fuzzer that places or compiles signatures is the text notation, so that its corpus
// can be read, and nearly every input is a valid one.
//
// Pure functions on the given source of numbers; any thread.

#ifndef SPRINGBOARD_ABI_FUZZ_SIGNATURES_H_
#define SPRINGBOARD_ABI_FUZZ_SIGNATURES_H_

#include <cstddef>
#include <cstdint>
#include <random>

#include "abi/signature.h"

namespace springboard::abi::fuzzing {

using Random = std::minstd_rand;

// Any type that a parameter can have, arrays included where it is to be a member.
const Type* RandomType(Random& random, bool is_member);

// `signature` with one thing changed: a parameter or the result, in it or as a whole, its place, or
// where the variadic part begins. It may have become invalid.
Signature Changed(Signature signature, Random& random);

// LLVMFuzzerCustomMutator() for an input that is a signature's text.
size_t MutateText(uint8_t* data, size_t size, size_t max_size, uint32_t seed);

}  // namespace springboard::abi::fuzzing

#endif  // SPRINGBOARD_ABI_FUZZ_SIGNATURES_H_
