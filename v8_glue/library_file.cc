// library_file: a look at an ELF file's program headers. See library_file.h.

#include "v8_glue/library_file.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "abi/convention.h"

#if defined(__linux__)
#include <elf.h>

#include <cstring>
#endif

namespace springboard::glue {

namespace {

// A file open for reading.
class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (is_open()) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  // Whether `size` bytes at `offset` could be read.
  bool Read(uint64_t offset, void* bytes, size_t size) const {
    return pread(descriptor_, bytes, size, static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(size);
  }

 private:
  const int descriptor_;
};

#if defined(__linux__)

struct Machine {
  uint16_t number;
  const char* name;
};
constexpr Machine kMachines[] = {{EM_X86_64, "x86-64"},
                                 {EM_AARCH64, "AArch64"},
                                 {EM_386, "x86"},
                                 {EM_ARM, "ARM"},
                                 {EM_RISCV, "RISC-V"}};

std::string NameOf(uint16_t machine) {
  for (const Machine& known : kMachines) {
    if (known.number == machine) return known.name;
  }
  return "ELF machine " + std::to_string(machine);
}

uint16_t HostMachine() {
  return abi::HostConvention().architecture == abi::Architecture::kX64 ? EM_X86_64 : EM_AARCH64;
}

Status Truncated(const std::string& path, uint64_t size, uint64_t wanted) {
  return Status::Error(path + ": the file is truncated: it has " + std::to_string(size) +
                       " bytes, and its headers speak of " + std::to_string(wanted));
}

// The loader refuses by itself, and clearly, what is no ELF file of this word size and byte order.
Status CheckHeaders(const std::string& path, const File& file, uint64_t size) {
  Elf64_Ehdr header;
  if (!file.Read(0, &header, sizeof(header)) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_phentsize != sizeof(Elf64_Phdr)) {
    return Status::Ok();
  }
  if (header.e_machine != HostMachine()) {
    return Status::Error(path + ": the library is for another processor (" +
                         NameOf(header.e_machine) + ", this is " + NameOf(HostMachine()) + ")");
  }
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  const uint64_t table = segments.size() * sizeof(Elf64_Phdr);
  if (!segments.empty() && !file.Read(header.e_phoff, segments.data(), table)) {
    return Truncated(path, size, header.e_phoff + table);
  }
  for (const Elf64_Phdr& segment : segments) {
    // One that takes nothing from the file (zeroes alone) has an offset that nobody reads, and that
    // may be behind its end.
    if (segment.p_type != PT_LOAD || segment.p_filesz == 0) continue;
    const uint64_t end = segment.p_offset + segment.p_filesz;
    if (end > size || end < segment.p_offset) {
      return Truncated(path, size, end);
    }
  }
  return Status::Ok();
}

#else

Status CheckHeaders(const std::string&, const File&, uint64_t) { return Status::Ok(); }

#endif

}  // namespace

Status CheckLibraryFile(const std::string& path) {
  // No path that the system takes is longer, the final zero included.
  if (path.size() >= PATH_MAX) {
    return Status::Error("its path has " + std::to_string(path.size()) +
                         " bytes, and the system takes at most " + std::to_string(PATH_MAX - 1));
  }
  struct stat about;
  if (path.find('/') == std::string::npos || stat(path.c_str(), &about) != 0 ||
      S_ISDIR(about.st_mode)) {
    return Status::Ok();
  }
  if (!S_ISREG(about.st_mode)) return Status::Error(path + ": not a regular file");
  const File file(path);
  if (!file.is_open()) return Status::Ok();
  return CheckHeaders(path, file, static_cast<uint64_t>(about.st_size));
}

}  // namespace springboard::glue
