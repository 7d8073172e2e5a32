// ObjectLayout: where an engine's objects keep what fast stubs read of them.
//
// A stub knows no engine: whoever makes one says, as data, how a tagged value is told from another
// and where its bytes are (v8_glue/object_layout.h does so for V8, after proving it at start-up).
// Values; any thread.
//
// A handle is the address of a tagged value. A value whose lowest bit is 0 is a small integer, in
// its upper 32 bits. Every other one is the address of an object plus 1; an object begins with the
// address plus 1 of its map, and the map says which type the object is of.

#ifndef SPRINGBOARD_FFI_JIT_OBJECT_LAYOUT_H_
#define SPRINGBOARD_FFI_JIT_OBJECT_LAYOUT_H_

#include <cstdint>

namespace springboard::jit {

// Offsets are from the object's address in bytes, at most 127.
struct ObjectLayout {
  // The tagged value that stands for no bytes at all.
  uint64_t null_value = 0;

  uint8_t map_type = 0;  // in a map, 16 bits: one of the following
  uint16_t typed_array = 0;
  uint16_t data_view = 0;
  uint16_t array_buffer = 0;
  uint16_t number = 0;   // a 64-bit floating-point number that is an object
  uint16_t big_int = 0;  // an integer of any size

  // Typed arrays. Their bytes begin at external pointer + base pointer; the latter is not 0 exactly
  // when the bytes are part of the engine's heap, where a collection may move them.
  uint8_t view_buffer = 0;    // the array buffer, tagged
  uint8_t view_bits = 0;      // 32 bits; any of view_variable is set when the length may change
  uint8_t view_variable = 0;  //
  uint8_t view_length = 0;    // bytes
  uint8_t view_external = 0;
  uint8_t view_base = 0;
  // Data views; of a variable length they are of another type. Buffer and length as above.
  uint8_t data_view_data = 0;
  // Array buffers. A detached one has no store, although its views keep their lengths and pointers.
  uint8_t buffer_length = 0;  // bytes
  uint8_t buffer_store = 0;   // the address of the bytes

  uint8_t number_value = 0;
  // Big integers: 32 bits of which bit 0 is the sign and the rest the number of 64-bit digits, and
  // the lowest digit of the magnitude.
  uint8_t big_int_bits = 0;
  uint8_t big_int_digit = 0;

  // Strings of one byte per character that lie in one piece: the type, of which only the bits of
  // the mask count, 32 bits with the number of characters, and the first character. An object's
  // memory is a multiple of 8 bytes.
  uint16_t string_type = 0;
  uint16_t string_mask = 0;
  uint8_t string_length = 0;
  uint8_t string_characters = 0;
  // Two strings as one, of which the second is the empty string once they have been put together
  // in the first; and a string that stands for another. Types as above.
  uint16_t pair_type = 0;
  uint16_t thin_type = 0;
  uint64_t empty_string = 0;  // tagged
  uint8_t pair_first = 0;
  uint8_t pair_second = 0;
  uint8_t thin_actual = 0;

  bool operator==(const ObjectLayout&) const = default;
};

}  // namespace springboard::jit

#endif  // SPRINGBOARD_FFI_JIT_OBJECT_LAYOUT_H_
