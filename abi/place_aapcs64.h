// The placer of the conventions aapcs64, apple_arm64 and win_arm64, and of V8's fast calls on
// AArch64. Internal to abi/: callers use Place() of placement.h.

#ifndef SPRINGBOARD_ABI_PLACE_AAPCS64_H_
#define SPRINGBOARD_ABI_PLACE_AAPCS64_H_

#include "abi/placement.h"

namespace springboard::abi {

// REQUIRES: signature.Validate().ok(), and `convention` is a row with AAPCS64's rules.
StatusOr<Placement> PlaceAapcs64(const Signature& signature, const Convention& convention);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_PLACE_AAPCS64_H_
