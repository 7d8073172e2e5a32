// library_file: what can be told from a library's file before the system's loader maps it.
//
// The loader trusts a file's headers: it maps what they promise, and touching a page that the file
// has lost ends the process (SIGBUS). It waits for a writer of a named pipe for ever, copies a name
// of any length to its stack, and says of a library for another processor that there is no such
// file. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_LIBRARY_FILE_H_
#define SPRINGBOARD_V8_GLUE_LIBRARY_FILE_H_

#include <string>

#include "abi/status.h"

namespace springboard::glue {

// A Status if the loader must not be given `path`, or would say nothing useful of it. Ok() says
// only that the loader may judge: in particular of names without a slash, which it alone can look
// up, of files that cannot be opened, and of what a library depends on. The file may change before
// the loader reads it.
Status CheckLibraryFile(const std::string& path);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_LIBRARY_FILE_H_
