// v8_compat: V8's API where the supported versions spell it differently. Stateless.
//
// From V8 14 on, embedder pointers on V8's heap carry a type tag; every pointer of Springboard has
// the default one, because pointer objects must be interchangeable with other addons' Externals.

#ifndef SPRINGBOARD_V8_GLUE_V8_COMPAT_H_
#define SPRINGBOARD_V8_GLUE_V8_COMPAT_H_

#include <v8.h>

#include <cstring>

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

// What `global` holds, without a handle of its own: valid as long as `global` is neither reset nor
// destroyed, which the caller vouches for. (A Local points to a slot, and a Global's is one.)
template <typename T>
v8::Local<T> BorrowedLocal(const v8::Global<T>& global) {
#ifdef V8_ENABLE_DIRECT_HANDLE
  return global.Get(v8::Isolate::GetCurrent());
#else
  v8::Local<T> local;
  static_assert(sizeof(local) == sizeof(global));
  std::memcpy(static_cast<void*>(&local), static_cast<const void*>(&global), sizeof(local));
  return local;
#endif
}

// The value in `slot`, which V8 keeps up to date, as it does for the arguments of a fast call.
inline v8::Local<v8::Value> LocalAt(const uintptr_t* slot) {
#ifdef V8_ENABLE_DIRECT_HANDLE
  return v8::internal::ValueHelper::SlotAsValue<v8::Value>(slot);
#else
  v8::Local<v8::Value> local;
  static_assert(sizeof(local) == sizeof(slot));
  std::memcpy(static_cast<void*>(&local), static_cast<const void*>(&slot), sizeof(local));
  return local;
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
