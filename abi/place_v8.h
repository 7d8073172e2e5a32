// The placers of V8's fast calls: a platform's own rules, for the few types that V8 passes.
// Internal to abi/: callers use Place() of placement.h.

#ifndef SPRINGBOARD_ABI_PLACE_V8_H_
#define SPRINGBOARD_ABI_PLACE_V8_H_

#include "abi/placement.h"

namespace springboard::abi {

// A Status that names the first type that V8 does not pass to, or return from, a fast function.
Status CheckV8Types(const Signature& signature);

// REQUIRES: signature.Validate().ok(), and `convention` is a row with the rules of kPlace.
template <StatusOr<Placement> (*kPlace)(const Signature&, const Convention&)>
StatusOr<Placement> PlaceV8(const Signature& signature, const Convention& convention) {
  Status status = CheckV8Types(signature);
  if (!status.ok()) return status;
  return kPlace(signature, convention);
}

}  // namespace springboard::abi

#endif  // SPRINGBOARD_ABI_PLACE_V8_H_
