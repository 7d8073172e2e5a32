// To be written.

#include "abi/place_aapcs64.h"

namespace springboard::abi {

StatusOr<Placement> PlaceAapcs64(const Signature&, const Convention& convention) {
  return Status::Error(std::string(convention.name) + " is not placed yet");
}

}  // namespace springboard::abi
