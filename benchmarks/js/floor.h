// floor: makes V8 functions out of a native function's name and its types in JavaScript and in C,
// for the files floor_*.cc, which hold one family of rows each.
//
// A function has what V8 offers a careful author: a fast version that optimised code enters
// directly, with the conversions that C does and a call through a pointer; and a callback for all
// other code. It checks nothing that its row does not need. The callees are those of
// native/calls.c, found by Load. Isolate thread only; types and callees live as long as the
// process.

#ifndef SPRINGBOARD_BENCHMARKS_JS_FLOOR_H_
#define SPRINGBOARD_BENCHMARKS_JS_FLOOR_H_

#include <v8.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "benchmarks/js/floor_values.h"
#include "v8_glue/fast_api.h"

namespace springboard::floor {

// A string that can be a template argument.
template <size_t kSize>
struct Text {
  constexpr Text(const char (&text)[kSize]) { std::copy_n(text, kSize, characters); }  // NOLINT
  char characters[kSize];
};

using AnyFunction = void (*)();

// Notes that `*slot` wants the address of `symbol`; Load (floor.cc) fills it in.
void WantSymbol(const char* symbol, AnyFunction* slot);

// The object that gets the functions, and where it lives.
struct Exports {
  v8::Isolate* isolate;
  v8::Local<v8::Context> context;
  v8::Local<v8::Object> object;
};

// Defines exports[name]: `fast` has the result and arguments of `info`, the receiver first.
void DefineFunction(const Exports& exports, const char* name, v8::FunctionCallback slow,
                    const v8::CFunction* fast);

// Where a fast function that returns nothing leaves its result; exports.block shows it.
extern uint64_t result_block;

template <Text kSymbol, typename InJs, typename InC>
struct Fast;

// One function of JavaScript types (R and A) over one of C types (CR and CA).
template <Text kSymbol, typename R, typename... A, typename CR, typename... CA>
struct Fast<kSymbol, R(A...), CR(CA...)> {
  static inline AnyFunction callee = nullptr;

  static R Call(A... arguments) {
    return static_cast<R>(std::bit_cast<CR (*)(CA...)>(callee)(Convert<CA>(arguments)...));
  }
  static R Direct(Receiver, A... arguments) { return Call(arguments...); }
  static void IntoBlock(Receiver, A... arguments) {
    const R result = Call(arguments...);
    std::memcpy(&result_block, &result, sizeof(result));
  }

  template <typename Entry, size_t... kIndex>
  static void Slow(Entry* entry, const v8::FunctionCallbackInfo<v8::Value>& info,
                   std::index_sequence<kIndex...>) {
    if constexpr (std::is_void_v<decltype(entry(Receiver(), std::declval<A>()...))>) {
      entry(Receiver(), FromJs<A>(info[kIndex])...);
    } else {
      ToJs(info, entry(Receiver(), FromJs<A>(info[kIndex])...));
    }
  }
  static void SlowDirect(const v8::FunctionCallbackInfo<v8::Value>& info) {
    Slow(Direct, info, std::index_sequence_for<A...>());
  }
  static void SlowIntoBlock(const v8::FunctionCallbackInfo<v8::Value>& info) {
    Slow(IntoBlock, info, std::index_sequence_for<A...>());
  }
};

// What V8 is told of a fast function; never freed.
template <typename R, typename... A>
const v8::CFunction* Describe(R (*entry)(Receiver, A...)) {
  using Type = v8::CTypeInfo;
  static const Type arguments[] = {Type(Type::Type::kV8Value), Type(kTypeInJs<A>)...};
  const auto* info = new v8::CFunctionInfo(Type(kTypeInJs<R>), sizeof...(A) + 1, arguments,
                                           v8::CFunctionInfo::Int64Representation::kBigInt);
  return new v8::CFunction(reinterpret_cast<const void*>(entry), info);
}

// Defines exports[name].
template <Text kSymbol, typename InJs, typename InC = InJs>
void Define(const Exports& exports, const char* name) {
  using Function = Fast<kSymbol, InJs, InC>;
  WantSymbol(kSymbol.characters, &Function::callee);
  DefineFunction(exports, name, Function::SlowDirect, Describe(Function::Direct));
}

// And name_void, which leaves the result in the block.
template <Text kSymbol, typename InJs, typename InC = InJs>
void DefineBoth(const Exports& exports, const char* name, const char* name_void) {
  using Function = Fast<kSymbol, InJs, InC>;
  Define<kSymbol, InJs, InC>(exports, name);
  DefineFunction(exports, name_void, Function::SlowIntoBlock, Describe(Function::IntoBlock));
}

// One family each.
void DefineScalars(const Exports& exports);
void DefineArrays(const Exports& exports);
void DefineCallback(const Exports& exports);

}  // namespace springboard::floor

#endif  // SPRINGBOARD_BENCHMARKS_JS_FLOOR_H_
