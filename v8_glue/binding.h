// binding: the native functions that api.js builds the public API from.
//
// Each AddXxx puts its functions on `binding`, an object only api.js sees. api.js is called once
// per environment with (binding) and returns the API object. The functions:
//
//   library.cc      dlopen(path: string, definitions, options) -> { symbols, handle };
//                   closeLibrary(handle); librarySymbol(handle, name, definition) -> function;
//                   libraryIsOpen(handle) -> boolean
//   form_hooks.cc   setForms(lower, ownForm, wrapSymbol, wrapCallback); describe(value) -> string;
//                   compile(names, body, url?) -> function; report(text, error)
//                   calls, a Uint32Array of CallCounts (shared_state.h)
//                   listed, an Int32Array of one element (call_uses.js)
//                   lostPointer() -> what the native function had returned when `returned` was set
//                   callsOnStack(url) -> how many functions of that url are
//                   outcomeOf(error) -> of a nonblocking call: 'refused', 'returned' or undefined
//   fn_pointer.cc   fnPointer(pointer, definition) -> function
//                   checkResult(type) throws unless it is a type that a function can return
//   layout_of.cc    layoutOf(type, at) -> { size, align, offsets } of a native type, or of a form's
//                   core, at the end of messages `at` (forms.js), or nothing
//   pointer.cc      pointerCreate(value) pointerEquals(a, b) pointerOf(value)
//                   pointerOffset(pointer, n) pointerValue(pointer) isPointer(value)
//   pointer_view.cc readBool readU8 readI8 readU16 readI16 readU32 readI32 readU64 readI64
//                   readF32 readF64 readPointer readCString (pointer, offset);
//                   readArrayBuffer(pointer, length, offset);
//                   copyInto(pointer, destination, offset); readString(pointer, type)
//   callback_binding.cc
//                   callbackCreate(definition, function, forCalls) -> { handle, pointer, target };
//                   callbackCheck(definition, site, function); callbackPause(handle);
//                   callbackResume(handle, target); callbackClose(handle)
//                   callbackHold(handle, object), undefined: lets go
//   memory.cc       memoryRead(place, handle, offset);
//                   memoryWrite(place, handle, offset, value); memoryView(place, length);
//                   memoryCopy(to, from, length); memoryOwned(pointer, length, freed) -> buffer;
//                   a place is a pointer or a buffer
//   system_error.cc
//                   errorName(errno), errorText(errno) -> string; isMinusOne(pointer) -> boolean
//                   block, an Int32Array: block[1] is errno of the last call that kept it,
//                   block[2] and [3] are FastBlock::result
//   type_handle.cc  nativeType(type, site) -> { handle, name, size, align, form }
//   slot.cc         slotStore(handle, strict, value, bytes, symbol, index)
//                   slotRead(handle, bytes, symbol, index) -> value
//                   textBytes(handle, value, symbol, index) -> bytes or null
//                   heldBytes(value, nonblocking) -> what keeps a buffer's bytes
//                   alignedOffset(buffer, align) -> offset
//   install.cc      setErrorClasses(BadResource, NotCapable)
//                   checkPointers() throws NotCapable
//
// A handle is an opaque object whose internal field holds the native object, or nothing once
// closed.

#ifndef SPRINGBOARD_V8_GLUE_BINDING_H_
#define SPRINGBOARD_V8_GLUE_BINDING_H_

#include <v8.h>

#include <string_view>

namespace springboard::glue {

class Environment;

void AddLibraryFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddFormFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddFnPointerFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddLayoutFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddPointerFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddPointerViewFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddCallbackFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddMemoryFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddSystemErrorFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddTypeFunctions(Environment& environment, v8::Local<v8::Object> binding);
void AddSlotFunctions(Environment& environment, v8::Local<v8::Object> binding);

// Defines binding[name] as a function whose EnvironmentOf(info) is `environment`.
void AddFunction(Environment& environment, v8::Local<v8::Object> binding, std::string_view name,
                 v8::FunctionCallback callback);

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_BINDING_H_
