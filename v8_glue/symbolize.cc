// symbolize: see symbolize.h. ELF's tables are those of the System V gABI, chapter 5, "Dynamic
// Section", and of GNU's hash section.

#include "v8_glue/symbolize.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "v8_glue/raw_output.h"

namespace springboard::glue {

namespace {

constinit std::array<char, 4096> program_path = {};

// A module's dynamic symbols.
struct Symbols {
  const ElfW(Sym) * table = nullptr;
  const char* names = nullptr;
  uint32_t count = 0;
};

// The table does not say how long it is: the last chain of the hash table ends where it does.
uint32_t CountFromGnuHash(const uint32_t* hash) {
  const uint32_t buckets = hash[0];
  const uint32_t first = hash[1];
  const uint32_t filter_words = hash[2];
  const uint32_t* bucket = hash + 4 + filter_words * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
  const uint32_t* chain = bucket + buckets;
  uint32_t last = *std::max_element(bucket, bucket + buckets);
  if (last < first) return first;
  while ((chain[last - first] & 1) == 0) ++last;
  return last + 1;
}

Symbols SymbolsOf(const link_map& module) {
  Symbols symbols;
  const uint32_t* gnu_hash = nullptr;
  for (const ElfW(Dyn)* entry = module.l_ld; entry->d_tag != DT_NULL; ++entry) {
    // The loader adds the base to these addresses, except where it cannot write (the vDSO).
    ElfW(Addr) address = entry->d_un.d_ptr;
    if (address < module.l_addr) address += module.l_addr;
    switch (entry->d_tag) {
      case DT_SYMTAB:
        symbols.table = reinterpret_cast<const ElfW(Sym)*>(address);
        break;
      case DT_STRTAB:
        symbols.names = reinterpret_cast<const char*>(address);
        break;
      case DT_HASH:
        symbols.count = reinterpret_cast<const uint32_t*>(address)[1];
        break;
      case DT_GNU_HASH:
        gnu_hash = reinterpret_cast<const uint32_t*>(address);
        break;
      default:
        break;
    }
  }
  if (symbols.count == 0 && gnu_hash != nullptr) symbols.count = CountFromGnuHash(gnu_hash);
  if (symbols.table == nullptr || symbols.names == nullptr) symbols.count = 0;
  return symbols;
}

// The exported symbol at or before `offset` (from the module's base); null if there is none.
const ElfW(Sym) * NearestSymbol(const Symbols& symbols, uint64_t offset) {
  const ElfW(Sym)* nearest = nullptr;
  for (uint32_t i = 0; i < symbols.count; ++i) {
    const ElfW(Sym)& symbol = symbols.table[i];
    const unsigned type = ELF64_ST_TYPE(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS || symbol.st_value > offset ||
        (type != STT_FUNC && type != STT_OBJECT && type != STT_GNU_IFUNC && type != STT_NOTYPE)) {
      continue;
    }
    if (nearest == nullptr || symbol.st_value > nearest->st_value ||
        (symbol.st_value == nearest->st_value && symbol.st_size > nearest->st_size)) {
      nearest = &symbol;
    }
  }
  return nearest;
}

}  // namespace

const link_map* ModuleOf(uint64_t address) {
  dl_find_object found;
  if (_dl_find_object(reinterpret_cast<void*>(address), &found) != 0) return nullptr;
  return found.dlfo_link_map;
}

const char* PathOf(const link_map& module) {
  if (module.l_name != nullptr && module.l_name[0] != '\0') return module.l_name;
  return program_path.data();
}

void WritePlace(RawOutput& out, const link_map& module, uint64_t address, bool near) {
  const uint64_t offset = address - module.l_addr;
  const Symbols symbols = SymbolsOf(module);
  const ElfW(Sym)* symbol = NearestSymbol(symbols, offset);
  const uint64_t behind = symbol == nullptr ? 0 : offset - symbol->st_value;
  const bool inside = symbol != nullptr && behind < std::max<uint64_t>(symbol->st_size, 1);
  if (inside || (near && symbol != nullptr)) {
    out.Text(inside ? "" : "near ").Text(symbols.names + symbol->st_name);
    if (behind > 0) out.Text("+").Hex(behind);
    out.Text(" ");
  }
  out.Text("(").Text(PathOf(module)).Text("+").Hex(offset).Text(")");
}

void PrepareSymbols() {
  const ssize_t size = readlink("/proc/self/exe", program_path.data(), program_path.size() - 1);
  program_path[static_cast<size_t>(std::max<ssize_t>(size, 0))] = '\0';
}

}  // namespace springboard::glue
