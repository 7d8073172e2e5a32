// pointer_view: the native half of UnsafePointerView. See binding.h.
//
// Reads memory that the script vouches for, at any alignment. Every function asks the policy first.
// Isolate thread only; stateless.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "v8_glue/binding.h"
#include "v8_glue/c_string.h"
#include "v8_glue/conversion_error.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/pointer.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// The address `offset` bytes from `pointer`; null with an exception pending unless the policy, the
// pointer and the offset allow it. `type` is the API's name of what is read there.
std::byte* AddressAt(Environment& environment, const char* type, v8::Local<v8::Value> pointer,
                     v8::Local<v8::Value> offset) {
  if (!RequirePointers(environment)) return nullptr;
  v8::Isolate* isolate = environment.isolate();
  void* base = nullptr;
  if (pointer->IsExternal()) {
    base = ExternalPointer(pointer.As<v8::External>());
  } else if (!pointer->IsNull()) {
    ThrowTypeError(isolate, "expected external");
    return nullptr;
  }
  uint64_t distance;
  if (!ToAddressInteger(offset, &distance)) {
    ThrowTypeError(isolate, "expected f64");
    return nullptr;
  }
  const uint64_t address = reinterpret_cast<uint64_t>(base) + distance;
  if (base == nullptr || address == 0) {
    ThrowTypeError(isolate, std::string("Invalid ") + type + " pointer, pointer is null");
    return nullptr;
  }
  return reinterpret_cast<std::byte*>(address);
}

v8::Local<v8::Value> Made(v8::Isolate* isolate, bool value) {
  return v8::Boolean::New(isolate, value);
}
v8::Local<v8::Value> Made(v8::Isolate* isolate, int32_t value) {
  return v8::Integer::New(isolate, value);
}
v8::Local<v8::Value> Made(v8::Isolate* isolate, uint32_t value) {
  return v8::Integer::NewFromUnsigned(isolate, value);
}
v8::Local<v8::Value> Made(v8::Isolate* isolate, uint64_t value) {
  return v8::BigInt::NewFromUnsigned(isolate, value);
}
v8::Local<v8::Value> Made(v8::Isolate* isolate, int64_t value) {
  return v8::BigInt::New(isolate, value);
}
v8::Local<v8::Value> Made(v8::Isolate* isolate, double value) {
  return v8::Number::New(isolate, value);
}
v8::Local<v8::Value> Made(v8::Isolate* isolate, const void* value) {
  return PointerToJs(isolate, value);
}

// One row per kind of number: what is in memory, what it is made a value from, its API name.
template <typename InMemory, typename AsValue>
struct Reader {
  static void Read(const Info& info, const char* type) {
    Environment& environment = *EnvironmentOf(info);
    const std::byte* address = AddressAt(environment, type, info[0], info[1]);
    if (address == nullptr) return;
    InMemory value;
    std::memcpy(&value, address, sizeof(value));
    info.GetReturnValue().Set(Made(environment.isolate(), static_cast<AsValue>(value)));
  }
};

void ReadBool(const Info& info) { Reader<uint8_t, bool>::Read(info, "bool"); }
void ReadU8(const Info& info) { Reader<uint8_t, uint32_t>::Read(info, "u8"); }
void ReadI8(const Info& info) { Reader<int8_t, int32_t>::Read(info, "i8"); }
void ReadU16(const Info& info) { Reader<uint16_t, uint32_t>::Read(info, "u16"); }
void ReadI16(const Info& info) { Reader<int16_t, int32_t>::Read(info, "i16"); }
void ReadU32(const Info& info) { Reader<uint32_t, uint32_t>::Read(info, "u32"); }
void ReadI32(const Info& info) { Reader<int32_t, int32_t>::Read(info, "i32"); }
void ReadF32(const Info& info) { Reader<float, double>::Read(info, "f32"); }
void ReadF64(const Info& info) { Reader<double, double>::Read(info, "f64"); }
void ReadPointer(const Info& info) { Reader<const void*, const void*>::Read(info, "pointer"); }

// The getters of 64-bit integers take their offset as a BigInt, and only integers convert to one.
template <typename Integer>
void ReadBig(const Info& info, const char* type) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  if (info[1]->IsNumber()) {
    const double offset = info[1].As<v8::Number>()->Value();
    if (std::trunc(offset) != offset || std::isinf(offset)) {
      return ThrowRangeError(environment.isolate(),
                             "The number " + NumberText(environment.isolate(), offset) +
                                 " cannot be converted to a BigInt because it is not an integer");
    }
  }
  Reader<Integer, Integer>::Read(info, type);
}

void ReadU64(const Info& info) { ReadBig<uint64_t>(info, "u64"); }
void ReadI64(const Info& info) { ReadBig<int64_t>(info, "i64"); }

// readCString(pointer, offset)
void ReadCString(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  const char* text =
      reinterpret_cast<const char*>(AddressAt(environment, "CString", info[0], info[1]));
  if (text == nullptr) return;
  const size_t length = std::strlen(text);
  v8::Local<v8::String> string;
  if (length > static_cast<size_t>(v8::String::kMaxLength) ||
      !v8::String::NewFromUtf8(isolate, text, v8::NewStringType::kNormal, static_cast<int>(length))
           .ToLocal(&string)) {
    return ThrowTypeError(isolate, "Invalid CString pointer, string exceeds max length");
  }
  info.GetReturnValue().Set(string);
}

// readString(pointer, name): what a cstring, cstring16 or cstring32 is that `pointer` points to.
void ReadString(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  const std::optional<JsKind> kind = KindNamed(Utf8(environment.isolate(), info[1]));
  v8::Local<v8::Value> string;
  if (StringToJs(environment.isolate(), *kind, ExternalPointer(info[0].As<v8::External>()))
          .ToLocal(&string)) {
    info.GetReturnValue().Set(string);
  }
}

// readArrayBuffer(pointer, length, offset): the memory itself, owned by whoever owned it before.
void ReadArrayBuffer(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  v8::Isolate* isolate = environment.isolate();
  std::byte* address = AddressAt(environment, "ArrayBuffer", info[0], info[2]);
  if (address == nullptr) return;
  uint64_t integer;
  if (!ToAddressInteger(info[1], &integer)) return ThrowTypeError(isolate, "expected f64");
  const int64_t length = static_cast<int64_t>(integer);
  if (length > static_cast<int64_t>(v8::TypedArray::kMaxByteLength)) {
    return ThrowRangeError(isolate, "Invalid ArrayBuffer length: " + std::to_string(length) +
                                        ", at most " +
                                        std::to_string(v8::TypedArray::kMaxByteLength) + " fit");
  }
  std::unique_ptr<v8::BackingStore> store =
      v8::ArrayBuffer::NewBackingStore(address, length < 0 ? 0 : static_cast<size_t>(length),
                                       v8::BackingStore::EmptyDeleter, nullptr);
  info.GetReturnValue().Set(v8::ArrayBuffer::New(isolate, std::move(store)));
}

// copyInto(pointer, destination, offset)
void CopyInto(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  const std::byte* address = AddressAt(environment, "ArrayBuffer", info[0], info[2]);
  if (address == nullptr) return;
  Bytes destination;
  if (!BytesOf(environment, info[1], &destination)) {
    return ThrowTypeError(environment.isolate(),
                          "Invalid ArrayBuffer, expected ArrayBuffer, SharedArrayBuffer or "
                          "ArrayBufferView as destination, got " +
                              Describe(environment.isolate(), info[1]));
  }
  if (destination.size > 0) std::memmove(destination.data, address, destination.size);
}

}  // namespace

void AddPointerViewFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  static constexpr struct {
    const char* name;
    v8::FunctionCallback callback;
  } kFunctions[] = {
      {"readBool", ReadBool},       {"readU8", ReadU8},
      {"readI8", ReadI8},           {"readU16", ReadU16},
      {"readI16", ReadI16},         {"readU32", ReadU32},
      {"readI32", ReadI32},         {"readU64", ReadU64},
      {"readI64", ReadI64},         {"readF32", ReadF32},
      {"readF64", ReadF64},         {"readPointer", ReadPointer},
      {"readCString", ReadCString}, {"readArrayBuffer", ReadArrayBuffer},
      {"readString", ReadString},   {"copyInto", CopyInto},
  };
  for (const auto& function : kFunctions) {
    AddFunction(environment, binding, function.name, function.callback);
  }
}

}  // namespace springboard::glue
