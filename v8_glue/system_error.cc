// system_error: what system_error.js knows of errno. See binding.h. Isolate thread only. Names and
// texts are the C library's; its texts are those that no locale translates (glibc 2.32,
// strerror(3)).

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "ffi_jit/stub.h"
#include "v8_glue/binding.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// errorName(errno) -> "ENOENT", or "" if there is none.
void ErrorName(const Info& info) {
  const int32_t number = info[0].As<v8::Int32>()->Value();
  // What it calls 0 is "0".
  const char* name = number == 0 ? nullptr : strerrorname_np(number);
  info.GetReturnValue().Set(Name(info.GetIsolate(), name == nullptr ? "" : name));
}

// errorText(errno) -> "No such file or directory"; something for every number.
void ErrorText(const Info& info) {
  const int32_t number = info[0].As<v8::Int32>()->Value();
  const char* text = strerrordesc_np(number);
  info.GetReturnValue().Set(
      Text(info.GetIsolate(), text != nullptr ? text : "Unknown error " + std::to_string(number)));
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
  static_assert(offsetof(jit::FastBlock, error) == 4 && offsetof(jit::FastBlock, result) == 8);
  binding
      ->CreateDataProperty(environment.context(), Name(environment.isolate(), "block"),
                           v8::Int32Array::New(environment.block_buffer(), 0, 4))
      .Check();
}

}  // namespace springboard::glue
