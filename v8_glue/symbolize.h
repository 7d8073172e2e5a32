// symbolize: which library and symbol an address lies in, for a signal handler.
//
// Reads what the loader has in memory: nothing is allocated or locked. Only exported symbols are
// there to be found. May fault where the loader's tables are damaged: see crash_guard.h. No V8;
// any thread.

#ifndef SPRINGBOARD_V8_GLUE_SYMBOLIZE_H_
#define SPRINGBOARD_V8_GLUE_SYMBOLIZE_H_

#include <cstdint>

struct link_map;

namespace springboard::glue {

class RawOutput;

// The module that `address` lies in; null if it lies in none.
const link_map* ModuleOf(uint64_t address);

// Where the module's file is. The program's own has the path that the process had at start.
const char* PathOf(const link_map& module);

// Writes "symbol+0x12 (/path/library.so+0x1012)". If `near`, "near symbol+0x..." where the address
// lies behind a symbol but not in it. Otherwise the path alone.
void WritePlace(RawOutput& out, const link_map& module, uint64_t address, bool near = true);

// Called once, before a signal can come: notes the program's path.
void PrepareSymbols();

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SYMBOLIZE_H_
