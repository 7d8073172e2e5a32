// The floor of buffers and structs, which JavaScript passes as typed arrays, and of strings.

#include <bit>

#include "benchmarks/js/floor.h"

namespace springboard::floor {
namespace {

AnyFunction add_pairs = nullptr;

// The result goes to `out` after the callee returned: the handle says where the array is by then.
void AddPairs(Receiver, Array a, Array b, Array out) {
  const Pair sum =
      std::bit_cast<Pair (*)(Pair, Pair)>(add_pairs)(Convert<Pair>(a), Convert<Pair>(b));
  std::byte* bytes = BytesNow(out, sizeof(Pair));
  std::memcpy(bytes, &sum.x, sizeof(double));
  std::memcpy(bytes + sizeof(double), &sum.y, sizeof(double));
}
void SlowAddPairs(const v8::FunctionCallbackInfo<v8::Value>& info) {
  AddPairs({}, info[0], info[1], info[2]);
}

}  // namespace

void DefineArrays(const Exports& exports) {
  DefineBoth<"bench_buffer_u32", uint32_t(Array, uint32_t), uint32_t(const uint8_t*, uint32_t)>(
      exports, "buffer_u32", "buffer_u32_void");
  DefineBoth<"bench_buffer_f64", double(Array, double), double(const uint8_t*, double)>(
      exports, "buffer_f64", "buffer_f64_void");
  DefineBoth<"bench_put_i32", int32_t(int32_t, Array), int32_t(int32_t, int32_t*)>(
      exports, "out_by_hand", "out_by_hand_void");
  DefineBoth<"bench_strlen", uint32_t(Array), uint32_t(const char*)>(exports, "c_string",
                                                                     "c_string_void");
  DefineBoth<"bench_strlen", uint32_t(OneByteString), uint32_t(const char*)>(exports, "cstring",
                                                                             "cstring_void");
  DefineBoth<"bench_pairs_in", double(Array, Array), double(Pair, Pair)>(exports, "structs_in",
                                                                         "structs_in_void");
  WantSymbol("bench_add_pairs", &add_pairs);
  DefineFunction(exports, "add_pairs", SlowAddPairs, Describe(AddPairs));
}

}  // namespace springboard::floor
