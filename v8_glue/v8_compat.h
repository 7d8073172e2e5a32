// v8_compat: V8's API where the supported versions spell it differently. Stateless.
//
// From V8 14 on, embedder pointers on V8's heap carry a type tag; every pointer of Springboard has
// the default one, because pointer objects must be interchangeable with other addons' Externals.

#ifndef SPRINGBOARD_V8_GLUE_V8_COMPAT_H_
#define SPRINGBOARD_V8_GLUE_V8_COMPAT_H_

#include <v8.h>

namespace springboard::glue {

inline v8::Local<v8::External> NewExternal(v8::Isolate* isolate, const void* pointer) {
  void* mutable_pointer = const_cast<void*>(pointer);
#if V8_MAJOR_VERSION >= 14
  return v8::External::New(isolate, mutable_pointer, v8::kExternalPointerTypeTagDefault);
#else
  return v8::External::New(isolate, mutable_pointer);
#endif
}

inline void* ExternalPointer(v8::Local<v8::External> external) {
#if V8_MAJOR_VERSION >= 14
  return external->Value(v8::kExternalPointerTypeTagDefault);
#else
  return external->Value();
#endif
}

// The native object behind a handle object (binding.h); null once it is closed.
inline void SetHandlePointer(v8::Local<v8::Object> handle, void* pointer) {
#if V8_MAJOR_VERSION >= 14
  handle->SetAlignedPointerInInternalField(0, pointer, v8::kEmbedderDataTypeTagDefault);
#else
  handle->SetAlignedPointerInInternalField(0, pointer);
#endif
}

inline void* HandlePointer(v8::Local<v8::Object> handle) {
#if V8_MAJOR_VERSION >= 14
  return handle->GetAlignedPointerFromInternalField(0, v8::kEmbedderDataTypeTagDefault);
#else
  return handle->GetAlignedPointerFromInternalField(0);
#endif
}

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_V8_COMPAT_H_
