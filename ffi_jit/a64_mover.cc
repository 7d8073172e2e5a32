// The instructions of one move on AArch64. See a64_mover.h.
//
// Every access has exactly the bytes that the move states, because an aggregate may end where a
// page ends. Sizes that no instruction has are made of two overlapping accesses. Bytes go from
// memory to memory through a vector register, which leaves the general scratch registers for the
// addresses of both.

#include "ffi_jit/a64_mover.h"

#include <cassert>

namespace springboard::jit {

using abi::RegisterFile;
using asmjit::Label;
namespace a64 = asmjit::a64;

namespace {

constexpr uint32_t kVectorBytes = 16;

// Arm ARM C3.2: loads and stores take an unscaled offset of -256 to 255, or one that is a multiple
// of the access size, up to 4095 times.
constexpr int64_t kNearBytes = 256;
constexpr int64_t kScaledOffsets = 4096;

Location WithoutOffset(Location location) {
  location.offset = 0;
  return location;
}

// The largest access of general registers that fits in `size` bytes.
constexpr uint32_t PowerBelow(uint32_t size) {
  return size >= 8 ? 8 : size >= 4 ? 4 : size >= 2 ? 2 : 1;
}

bool IsEncodable(int64_t offset, int64_t size) {
  if (offset >= -kNearBytes && offset < kNearBytes) return true;
  return offset >= 0 && offset % size == 0 && offset / size < kScaledOffsets;
}

// The view of a vector register that loads and stores of `size` bytes name. No convention puts
// other sizes in one vector register: each member of a homogeneous aggregate has its own.
a64::Vec View(const a64::Vec& vector, uint32_t size) {
  switch (size) {
    case 1:
      return vector.b();
    case 2:
      return vector.h();
    case 4:
      return vector.s();
    case 8:
      return vector.d();
    default:
      assert(size == kVectorBytes);
      return vector.q();
  }
}

void LoadPower(a64::Assembler& a, const a64::Gp& destination, const a64::Mem& source,
               uint32_t size) {
  switch (size) {
    case 1:
      a.ldrb(destination.w(), source);
      break;
    case 2:
      a.ldrh(destination.w(), source);
      break;
    case 4:
      a.ldr(destination.w(), source);
      break;
    default:
      assert(size == 8);
      a.ldr(destination.x(), source);
  }
}

void StorePower(a64::Assembler& a, const a64::Mem& destination, const a64::Gp& source,
                uint32_t size) {
  switch (size) {
    case 1:
      a.strb(source.w(), destination);
      break;
    case 2:
      a.strh(source.w(), destination);
      break;
    case 4:
      a.str(source.w(), destination);
      break;
    default:
      assert(size == 8);
      a.str(source.x(), destination);
  }
}

}  // namespace

void A64Mover::Perform(const Move& move) {
  const Location& to = move.destination;
  if (to.is_memory()) return ToMemory(move);
  assert(to.is_register() && to.file != RegisterFile::kX87);
  if (to.file == RegisterFile::kGeneral) return ToGeneral(a64::x(to.number), move);
  ToVector(a64::v(to.number), move);
}

A64Mover::Memory A64Mover::Resolve(const Location& location, const Gp& far) {
  const int64_t offset = location.offset;
  switch (location.kind) {
    case Location::Kind::kIncoming:
      // Above the saved frame pointer and return address, if there are any.
      if (frame_.present()) return {a64::x29, offset + 16, far};
      return {a64::sp, offset, far};
    case Location::Kind::kOutgoing:
      return {a64::sp, offset, far};
    case Location::Kind::kLocal:
      return {a64::x29, offset - frame_.local_bytes(), far};
    case Location::Kind::kBehind:
      return {a64::x(location.number), offset, far};
    default:
      assert(location.is_indirect());
      if (loaded_ != WithoutOffset(location)) {
        const bool incoming = location.kind == Location::Kind::kIncomingIndirect;
        LoadGeneral(pointer(),
                    Resolve(incoming ? Location::Incoming(location.pointer_offset)
                                     : Location::Behind(location.number, location.pointer_offset),
                            pointer()),
                    8);
        loaded_ = WithoutOffset(location);
      }
      return {pointer(), offset, far};
  }
}

A64Mover::Mem A64Mover::At(Memory& memory, uint32_t delta, uint32_t size) {
  if (!IsEncodable(memory.offset + delta, size)) {
    AddOffset(memory.far, memory.base, memory.offset);
    memory = {memory.far, 0, memory.far};
  }
  assert(IsEncodable(memory.offset + delta, size));
  return a64::ptr(memory.base, static_cast<int32_t>(memory.offset + delta));
}

void A64Mover::AddOffset(const Gp& destination, const Gp& base, int64_t offset) {
  const auto step = [&](const Gp& from, uint64_t distance) {
    offset < 0 ? a_.sub(destination, from, distance) : a_.add(destination, from, distance);
  };
  // An immediate is 12 bits, or 12 bits above those.
  constexpr uint64_t kLow = 0xFFF;
  const uint64_t distance = static_cast<uint64_t>(offset < 0 ? -offset : offset);
  assert(distance >> 24 == 0);
  if (distance > kLow) step(base, distance & ~kLow);
  if (distance <= kLow || (distance & kLow) != 0) {
    step(distance > kLow ? destination : base, distance & kLow);
  }
}

void A64Mover::LoadPatch(const Gp& destination, PatchKind kind) {
  literals_.push_back({kind, a_.newLabel()});
  a_.ldr(destination, a64::ptr(literals_.back().label));
}

std::vector<PatchPoint> A64Mover::EmitLiterals() {
  constexpr uint64_t kPlaceholder = 0x5350524E47424F44;
  std::vector<PatchPoint> patches;
  if (!literals_.empty()) a_.align(asmjit::AlignMode::kData, 8);
  for (const Literal& literal : literals_) {
    a_.bind(literal.label);
    patches.push_back({literal.kind, static_cast<uint32_t>(a_.offset())});
    a_.embedUInt64(kPlaceholder);
  }
  literals_.clear();
  return patches;
}

void A64Mover::ToGeneral(const Gp& destination, const Move& move) {
  const Location& from = move.source;
  if (move.conversion == Conversion::kTruncate) {
    Truncate(destination, from);
  } else if (from.is_memory()) {
    const Memory memory = Resolve(from, address());
    if (move.conversion == Conversion::kAddress) {
      AddOffset(destination, memory.base, memory.offset);
    } else if (move.conversion == Conversion::kCopy) {
      LoadGeneral(destination, memory, move.size);
    } else {
      ConvertMemory(destination, memory, move);
    }
  } else if (from.kind == Location::Kind::kPatch) {
    LoadPatch(destination, from.patch);
  } else if (from.kind == Location::Kind::kZero) {
    a_.mov(destination, a64::xzr);
  } else if (from.file == RegisterFile::kVector) {
    const Vec source = a64::v(from.number);
    if (move.size == 8) {
      a_.fmov(destination, source.d());
    } else if (move.size == 4) {
      a_.fmov(destination.w(), source.s());
    } else {
      assert(move.size == 2);
      a_.umov(destination.w(), source.h(0));
    }
  } else {
    ConvertRegister(destination, a64::x(from.number), move);
  }
}

void A64Mover::LoadGeneral(const Gp& destination, Memory source, uint32_t size) {
  const uint32_t first = PowerBelow(size);
  const uint32_t rest = size - first;
  assert(size >= 1 && size <= 8 && (rest == 0 || destination != data()));
  // The upper part first, through the data register: the destination may be the source's base.
  if (rest != 0) LoadPower(a_, data(), At(source, rest, first), first);
  LoadPower(a_, destination, At(source, 0, first), first);
  // Where the two parts overlap, they are the same bytes of memory.
  if (rest != 0) a_.orr(destination, destination, data(), a64::lsl(rest * 8));
}

void A64Mover::ConvertMemory(const Gp& destination, Memory source, const Move& move) {
  switch (move.conversion) {
    case Conversion::kBool:
      a_.ldrb(destination.w(), At(source, 0, 1));
      a_.cmp(destination.w(), 0);
      a_.cset(destination.w(), a64::CondCode::kNE);
      break;
    case Conversion::kZeroExtend:
      LoadGeneral(destination, source, move.size);
      break;
    default: {
      assert(move.conversion == Conversion::kSignExtend);
      const Mem memory = At(source, 0, move.size);
      const Gp wide = move.width == 8 ? destination : Gp(destination.w());
      if (move.size == 4) {
        move.width == 8 ? a_.ldrsw(destination, memory) : a_.ldr(wide, memory);
      } else {
        move.size == 1 ? a_.ldrsb(wide, memory) : a_.ldrsh(wide, memory);
      }
    }
  }
}

void A64Mover::Truncate(const Gp& destination, const Location& source) {
  Location number = source;
  if (!source.is_register() || source.file != RegisterFile::kVector) {
    number = Location::Register(RegisterFile::kVector, scratch_.vector_data);
    ToVector(vector_data(), Move::Copy(number, source, 8));
  }
  a_.fcvtzs(destination, a64::v(number.number).d());
}

void A64Mover::ConvertRegister(const Gp& destination, const Gp& source, const Move& move) {
  const Gp wide = move.width == 8 ? destination : Gp(destination.w());
  switch (move.conversion) {
    case Conversion::kBool:
      a_.tst(source.w(), 0xFF);
      a_.cset(destination.w(), a64::CondCode::kNE);
      break;
    case Conversion::kSignExtend:
      if (move.size == 4) {
        move.width == 8 ? a_.sxtw(destination, source.w()) : a_.mov(wide, source.w());
      } else {
        move.size == 1 ? a_.sxtb(wide, source.w()) : a_.sxth(wide, source.w());
      }
      break;
    case Conversion::kZeroExtend:
      if (move.size == 4) {
        a_.mov(destination.w(), source.w());
      } else {
        move.size == 1 ? a_.uxtb(destination.w(), source.w())
                       : a_.uxth(destination.w(), source.w());
      }
      break;
    default:
      assert(move.conversion == Conversion::kCopy);
      if (destination == source) break;
      move.size <= 4 ? a_.mov(destination.w(), source.w()) : a_.mov(destination, source);
  }
}

void A64Mover::ToVector(const Vec& destination, const Move& move) {
  const Location& from = move.source;
  if (move.conversion == Conversion::kToFloat) {
    assert(from.is_register() && from.file == RegisterFile::kGeneral);
    a_.scvtf(destination.d(), a64::x(from.number));
    return;
  }
  assert(move.conversion == Conversion::kCopy);
  if (from.is_memory()) {
    Memory memory = Resolve(from, address());
    a_.ldr(View(destination, move.size), At(memory, 0, move.size));
  } else if (from.file == RegisterFile::kVector) {
    if (from.number != move.destination.number) {
      a_.mov(destination.b16(), a64::v(from.number).b16());
    }
  } else {
    const Gp source = a64::x(from.number);
    move.size == 8 ? a_.fmov(destination.d(), source) : a_.fmov(destination.s(), source.w());
  }
}

void A64Mover::ToMemory(const Move& move) {
  const Location& from = move.source;
  const Location& to = move.destination;
  // An indirect source and an indirect destination would want the same scratch register.
  assert(!from.is_indirect() || !to.is_indirect());
  if (move.conversion == Conversion::kToFloat) {
    ToVector(vector_data(), move);
    Memory memory = Resolve(to, address());
    a_.str(vector_data().d(), At(memory, 0, 8));
  } else if (from.is_register() && from.file == RegisterFile::kVector &&
             move.conversion == Conversion::kCopy) {
    Memory memory = Resolve(to, address());
    a_.str(View(a64::v(from.number), move.size), At(memory, 0, move.size));
  } else if (from.is_register() && move.conversion == Conversion::kCopy) {
    assert(from.file == RegisterFile::kGeneral);
    StoreGeneral(Resolve(to, address()), a64::x(from.number), move.size);
  } else if (from.is_memory() && move.conversion == Conversion::kCopy) {
    const Memory source = Resolve(from, address());
    CopyMemory(source, Resolve(to, data()), move.size);
  } else if (from.kind == Location::Kind::kZero) {
    ZeroMemory(Resolve(to, address()), move.size);
  } else {
    ToGeneral(data(), move);
    StoreGeneral(Resolve(to, address()), data(), move.width);
  }
}

void A64Mover::StoreGeneral(Memory destination, const Gp& source, uint32_t size) {
  assert(size >= 1 && size <= 8);
  const uint32_t first = PowerBelow(size);
  const uint32_t rest = size - first;
  StorePower(a_, At(destination, 0, first), source, first);
  if (rest == 0) return;
  a_.lsr(data(), source, rest * 8);
  StorePower(a_, At(destination, rest, first), data(), first);
}

void A64Mover::CopyMemory(Memory source, Memory destination, uint32_t size) {
  if (size > kUnrolledBytes) return CopyLoop(source, destination, size);
  const uint32_t step = size >= kVectorBytes ? kVectorBytes : PowerBelow(size);
  const Vec carrier = View(vector_data(), step);
  // A rest shorter than the access is taken together with bytes that are already there.
  for (uint32_t done = 0; done < size; done += step) {
    if (size - done < step) done = size - step;
    a_.ldr(carrier, At(source, done, step));
    a_.str(carrier, At(destination, done, step));
  }
}

void A64Mover::CopyLoop(const Memory& source, const Memory& destination, uint32_t size) {
  const Gp read = address(), written = data(), end = pointer();
  const Vec carrier = vector_data().q();
  const uint32_t rest = size % kVectorBytes;
  AddOffset(read, source.base, source.offset);
  AddOffset(written, destination.base, destination.offset);
  AddOffset(end, read, size - rest);
  ForgetPointer();
  const Label again = a_.newLabel();
  a_.bind(again);
  a_.ldr(carrier, a64::ptr_post(read, kVectorBytes));
  a_.str(carrier, a64::ptr_post(written, kVectorBytes));
  a_.cmp(read, end);
  a_.b_ne(again);
  if (rest == 0) return;
  const int32_t last = static_cast<int32_t>(rest) - static_cast<int32_t>(kVectorBytes);
  a_.ldr(carrier, a64::ptr(read, last));
  a_.str(carrier, a64::ptr(written, last));
}

void A64Mover::ZeroMemory(Memory destination, uint32_t size) {
  if (size < kVectorBytes) {
    for (uint32_t done = 0, bytes = 0; done < size; done += bytes) {
      bytes = PowerBelow(size - done);
      StorePower(a_, At(destination, done, bytes), a64::xzr, bytes);
    }
    return;
  }
  const Vec zero = vector_data();
  a_.movi(zero.d2(), 0);
  if (size > kUnrolledBytes) return ZeroLoop(destination, size);
  for (uint32_t done = 0; done < size; done += kVectorBytes) {
    if (size - done < kVectorBytes) done = size - kVectorBytes;
    a_.str(zero.q(), At(destination, done, kVectorBytes));
  }
}

void A64Mover::ZeroLoop(const Memory& destination, uint32_t size) {
  const Gp written = address(), end = data();
  const Vec zero = vector_data().q();
  const uint32_t rest = size % kVectorBytes;
  AddOffset(written, destination.base, destination.offset);
  AddOffset(end, written, size - rest);
  const Label again = a_.newLabel();
  a_.bind(again);
  a_.str(zero, a64::ptr_post(written, kVectorBytes));
  a_.cmp(written, end);
  a_.b_ne(again);
  if (rest == 0) return;
  a_.str(zero, a64::ptr(written, static_cast<int32_t>(rest) - static_cast<int32_t>(kVectorBytes)));
}

}  // namespace springboard::jit
