// errno_names: what the numbers that errno has are called. No V8; any thread.

#ifndef SPRINGBOARD_V8_GLUE_ERRNO_NAMES_H_
#define SPRINGBOARD_V8_GLUE_ERRNO_NAMES_H_

#include <string>
#include <string_view>

namespace springboard::glue {

// "ENOENT"; nothing for a number that the platform has no name for.
std::string_view ErrnoName(int number);

// "No such file or directory", in English; something for every number.
std::string ErrnoText(int number);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_ERRNO_NAMES_H_
