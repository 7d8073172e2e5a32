// symbol: one native function as JavaScript calls it.
//
// Makes the fast functions and the wrapper in front of them, and is what the ordinary function
// works for: the only place that converts unusual input, moves arrays off-heap, checks for close
// and throws. Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_SYMBOL_H_
#define SPRINGBOARD_V8_GLUE_SYMBOL_H_

#include <v8.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ffi_jit/stub.h"
#include "v8_glue/fast_api.h"
#include "v8_glue/intrusive_list.h"
#include "v8_glue/library.h"
#include "v8_glue/symbol_shape.h"
#include "v8_glue/tethered.h"

namespace springboard::glue {

class CallMemory;
struct PoolCall;
struct TraceText;

// What the functions of one symbol share. Lives as long as one of them does.
class Symbol : public Tethered, public ListNode<Library> {
 public:
  struct Request {
    std::string name;  // for messages
    JsSignature signature;
    const void* target;
  };

  ~Symbol() override { environment().running_symbol().ForgetNames(); }

  // The callables for `requests`, in order. Throws and returns false, without anything that can be
  // reached, if one of them cannot be made.
  static bool MakeAll(Environment& environment, const std::shared_ptr<Library>& library,
                      std::vector<Request> requests, v8::LocalVector<v8::Function>* functions);

  // The ordinary function of all symbols: (symbol, ...arguments), and for a struct result the array
  // that is to take it, or undefined. First of all it does what the status of the fast call before
  // it asks for.
  static void Ordinary(const v8::FunctionCallbackInfo<v8::Value>& info);

  const std::string& name() const { return name_; }

  // What JavaScript gets for the bytes of a native result: `out` filled with them, if there is one.
  // Empty, with an exception pending, if that cannot be.
  v8::MaybeLocal<v8::Value> Result(v8::Local<v8::Value> out, const void* result) const;

  // Moves the stubs to where they stay until nobody runs them; the library is closed.
  void GiveUpStubs(std::vector<jit::StubCode>* stubs);

 private:
  using Info = v8::FunctionCallbackInfo<v8::Value>;

  // A JavaScript call's arguments as the native function's parameters count them.
  struct Arguments {
    const Info& info;
    int first;
    v8::Local<v8::Value> operator[](int index) const { return info[first + index]; }
  };

  // A fast function's stub, and what V8 is told about it, which V8 keeps the address of.
  struct Fast {
    Fast(jit::StubCode code, const v8::CFunctionInfo* info)
        : stub(std::move(code)), function(stub.entry(), info) {}

    jit::StubCode stub;
    v8::CFunction function;
  };

  Symbol(Environment& environment, std::shared_ptr<Library> library, std::string name,
         const SymbolShape& shape, const void* target);

  static Symbol& Of(v8::Local<v8::Value> handle);
  // What V8 calls in place of a fast stub: for kPlain and kAny, and for kStored and kStoredAny.
  static void InPlaceOfStub(const Info& info);
  static void InPlaceOfStoringStub(const Info& info);
  // The function of a nonblocking symbol, whose data is its handle (nonblocking.cc).
  static void Nonblocking(const Info& info);

  // Stamps the stubs of one variant, for symbols of one shape: of all of them or of none.
  static Status StampAll(const std::vector<Symbol*>& symbols, FastVariant variant);

  // False, with an exception pending, if there is no call to be made: a status says that a callback
  // threw, or that a result is lost.
  bool SettleStatus();
  // Notes what the native function has returned, whose call throws all the same.
  void TellReturned(uint64_t result) const;
  // Converts the arguments, calls, and returns the result to JavaScript.
  void Call(const Arguments& arguments);
  // Converts the arguments and gives the call to a pool thread, which `resolver` learns the outcome
  // of. False with an exception pending.
  bool StartOnPool(const Arguments& arguments, v8::Local<v8::Object> handle,
                   v8::Local<v8::Promise::Resolver> resolver);
  // Keeps the bytes of buffer arguments as long as `call`. False with an exception pending.
  bool HoldStores(const Arguments& arguments, PoolCall& call) const;
  // Converts the arguments, calls, fills the result. False with an exception pending.
  bool Invoke(const Arguments& arguments, CallMemory& memory);
  // Calls as `trace` and `cxx` want it: tells of the call, and stores what C++ throws. Apart,
  // because other calls would pay for it. Whether the native function returned.
  [[gnu::noinline]] bool CallTold(const Arguments& arguments, CallMemory& memory);
  // What is printed of a call whose slots have been filled.
  TraceText Trace(const Arguments& arguments, CallMemory& memory) const;
  // Fills the slots of any call. False with an exception pending.
  bool Convert(const Arguments& arguments, CallMemory& memory) const;
  // The array that the caller gave for a struct result, if any. False with an exception pending if
  // it cannot take the result.
  bool TakeOut(const Arguments& arguments, v8::Local<v8::Value>* out) const;
  bool CheckOut(v8::Local<v8::Value> out) const;
  bool StoreOut(v8::Local<v8::Value> out, const void* result) const;
  // The callee ran, but what was to take its result is gone.
  void ThrowLost() const;

  v8::MaybeLocal<v8::Function> NewFast(const Fast& fast, v8::FunctionCallback in_place,
                                       v8::Local<v8::Object> handle) const;
  v8::MaybeLocal<v8::Function> NewCallable(v8::Local<v8::Object> handle);
  // Makes the functions of kStored and kStoredAny, if there is use for them by now. False with an
  // exception pending.
  bool PrepareStored(v8::Local<v8::Object> handle);
  bool MakeStored(FastVariant variant, const char* name, v8::Local<v8::Object> handle);

  const std::shared_ptr<Library> library_;
  const std::string name_;
  const SymbolShape& shape_;
  const void* const target_;
  // By FastVariant, as far as they have been made.
  std::array<std::unique_ptr<Fast>, kFastVariants> fast_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_SYMBOL_H_
