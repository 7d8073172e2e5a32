// Place(): picks a convention's placer by value.
//
// A new convention is a row of kPlacers beside its row in convention.cc. Pure functions.

#include <cassert>

#include "abi/place_aapcs64.h"
#include "abi/place_sysv.h"
#include "abi/place_v8.h"
#include "abi/place_win64.h"
#include "abi/placement.h"

namespace springboard::abi {
namespace {

struct PlacerRow {
  const Convention& (*convention)();
  StatusOr<Placement> (*place)(const Signature&, const Convention&);
};

constexpr PlacerRow kPlacers[] = {
    {SysvX64, PlaceSysv},           {Win64, PlaceWin64},
    {Aapcs64, PlaceAapcs64},        {AppleArm64, PlaceAapcs64},
    {WinArm64, PlaceAapcs64},       {V8X64, PlaceV8<PlaceSysv>},
    {V8Win64, PlaceV8<PlaceWin64>}, {V8Arm64, PlaceV8<PlaceAapcs64>},
};

}  // namespace

StatusOr<Placement> Place(const Signature& signature, const Convention& convention) {
  Status status = signature.Validate();
  if (!status.ok()) return status;
  for (const PlacerRow& row : kPlacers) {
    if (&row.convention() == &convention) return row.place(signature, convention);
  }
  assert(false && "a convention without a placer");
  return Status::Error("convention " + std::string(convention.name) + " has no placer");
}

}  // namespace springboard::abi
