// The instructions of one move on x86-64. See x64_mover.h.
//
// Every access has exactly the bytes that the move states, because an aggregate may end where a
// page ends. Sizes that no instruction has are made of two overlapping accesses.

#include "ffi_jit/x64_mover.h"

#include <cassert>
#include <string>

namespace springboard::jit {

using abi::RegisterFile;
using asmjit::Label;
namespace x86 = asmjit::x86;

namespace {

constexpr uint32_t kVectorBytes = 16;

Location WithoutOffset(Location location) {
  location.offset = 0;
  return location;
}

x86::Mem At(const x86::Mem& memory, uint32_t offset) {
  return memory.cloneAdjusted(static_cast<int64_t>(offset));
}

x86::Mem Indexed(const x86::Mem& memory, const x86::Gp& index) {
  x86::Mem result = memory;
  result.setIndex(index);
  return result;
}

// The largest access of general registers that fits in `size` bytes.
constexpr uint32_t PowerBelow(uint32_t size) {
  return size >= 8 ? 8 : size >= 4 ? 4 : size >= 2 ? 2 : 1;
}

}  // namespace

void X64Mover::Perform(const Move& move) {
  const Location& to = move.destination;
  if (to.is_memory()) return ToMemory(move);
  assert(to.is_register());
  switch (to.file) {
    case RegisterFile::kGeneral:
      return ToGeneral(x86::gpq(to.number), move);
    case RegisterFile::kVector:
      return ToVector(x86::xmm(to.number), move);
    case RegisterFile::kX87:
      return ToX87(move);
  }
}

X64Mover::Mem X64Mover::Operand(const Location& location) {
  const int32_t offset = static_cast<int32_t>(location.offset);
  switch (location.kind) {
    case Location::Kind::kIncoming:
      // Above the return address, and the saved frame pointer if there is one.
      return frame_.present() ? x86::ptr(x86::rbp, offset + 16) : x86::ptr(x86::rsp, offset + 8);
    case Location::Kind::kOutgoing:
      return x86::ptr(x86::rsp, offset);
    case Location::Kind::kLocal:
      return x86::ptr(x86::rbp, offset - static_cast<int32_t>(frame_.local_bytes()));
    case Location::Kind::kBehind:
      return x86::ptr(x86::gpq(location.number), offset);
    case Location::Kind::kIndirect:
    case Location::Kind::kIncomingIndirect: {
      const Gp pointer = x86::gpq(scratch_.pointer);
      if (loaded_ != WithoutOffset(location)) {
        const bool incoming = location.kind == Location::Kind::kIncomingIndirect;
        Mem memory = Operand(incoming ? Location::Incoming(location.pointer_offset)
                                      : Location::Behind(location.number, location.pointer_offset));
        memory.setSize(8);
        a_.mov(pointer, memory);
        loaded_ = WithoutOffset(location);
      }
      return x86::ptr(pointer, offset);
    }
    default:
      assert(false);
      return Mem();
  }
}

void X64Mover::LoadPatch(const Gp& destination, PatchKind kind) {
  // A placeholder that needs all 64 bits, so that the long form is the only one there is.
  constexpr uint64_t kPlaceholder = 0x5350524E47424F44;
  a_.movabs(destination, asmjit::imm(kPlaceholder));
  patches_.push_back({kind, static_cast<uint32_t>(a_.offset()) - 8});
}

void X64Mover::ToGeneral(const Gp& destination, const Move& move) {
  const Location& from = move.source;
  if (move.conversion == Conversion::kTruncate) {
    Truncate(destination, from);
  } else if (from.is_memory()) {
    const Mem memory = Operand(from);
    if (move.conversion == Conversion::kAddress) {
      a_.lea(destination, memory);
    } else if (move.conversion == Conversion::kCopy) {
      LoadGeneral(destination, memory, move.size);
    } else {
      ConvertMemory(destination, memory, move);
    }
  } else if (from.kind == Location::Kind::kPatch) {
    LoadPatch(destination, from.patch);
  } else if (from.kind == Location::Kind::kZero) {
    a_.xor_(destination.r32(), destination.r32());
  } else if (from.file == RegisterFile::kVector) {
    assert(move.size == 4 || move.size == 8);
    const Xmm source = x86::xmm(from.number);
    move.size == 8 ? a_.movq(destination, source) : a_.movd(destination.r32(), source);
  } else {
    ConvertRegister(destination, x86::gpq(from.number), move);
  }
}

void X64Mover::LoadGeneral(const Gp& destination, const Mem& source, uint32_t size) {
  const uint32_t first = PowerBelow(size);
  const uint32_t rest = size - first;
  assert(size >= 1 && size <= 8);
  // The upper part first, through the data register: the destination may be the source's base.
  if (rest != 0) {
    LoadGeneral(data(), At(source, rest), first);
    a_.shl(data(), rest * 8);
  }
  Mem memory = source;
  memory.setSize(first);
  switch (first) {
    case 1:
    case 2:
      a_.movzx(destination.r32(), memory);
      break;
    case 4:
      a_.mov(destination.r32(), memory);
      break;
    default:
      a_.mov(destination, memory);
  }
  // Where the two parts overlap, they are the same bytes of memory.
  if (rest != 0) a_.or_(destination, data());
}

void X64Mover::ConvertMemory(const Gp& destination, const Mem& source, const Move& move) {
  Mem memory = source;
  memory.setSize(move.size);
  switch (move.conversion) {
    case Conversion::kBool:
      memory.setSize(1);
      a_.cmp(memory, 0);
      a_.setne(destination.r8());
      a_.movzx(destination.r32(), destination.r8());
      break;
    case Conversion::kZeroExtend:
      LoadGeneral(destination, source, move.size);
      break;
    default: {
      assert(move.conversion == Conversion::kSignExtend);
      const Gp wide = move.width == 8 ? destination : destination.r32();
      move.size == 4 ? a_.movsxd(destination, memory) : a_.movsx(wide, memory);
    }
  }
}

void X64Mover::Truncate(const Gp& destination, const Location& source) {
  if (source.is_memory()) {
    Mem memory = Operand(source);
    memory.setSize(8);
    a_.cvttsd2si(destination, memory);
  } else if (source.file == RegisterFile::kVector) {
    a_.cvttsd2si(destination, x86::xmm(source.number));
  } else {
    a_.movq(vector_data(), x86::gpq(source.number));
    a_.cvttsd2si(destination, vector_data());
  }
}

void X64Mover::ConvertRegister(const Gp& destination, const Gp& source, const Move& move) {
  switch (move.conversion) {
    case Conversion::kBool:
      a_.test(source.r8(), source.r8());
      a_.setne(destination.r8());
      a_.movzx(destination.r32(), destination.r8());
      break;
    case Conversion::kSignExtend: {
      const Gp wide = move.width == 8 ? destination : destination.r32();
      if (move.size == 4) {
        a_.movsxd(destination, source.r32());
      } else {
        move.size == 1 ? a_.movsx(wide, source.r8()) : a_.movsx(wide, source.r16());
      }
      break;
    }
    case Conversion::kZeroExtend:
      if (move.size == 1) {
        a_.movzx(destination.r32(), source.r8());
      } else if (move.size == 2) {
        a_.movzx(destination.r32(), source.r16());
      } else {
        a_.mov(destination.r32(), source.r32());
      }
      break;
    default:
      assert(move.conversion == Conversion::kCopy);
      if (destination == source) break;
      move.size <= 4 ? a_.mov(destination.r32(), source.r32()) : a_.mov(destination, source);
  }
}

void X64Mover::ToVector(const Xmm& destination, const Move& move) {
  const Location& from = move.source;
  if (move.conversion == Conversion::kToFloat) {
    assert(from.is_register() && from.file == RegisterFile::kGeneral);
    a_.xorps(destination, destination);  // the instruction keeps the upper half, and waits for it
    a_.cvtsi2sd(destination, x86::gpq(from.number));
    return;
  }
  assert(move.conversion == Conversion::kCopy);
  if (from.is_memory()) {
    LoadVector(destination, Operand(from), move.size);
  } else if (from.file == RegisterFile::kVector) {
    if (from.number != move.destination.number) a_.movaps(destination, x86::xmm(from.number));
  } else {
    const Gp source = x86::gpq(from.number);
    move.size == 8 ? a_.movq(destination, source) : a_.movd(destination, source.r32());
  }
}

void X64Mover::LoadVector(const Xmm& destination, const Mem& source, uint32_t size) {
  switch (size) {
    case 2:
      LoadGeneral(data(), source, 2);
      a_.movd(destination, data().r32());
      break;
    case 4:
      a_.movss(destination, source);
      break;
    case 6:  // three half-precision numbers
      a_.movss(destination, source);
      a_.pinsrw(destination, At(source, 4), 2);
      break;
    case 8:
      a_.movsd(destination, source);
      break;
    case kVectorBytes:
      a_.movups(destination, source);
      break;
    default:
      Refuse(size);
  }
}

void X64Mover::Refuse(uint32_t size) {
  const std::string message = "a vector register carries no " + std::to_string(size) + " bytes";
  a_.reportError(asmjit::kErrorInvalidOperandSize, message.c_str());
}

void X64Mover::StoreVector(const Mem& destination, const Xmm& source, uint32_t size) {
  switch (size) {
    case 2:
      a_.movd(data().r32(), source);
      StoreGeneral(destination, data(), 2);
      break;
    case 4:
      a_.movss(destination, source);
      break;
    case 6:
      a_.movss(destination, source);
      a_.pextrw(data().r32(), source, 2);
      StoreGeneral(At(destination, 4), data(), 2);
      break;
    case 8:
      a_.movsd(destination, source);
      break;
    case kVectorBytes:
      a_.movups(destination, source);
      break;
    default:
      Refuse(size);
  }
}

void X64Mover::ToX87(const Move& move) {
  assert(move.source.is_memory());
  Mem memory = Operand(move.source);
  memory.setSize(10);
  a_.fld(memory);
}

void X64Mover::ToMemory(const Move& move) {
  const Location& from = move.source;
  // An indirect source and an indirect destination would want the same scratch register.
  assert(!from.is_indirect() || !move.destination.is_indirect());
  if (from.is_register() && from.file == RegisterFile::kX87) {
    Mem memory = Operand(move.destination);
    memory.setSize(10);
    a_.fstp(memory);
  } else if (move.conversion == Conversion::kToFloat) {
    ToVector(vector_data(), move);
    StoreVector(Operand(move.destination), vector_data(), 8);
  } else if (from.is_register() && from.file == RegisterFile::kVector &&
             move.conversion == Conversion::kCopy) {
    StoreVector(Operand(move.destination), x86::xmm(from.number), move.size);
  } else if (from.is_register() && move.conversion == Conversion::kCopy) {
    StoreGeneral(Operand(move.destination), x86::gpq(from.number), move.size);
  } else if (from.is_memory() && move.conversion == Conversion::kCopy) {
    const Mem source = Operand(from);
    CopyMemory(Operand(move.destination), source, move.size);
  } else if (from.kind == Location::Kind::kZero) {
    ZeroMemory(Operand(move.destination), move.size);
  } else {
    ToGeneral(data(), move);
    StoreGeneral(Operand(move.destination), data(), move.width);
  }
}

void X64Mover::StoreGeneral(const Mem& destination, const Gp& source, uint32_t size) {
  assert(size >= 1 && size <= 8);
  const uint32_t first = PowerBelow(size);
  const uint32_t rest = size - first;
  Mem memory = destination;
  memory.setSize(first);
  switch (first) {
    case 1:
      a_.mov(memory, source.r8());
      break;
    case 2:
      a_.mov(memory, source.r16());
      break;
    case 4:
      a_.mov(memory, source.r32());
      break;
    default:
      a_.mov(memory, source);
  }
  if (rest == 0) return;
  if (source != data()) a_.mov(data(), source);
  a_.shr(data(), rest * 8);
  StoreGeneral(At(destination, rest), data(), first);
}

void X64Mover::CopyMemory(const Mem& destination, const Mem& source, uint32_t size) {
  uint32_t done = 0;
  if (size > kUnrolledBytes) {
    const Label again = a_.newLabel();
    done = size & ~(kVectorBytes - 1);
    a_.xor_(data().r32(), data().r32());
    a_.bind(again);
    a_.movups(vector_data(), Indexed(source, data()));
    a_.movups(Indexed(destination, data()), vector_data());
    a_.add(data().r32(), kVectorBytes);
    a_.cmp(data().r32(), done);
    a_.jb(again);
  }
  // A rest shorter than the access is taken together with bytes that are already there.
  const uint32_t step = size >= kVectorBytes ? kVectorBytes : PowerBelow(size);
  for (; done < size; done += step) {
    if (size - done < step) done = size - step;
    if (step == kVectorBytes) {
      a_.movups(vector_data(), At(source, done));
      a_.movups(At(destination, done), vector_data());
    } else {
      LoadGeneral(data(), At(source, done), step);
      StoreGeneral(At(destination, done), data(), step);
    }
  }
}

void X64Mover::ZeroMemory(const Mem& destination, uint32_t size) {
  if (size < kVectorBytes) {
    a_.xor_(data().r32(), data().r32());
    for (uint32_t done = 0, bytes = 0; done < size; done += bytes) {
      bytes = PowerBelow(size - done);
      StoreGeneral(At(destination, done), data(), bytes);
    }
    return;
  }
  a_.xorps(vector_data(), vector_data());
  uint32_t done = 0;
  if (size > kUnrolledBytes) {
    const Label again = a_.newLabel();
    done = size & ~(kVectorBytes - 1);
    a_.xor_(data().r32(), data().r32());
    a_.bind(again);
    a_.movups(Indexed(destination, data()), vector_data());
    a_.add(data().r32(), kVectorBytes);
    a_.cmp(data().r32(), done);
    a_.jb(again);
  }
  for (; size - done >= kVectorBytes; done += kVectorBytes) {
    a_.movups(At(destination, done), vector_data());
  }
  if (done < size) a_.movups(At(destination, size - kVectorBytes), vector_data());
}

}  // namespace springboard::jit
