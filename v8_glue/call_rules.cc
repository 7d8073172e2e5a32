// call_rules: see call_rules.h.

#include "v8_glue/call_rules.h"

#include <span>
#include <string>

#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/words.h"

namespace springboard::glue {

namespace {

// Throws a TypeError: `value` is not what the field may be. Returns false.
bool Refuse(v8::Isolate* isolate, v8::Local<v8::Value> value, std::string_view expected,
            std::string_view site, Word word) {
  std::string message = "invalid type: " + Describe(isolate, value) + ", expected ";
  message.append(expected).append(": ").append(site).append(site.empty() ? "" : ", ");
  message.append("field '").append(Words::Text(word)).append("'");
  ThrowTypeError(isolate, message);
  return false;
}

// Reads `memory`, of which there is one value.
bool ReadMemory(Environment& environment, v8::Local<v8::Object> object, std::string_view site,
                bool* strict_memory) {
  const Words& words = environment.words();
  v8::Local<v8::Value> value;
  if (!words.ReadOwn(environment.context(), object, Word::kMemory, &value)) return false;
  if (value->IsNullOrUndefined()) return true;
  *strict_memory = value->StrictEquals(words.Get(Word::kStrict));
  return *strict_memory || Refuse(environment.isolate(), value, "'strict'", site, Word::kMemory);
}

struct AbiRow {
  std::string_view name;
  const abi::Convention* convention;
};

// Those that native code in this process may have.
std::span<const AbiRow> HostAbis() {
  static const AbiRow kX64[] = {{"sysv", &abi::SysvX64()}, {"win64", &abi::Win64()}};
  if (abi::HostConvention().architecture == abi::Architecture::kX64) return kX64;
  return {};
}

// Reads `abi`, a row of HostAbis().
bool ReadAbi(Environment& environment, v8::Local<v8::Object> object, std::string_view site,
             const abi::Convention** convention) {
  v8::Isolate* isolate = environment.isolate();
  v8::Local<v8::Value> value;
  if (!environment.words().ReadOwn(environment.context(), object, Word::kAbi, &value)) return false;
  if (value->IsNullOrUndefined()) return true;
  std::string expected;
  for (const AbiRow& row : HostAbis()) {
    if (value->StrictEquals(Name(isolate, row.name))) {
      *convention = row.convention;
      return true;
    }
    expected.append(expected.empty() ? "'" : " or '").append(row.name).append("'");
  }
  if (expected.empty()) expected = "nothing: this processor has one calling convention here";
  return Refuse(isolate, value, expected, site, Word::kAbi);
}

}  // namespace

bool ReadFlag(Environment& environment, v8::Local<v8::Object> object, Word word,
              std::string_view site, bool* flag) {
  v8::Local<v8::Value> value;
  if (!environment.words().ReadOwn(environment.context(), object, word, &value)) return false;
  if (value->IsNullOrUndefined()) return true;
  *flag = value->IsTrue();
  return value->IsBoolean() || Refuse(environment.isolate(), value, "boolean", site, word);
}

bool ReadThrows(Environment& environment, v8::Local<v8::Object> object, std::string_view site,
                bool* throws_errno) {
  const Words& words = environment.words();
  v8::Local<v8::Value> value;
  if (!words.ReadOwn(environment.context(), object, Word::kThrows, &value)) return false;
  if (value->IsNullOrUndefined()) return true;
  *throws_errno = value->StrictEquals(words.Get(Word::kErrno));
  return *throws_errno || Refuse(environment.isolate(), value, "'errno'", site, Word::kThrows);
}

bool ReadCallRules(Environment& environment, v8::Local<v8::Object> object, std::string_view site,
                   CallRules* rules) {
  return ReadFlag(environment, object, Word::kStrict, site, &rules->strict) &&
         ReadMemory(environment, object, site, &rules->strict_memory) &&
         ReadFlag(environment, object, Word::kCxx, site, &rules->cxx) &&
         ReadFlag(environment, object, Word::kTrace, site, &rules->trace) &&
         ReadFlag(environment, object, Word::kErrno, site, &rules->keeps_errno) &&
         ReadAbi(environment, object, site, &rules->convention);
}

}  // namespace springboard::glue
