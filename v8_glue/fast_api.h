// fast_api: V8's fast-call declarations. Node ships V8's headers without them, but its binary
// exports the functions.
//
// Only what Springboard uses: how a function template is told where optimised code may call native
// code, and with which types. The structures differ between V8 13 and V8 14; layout_check.cc proves
// at start-up that this process has the ones declared here. Plain data; a CFunctionInfo and what it
// points to must outlive every function made from it, optimised code included.

#ifndef SPRINGBOARD_V8_GLUE_FAST_API_H_
#define SPRINGBOARD_V8_GLUE_FAST_API_H_

#include <v8.h>

#include <cstddef>
#include <cstdint>

namespace v8 {

class CTypeInfo {
 public:
  enum class Type : uint8_t {
    kVoid = 0,
    kBool = 1,
    kUint8 = 2,
    kInt32 = 3,
    kUint32 = 4,
    kInt64 = 5,
    kUint64 = 6,
    kFloat32 = 7,
    kFloat64 = 8,
    kPointer = 9,
    kV8Value = 10,
  };

  constexpr explicit CTypeInfo(Type type = Type::kVoid) : type_(type) {}
  Type type() const { return type_; }

 private:
  Type type_;
#if V8_MAJOR_VERSION < 14
  uint8_t sequence_type_ = 0;  // a scalar
#endif
  uint8_t flags_ = 0;  // none
};

class CFunctionInfo {
 public:
  // How JavaScript sees 64-bit integers.
  enum class Int64Representation : uint8_t { kNumber = 0, kBigInt = 1 };

  // Both are V8's own. `arguments` is not copied; the first is the receiver.
  CFunctionInfo(const CTypeInfo& result, unsigned int count, const CTypeInfo* arguments,
                Int64Representation representation);
  const CTypeInfo& ArgumentInfo(unsigned int index) const;

 private:
  friend struct FastCallLayout;
  CTypeInfo result_;
  Int64Representation representation_;
  unsigned int count_;
  const CTypeInfo* arguments_;
};

class CFunction {
 public:
  CFunction(const void* address, const CFunctionInfo* type_info);  // V8's own

 private:
  friend struct FastCallLayout;
  const void* address_;
  const CFunctionInfo* type_info_;
};

// Where the fields stand, for the start-up check.
struct FastCallLayout {
  static constexpr size_t kResult = offsetof(CFunctionInfo, result_);
  static constexpr size_t kRepresentation = offsetof(CFunctionInfo, representation_);
  static constexpr size_t kCount = offsetof(CFunctionInfo, count_);
  static constexpr size_t kArguments = offsetof(CFunctionInfo, arguments_);
  static constexpr size_t kAddress = offsetof(CFunction, address_);
  static constexpr size_t kTypeInfo = offsetof(CFunction, type_info_);
};

}  // namespace v8

#endif  // SPRINGBOARD_V8_GLUE_FAST_API_H_
