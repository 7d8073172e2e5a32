// pointer: the native half of UnsafePointer. See binding.h.
//
// A pointer object is a v8::External; it owns nothing. Every function asks the policy first.
// Isolate thread only; stateless.

#include "v8_glue/pointer.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "v8_glue/binding.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

constexpr double kTwoTo63 = 9223372036854775808.0;

// pointerCreate(value)
void Create(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  uint64_t address;
  if (!ToAddressInteger(info[0], &address)) {
    return ThrowTypeError(environment.isolate(), "expected u64");
  }
  // Unlike an offset an address has no sign: the upper half of the numbers is addresses too.
  if (info[0]->IsNumber() && info[0].As<v8::Number>()->Value() >= kTwoTo63) {
    const double number = info[0].As<v8::Number>()->Value();
    address = number < 2 * kTwoTo63 ? static_cast<uint64_t>(number)
                                    : std::numeric_limits<uint64_t>::max();
  }
  info.GetReturnValue().Set(
      PointerToJs(environment.isolate(), reinterpret_cast<const void*>(address)));
}

// pointerEquals(a, b); api.js has answered for null.
void Equals(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  if (!info[0]->IsExternal() || !info[1]->IsExternal()) {
    return ThrowTypeError(environment.isolate(), "expected external");
  }
  info.GetReturnValue().Set(ExternalPointer(info[0].As<v8::External>()) ==
                            ExternalPointer(info[1].As<v8::External>()));
}

// pointerOf(buffer); api.js has answered for callbacks and keeps the buffer alive.
void Of(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  v8::Isolate* isolate = environment.isolate();
  Bytes bytes;
  if (!BytesOf(environment, info[0], &bytes)) {
    v8::String::Utf8Value type(isolate, info[0]->TypeOf(isolate));
    return ThrowTypeError(isolate,
                          "Cannot access pointer: expected 'ArrayBuffer', 'SharedArrayBuffer', "
                          "'ArrayBufferView' or 'UnsafeCallbackPrototype', received " +
                              std::string(*type, static_cast<size_t>(type.length())));
  }
  const void* address = bytes.data;
  if (bytes.size == 0 && info[0]->IsArrayBufferView()) {
    // As Deno has it: an empty typed array gives its buffer's own address, an empty DataView none.
    address = info[0]->IsTypedArray() ? info[0].As<v8::TypedArray>()->Buffer()->Data() : nullptr;
  }
  info.GetReturnValue().Set(PointerToJs(isolate, address));
}

// pointerOffset(pointer, n)
void Offset(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  v8::Isolate* isolate = environment.isolate();
  if (!info[0]->IsExternal() && !info[0]->IsNull()) {
    return ThrowTypeError(isolate, "expected external");
  }
  uint64_t offset;
  if (!ToAddressInteger(info[1], &offset)) return ThrowTypeError(isolate, "expected f64");
  if (info[0]->IsNull()) {
    return ThrowTypeError(isolate, "Invalid pointer to offset, pointer is null");
  }
  const uint64_t address =
      reinterpret_cast<uint64_t>(ExternalPointer(info[0].As<v8::External>())) + offset;
  info.GetReturnValue().Set(PointerToJs(isolate, reinterpret_cast<const void*>(address)));
}

// pointerValue(pointer)
void Value(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  uint64_t address = 0;
  if (info[0]->IsExternal()) {
    address = reinterpret_cast<uint64_t>(ExternalPointer(info[0].As<v8::External>()));
  } else if (!info[0]->IsNull()) {
    return ThrowTypeError(environment.isolate(), "expected external");
  }
  info.GetReturnValue().Set(v8::BigInt::NewFromUnsigned(environment.isolate(), address));
}

// isPointer(value): whether it is a pointer object
void IsPointer(const Info& info) { info.GetReturnValue().Set(info[0]->IsExternal()); }

}  // namespace

bool ToAddressInteger(v8::Local<v8::Value> value, uint64_t* integer) {
  if (value->IsBigInt()) {
    *integer = value.As<v8::BigInt>()->Uint64Value();
    return true;
  }
  if (!value->IsNumber()) return false;
  const double number = value.As<v8::Number>()->Value();
  if (std::isnan(number)) {
    *integer = 0;
  } else if (number >= kTwoTo63) {
    *integer = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  } else if (number < -kTwoTo63) {
    *integer = static_cast<uint64_t>(std::numeric_limits<int64_t>::min());
  } else {
    *integer = static_cast<uint64_t>(static_cast<int64_t>(number));
  }
  return true;
}

void AddPointerFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "pointerCreate", Create);
  AddFunction(environment, binding, "pointerEquals", Equals);
  AddFunction(environment, binding, "pointerOf", Of);
  AddFunction(environment, binding, "pointerOffset", Offset);
  AddFunction(environment, binding, "pointerValue", Value);
  AddFunction(environment, binding, "isPointer", IsPointer);
}

}  // namespace springboard::glue
