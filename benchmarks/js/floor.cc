// floor: the addon of the JavaScript benchmarks: hand-written V8 fast functions, the least that a
// call from optimised JavaScript to native code can cost in this process; and what the memory row
// asks the C library.
//
//   load(path)       finds the callees; before any other call
//   makePointer()    a pointer object
//   mallocBytes()    bytes that malloc has handed out in this process
//   block            an ArrayBuffer over result_block
//
// Isolate thread only.

#include "benchmarks/js/floor.h"

#include <dlfcn.h>
#include <malloc.h>
#include <node.h>

#include <bit>
#include <vector>

namespace springboard::floor {

uint64_t result_block = 0;

namespace {

struct Wanted {
  const char* symbol;
  AnyFunction* slot;
};

std::vector<Wanted>& AllWanted() {
  static auto* const wanted = new std::vector<Wanted>;
  return *wanted;
}

v8::Local<v8::String> String(v8::Isolate* isolate, const char* text) {
  return v8::String::NewFromUtf8(isolate, text).ToLocalChecked();
}

void Load(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  void* library = dlopen(*v8::String::Utf8Value(isolate, info[0]), RTLD_NOW);
  for (const Wanted& wanted : AllWanted()) {
    void* address = library == nullptr ? nullptr : dlsym(library, wanted.symbol);
    if (address == nullptr) {
      isolate->ThrowException(v8::Exception::Error(String(isolate, dlerror())));
      return;
    }
    *wanted.slot = std::bit_cast<AnyFunction>(address);
  }
}

void MakePointer(const v8::FunctionCallbackInfo<v8::Value>& info) {
  void* const pointer = std::bit_cast<void*>(uintptr_t{0x1000});
  info.GetReturnValue().Set(glue::NewExternal(info.GetIsolate(), pointer));
}

void MallocBytes(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const struct mallinfo2 all = mallinfo2();
  info.GetReturnValue().Set(static_cast<double>(all.uordblks + all.hblkhd));
}

void DefineBlock(const Exports& exports) {
  auto store = v8::ArrayBuffer::NewBackingStore(
      &result_block, sizeof(result_block), [](void*, size_t, void*) {}, nullptr);
  exports.object
      ->Set(exports.context, String(exports.isolate, "block"),
            v8::ArrayBuffer::New(exports.isolate, std::move(store)))
      .Check();
}

}  // namespace

void WantSymbol(const char* symbol, AnyFunction* slot) { AllWanted().push_back({symbol, slot}); }

void DefineFunction(const Exports& exports, const char* name, v8::FunctionCallback slow,
                    const v8::CFunction* fast) {
  const v8::Local<v8::FunctionTemplate> made =
      v8::FunctionTemplate::New(exports.isolate, slow, {}, {}, 0, v8::ConstructorBehavior::kThrow,
                                v8::SideEffectType::kHasSideEffect, fast);
  exports.object
      ->Set(exports.context, String(exports.isolate, name),
            made->GetFunction(exports.context).ToLocalChecked())
      .Check();
}

}  // namespace springboard::floor

NODE_MODULE_INIT() {
  namespace floor = springboard::floor;
  static_cast<void>(module);
  const floor::Exports to = {v8::Isolate::GetCurrent(), context, exports};
  floor::DefineScalars(to);
  floor::DefineArrays(to);
  floor::DefineCallback(to);
  floor::DefineBlock(to);
  floor::DefineFunction(to, "load", floor::Load, nullptr);
  floor::DefineFunction(to, "makePointer", floor::MakePointer, nullptr);
  floor::DefineFunction(to, "mallocBytes", floor::MallocBytes, nullptr);
}
