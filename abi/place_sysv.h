// The placer of the convention sysv_x64. Internal to abi/: callers use Place() of placement.h.

#ifndef SPRINGBOARD_ABI_PLACE_SYSV_H_
#define SPRINGBOARD_ABI_PLACE_SYSV_H_

#include "abi/placement.h"

namespace springboard::abi {

// REQUIRES: signature.Validate().ok(), and `convention` is a row with System V's rules.
StatusOr<Placement> PlaceSysv(const Signature& signature, const Convention& convention);

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_PLACE_SYSV_H_
