// The stack room of one stub. See frame.h.

#include "ffi_jit/frame.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace springboard::jit {
namespace {

constexpr uint32_t RoundUp(uint32_t value, uint32_t to) { return (value + to - 1) & ~(to - 1); }

}  // namespace

Location Frame::AddLocal(uint32_t bytes) {
  const uint32_t offset = local_bytes_;
  local_bytes_ += RoundUp(bytes, 16);
  return Location::Local(offset);
}

void Frame::SetOutgoing(uint32_t bytes, uint32_t alignment) {
  assert(alignment >= 16 && (alignment & (alignment - 1)) == 0);
  outgoing_bytes_ = bytes;
  alignment_ = alignment;
}

Location Frame::AddAligned(uint32_t bytes, uint32_t alignment) {
  const uint32_t offset = RoundUp(outgoing_bytes_, alignment);
  SetOutgoing(offset + bytes, std::max(alignment_, alignment));
  return Location::Outgoing(offset);
}

Location Frame::AddMemory(uint32_t bytes, uint32_t alignment) {
  return alignment <= 16 ? AddLocal(bytes) : AddAligned(bytes, alignment);
}

uint32_t Frame::total_bytes() const { return local_bytes_ + RoundUp(outgoing_bytes_, alignment_); }

Status Frame::Check() const {
  if (total_bytes() <= kMaxFrameBytes) return Status::Ok();
  return Status::Error("the call needs " + std::to_string(total_bytes()) +
                       " bytes of stack; the limit is " + std::to_string(kMaxFrameBytes));
}

}  // namespace springboard::jit
