// The placer of the convention win64. Internal to abi/: callers use Place() of placement.h.

#ifndef SPRINGBOARD_ABI_PLACE_WIN64_H_
#define SPRINGBOARD_ABI_PLACE_WIN64_H_

#include "abi/placement.h"

namespace springboard::abi {

// REQUIRES: signature.Validate().ok(), and `convention` is a row with Win64's rules.
StatusOr<Placement> PlaceWin64(const Signature& signature, const Convention& convention);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_PLACE_WIN64_H_
