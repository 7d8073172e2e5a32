// To be written.

#include "abi/place_win64.h"

namespace springboard::abi {

StatusOr<Placement> PlaceWin64(const Signature&, const Convention& convention) {
  return Status::Error(std::string(convention.name) + " is not placed yet");
}

}  // namespace springboard::abi
