// memory: reading, writing, viewing and copying memory by type, and buffers that call a function
// when they are gone. See binding.h; memory.js is the API over it.
//
// A place is a pointer, whose length nobody knows, or a buffer, within which everything has to
// stay. Every function asks the policy first. Isolate thread only, but for the deleters of
// backing stores, which V8 calls on any thread and which may outlive the environment.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "v8_glue/binding.h"
#include "v8_glue/convert.h"
#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/js_type.h"
#include "v8_glue/pointer.h"
#include "v8_glue/tethered.h"
#include "v8_glue/type_handle.h"
#include "v8_glue/v8_compat.h"

namespace springboard::glue {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

struct Place {
  std::byte* data = nullptr;
  std::optional<uint64_t> size;
};

// Throws and returns false unless `value` is a place; `what` is done with it.
bool PlaceOf(Environment& environment, const std::string& what, v8::Local<v8::Value> value,
             Place* place) {
  v8::Isolate* isolate = environment.isolate();
  if (value->IsExternal()) {
    place->data = static_cast<std::byte*>(ExternalPointer(value.As<v8::External>()));
    return true;
  }
  if (value->IsNull()) {
    ThrowTypeError(isolate, "Invalid pointer of " + what + ", pointer is null");
    return false;
  }
  Bytes bytes;
  if (!BytesOf(environment, value, &bytes)) {
    ThrowTypeError(isolate, "Invalid pointer of " + what +
                                ", expected a pointer, memory or a buffer: got " +
                                Describe(isolate, value));
    return false;
  }
  *place = {bytes.data, bytes.size};
  return true;
}

// Whether `size` bytes at `offset` are in `place`; throws if not.
bool Within(Environment& environment, const std::string& what, const Place& place, int64_t offset,
            uint64_t size) {
  if (!place.size) return true;
  if (offset >= 0 && static_cast<uint64_t>(offset) <= *place.size &&
      size <= *place.size - static_cast<uint64_t>(offset)) {
    return true;
  }
  ThrowRangeError(environment.isolate(), what + " of " + std::to_string(size) +
                                             " bytes at offset " + std::to_string(offset) +
                                             " is out of bounds: the memory has " +
                                             std::to_string(*place.size) + " bytes");
  return false;
}

// The address of `size` bytes at `offset` of `place`; null with an exception pending.
std::byte* AddressIn(Environment& environment, const char* what, v8::Local<v8::Value> value,
                     v8::Local<v8::Value> offset, uint64_t size) {
  Place place;
  uint64_t distance;
  if (!PlaceOf(environment, what, value, &place)) return nullptr;
  if (!ToAddressInteger(offset, &distance)) {
    ThrowTypeError(environment.isolate(), std::string("Invalid offset of ") + what +
                                              ", expected a number: got " +
                                              Describe(environment.isolate(), offset));
    return nullptr;
  }
  if (!Within(environment, what, place, static_cast<int64_t>(distance), size)) return nullptr;
  return reinterpret_cast<std::byte*>(reinterpret_cast<uint64_t>(place.data) + distance);
}

// memoryRead(place, handle, offset)
void Read(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  const JsType& type = TypeHandle::Of(info[1]);
  const std::byte* address = AddressIn(environment, "read", info[0], info[2], type.size);
  v8::Local<v8::Value> value;
  if (address != nullptr &&
      ToJs(environment, type, address, {"read", ConversionSite::kVariable}).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// memoryWrite(place, handle, offset, value)
void Write(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  const JsType& type = TypeHandle::Of(info[1]);
  uint64_t slot = 0;
  if (IsString(type.kind)) {
    return ThrowTypeError(environment.isolate(),
                          "unsupported type '" + std::string(TraitsOf(type.kind).name) +
                              "' of what is written: nobody would own the memory");
  }
  std::vector<std::byte> aggregate(type.behind_slot ? type.size : 0);
  // The value first: what it is converted from may move.
  if (!FromJs(environment, type, false, info[3], &slot, aggregate.data(),
              {"write", ConversionSite::kVariable})) {
    return;
  }
  std::byte* address = AddressIn(environment, "write", info[0], info[2], type.size);
  if (address == nullptr) return;
  // All hosts are little-endian: the first bytes of a slot are those of a narrower value.
  const void* bytes = aggregate.empty() ? static_cast<const void*>(&slot) : aggregate.data();
  std::memcpy(address, bytes, type.size);
}

// memoryCopy(to, from, length: a natural number)
void Copy(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  const auto length = static_cast<uint64_t>(info[2].As<v8::Number>()->Value());
  Place to;
  Place from;
  if (!PlaceOf(environment, "copy", info[0], &to) ||
      !PlaceOf(environment, "copy", info[1], &from) ||
      !Within(environment, "copy", to, 0, length) ||
      !Within(environment, "copy", from, 0, length)) {
    return;
  }
  if (length > 0) std::memmove(to.data, from.data, length);
}

bool FitsArray(Environment& environment, uint64_t length) {
  if (length <= v8::TypedArray::kMaxByteLength) return true;
  ThrowRangeError(environment.isolate(),
                  "Invalid ArrayBuffer length: " + std::to_string(length) + ", at most " +
                      std::to_string(v8::TypedArray::kMaxByteLength) + " fit");
  return false;
}

// memoryView(place, length: a natural number, or undefined for what is known to be there)
void View(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  v8::Isolate* isolate = environment.isolate();
  Place place;
  if (!PlaceOf(environment, "view", info[0], &place)) return;
  if (info[1]->IsUndefined() && !place.size) {
    return ThrowTypeError(isolate, "a view of a pointer needs a length");
  }
  const uint64_t length = info[1]->IsUndefined()
                              ? *place.size
                              : static_cast<uint64_t>(info[1].As<v8::Number>()->Value());
  if (!Within(environment, "view", place, 0, length) || !FitsArray(environment, length)) return;
  if (info[0]->IsExternal()) {
    std::unique_ptr<v8::BackingStore> store = v8::ArrayBuffer::NewBackingStore(
        place.data, length, v8::BackingStore::EmptyDeleter, nullptr);
    return info.GetReturnValue().Set(
        v8::Uint8Array::New(v8::ArrayBuffer::New(isolate, std::move(store)), 0, length));
  }
  if (info[0]->IsSharedArrayBuffer()) {
    return info.GetReturnValue().Set(
        v8::Uint8Array::New(info[0].As<v8::SharedArrayBuffer>(), 0, length));
  }
  if (info[0]->IsArrayBuffer()) {
    return info.GetReturnValue().Set(v8::Uint8Array::New(info[0].As<v8::ArrayBuffer>(), 0, length));
  }
  const auto view = info[0].As<v8::ArrayBufferView>();
  info.GetReturnValue().Set(v8::Uint8Array::New(view->Buffer(), view->ByteOffset(), length));
}

// What is to be called when the bytes of a buffer are gone. The environment owns it; the deleter,
// which may run at any time and on any thread, has the link.
class BufferEnd : public Owned {
 public:
  struct Link {
    std::mutex mutex;
    BufferEnd* end = nullptr;  // null once it has been called, or its environment is gone
  };

  BufferEnd(Environment& environment, v8::Local<v8::Function> freed)
      : environment_(environment),
        freed_(environment.isolate(), freed),
        link_(std::make_shared<Link>()) {
    link_->end = this;
  }
  ~BufferEnd() override {
    const std::lock_guard<std::mutex> lock(link_->mutex);
    link_->end = nullptr;
  }

  const std::shared_ptr<Link>& link() const { return link_; }

  // A v8::BackingStore's; `data` is a std::shared_ptr<Link>.
  static void Delete(void*, size_t, void* data) {
    const std::unique_ptr<std::shared_ptr<Link>> link(static_cast<std::shared_ptr<Link>*>(data));
    const std::lock_guard<std::mutex> lock((*link)->mutex);
    if ((*link)->end == nullptr) return;
    // On the isolate's thread alone the environment goes away.
    (*link)->end->environment_.host().PostTask([link = *link] {
      if (link->end != nullptr) link->end->Call();
    });
  }

 private:
  // A host task.
  void Call() {
    v8::Isolate* isolate = environment_.isolate();
    const v8::HandleScope handles(isolate);
    const v8::Local<v8::Context> context = environment_.context();
    const v8::Context::Scope entered(context);
    const v8::Local<v8::Function> freed = freed_.Get(isolate);
    Host& host = environment_.host();
    Environment::Free(this);
    bool terminated = false;
    {
      const v8::TryCatch catcher(isolate);
      if (!freed->Call(context, v8::Undefined(isolate), 0, nullptr).IsEmpty()) return;
      terminated = catcher.HasTerminated();
      if (!terminated) {
        host.Report("the function that frees the memory of an ArrayBuffer threw: " +
                    ExceptionText(isolate, catcher.Exception()));
      }
    }
    if (terminated) isolate->TerminateExecution();
  }

  Environment& environment_;
  v8::Global<v8::Function> freed_;
  const std::shared_ptr<Link> link_;
};

// memoryOwned(pointer, length: a natural number, freed) -> an ArrayBuffer of the memory itself;
// `freed` is called when nothing can use its bytes any more, also after a transfer.
void OwnedBuffer(const Info& info) {
  Environment& environment = *EnvironmentOf(info);
  if (!RequirePointers(environment)) return;
  v8::Isolate* isolate = environment.isolate();
  const auto length = static_cast<uint64_t>(info[1].As<v8::Number>()->Value());
  Place place;
  if (!PlaceOf(environment, "toArrayBuffer", info[0], &place)) return;
  if (place.size) return ThrowTypeError(isolate, "toArrayBuffer expects a pointer: got a buffer");
  if (!FitsArray(environment, length)) return;
  auto end = std::make_unique<BufferEnd>(environment, info[2].As<v8::Function>());
  auto* data = new std::shared_ptr<BufferEnd::Link>(end->link());
  environment.Adopt(std::move(end));
  info.GetReturnValue().Set(v8::ArrayBuffer::New(
      isolate, v8::ArrayBuffer::NewBackingStore(place.data, length, BufferEnd::Delete, data)));
}

}  // namespace

void AddMemoryFunctions(Environment& environment, v8::Local<v8::Object> binding) {
  AddFunction(environment, binding, "memoryRead", Read);
  AddFunction(environment, binding, "memoryWrite", Write);
  AddFunction(environment, binding, "memoryCopy", Copy);
  AddFunction(environment, binding, "memoryView", View);
  AddFunction(environment, binding, "memoryOwned", OwnedBuffer);
}

}  // namespace springboard::glue
