// wrapper_text: the JavaScript text of a shape's wrappers. Pure; any thread.

#ifndef SPRINGBOARD_V8_GLUE_WRAPPER_TEXT_H_
#define SPRINGBOARD_V8_GLUE_WRAPPER_TEXT_H_

#include <array>
#include <string>

namespace springboard::glue {

struct SymbolShape;

// What the text finds by name: the environment's, in this order.
inline constexpr std::array kSharedNames = {
    "ordinary",     // (symbol, ...arguments): does everything; first of all what the status says
    "callbacks",    // the switch that the first UnsafeCallback clears
    "u32",          // the FastBlock as an array: u32[0] is the status, the result is at byte 8
    "i32",          //
    "f32",          //
    "f64",          //
    "i64",          //
    "u64",          //
    "takePointer",  // (block): the pointer object of the result
    "block",        // a pointer object of the FastBlock
    "takeString8",  // (...kept): the string that the result is the address of
    "takeString16", "takeString32",
    "Uint8Array",  // V8's own
};

// The body of a function of kSharedNames that returns a factory: (plain, any, symbol, library) =>
// wrapper (WrapperParts).
std::string WrapperText(const SymbolShape& shape);

// Whether V8 inlines such a wrapper where it is called, by an estimate of its bytecode.
bool IsInlined(const SymbolShape& shape);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_WRAPPER_TEXT_H_
