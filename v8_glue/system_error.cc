// system_error: what system_error.js knows of errno. See binding.h. Isolate thread only.

#include <cstddef>
#include <cstdint>

#include "ffi_jit/stub.h"
#include "v8_glue/binding.h"
#include "v8_glue/environment.h"
#include "v8_glue/errno_names.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// errorName(errno) -> "ENOENT", or "" if there is none.
void ErrorName(const Info& info) {
  info.GetReturnValue().Set(Name(info.GetIsolate(), ErrnoName(info[0].As<v8::Int32>()->Value())));
}

// errorText(errno) -> "No such file or directory".
void ErrorText(const Info& info) {
  info.GetReturnValue().Set(Text(info.GetIsolate(), ErrnoText(info[0].As<v8::Int32>()->Value())));
}

// isMinusOne(pointer): whether its address is all ones.
void IsMinusOne(const Info& info) {
  const bool is_pointer = info[0]->IsExternal();
  info.GetReturnValue().Set(is_pointer && ExternalPointer(info[0].As<v8::External>()) ==
                                              reinterpret_cast<void*>(~uintptr_t{0}));
}

}  // namespace

void AddSystemErrorFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "errorName", ErrorName);
  AddFunction(environment, binding, "errorText", ErrorText);
  AddFunction(environment, binding, "isMinusOne", IsMinusOne);
  static_assert(offsetof(jit::FastBlock, error) == 4);
  binding
      ->CreateDataProperty(environment.context(), Name(environment.isolate(), "block"),
                           v8::Int32Array::New(environment.block_buffer(), 0, 2))
      .Check();
}

}  // namespace springboard::glue
