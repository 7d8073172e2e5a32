// open_named: opening what a program names: a path, or a library's bare name that is searched for.
//
// Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_OPEN_NAMED_H_
#define SPRINGBOARD_V8_GLUE_OPEN_NAMED_H_

#include <v8.h>

#include <optional>
#include <string>

#include "v8_glue/native_library.h"

namespace springboard::glue {

class Environment;

// Reads `flags` of dlopen's options, an array of names. Throws a TypeError and returns false on bad
// input.
bool ReadOpenFlags(Environment& environment, v8::Local<v8::Object> options,
                   NativeLibrary::Flags* flags);

// Opens `path`, which the policy allows; if the loader does not and it is a bare name, the first
// of its LibraryFiles() that loads. The policy is asked for every file before it
// is opened. Nothing with an exception pending.
std::optional<NativeLibrary> OpenNamed(Environment& environment, const std::string& path,
                                       NativeLibrary::Flags flags);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_OPEN_NAMED_H_
