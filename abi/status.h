// Status and StatusOr: how abi/ and ffi_jit/ report what the world (not our own code) got wrong.
//
// A Status is either ok or carries one sentence that names the type, parameter or limit at fault,
// or says what the system refused.
// Our own mistakes are assertions. No exception crosses these layers. Values are immutable and may
// be shared between threads.

#ifndef SPRINGBOARD_ABI_STATUS_H_
#define SPRINGBOARD_ABI_STATUS_H_

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace springboard {

// The outcome of an operation without a value.
class [[nodiscard]] Status {
 public:
  static Status Ok() { return Status(); }
  static Status Error(std::string message) { return Status(std::move(message), false); }
  // The request is right, and the system has not what it needs: it may have later.
  static Status Refused(std::string message) { return Status(std::move(message), true); }

  bool ok() const { return !message_.has_value(); }
  bool refused() const { return refused_; }

  // REQUIRES: !ok().
  const std::string& message() const {
    assert(!ok());
    return *message_;
  }

 private:
  Status() = default;
  Status(std::string message, bool refused) : message_(std::move(message)), refused_(refused) {}

  std::optional<std::string> message_;
  bool refused_ = false;
};

// The outcome of an operation that yields a T, or the Status that says why it did not.
template <typename T>
class [[nodiscard]] StatusOr {
 public:
  // Implicit, so that `return value;` and `return Status::Error(...);` both read naturally.
  StatusOr(T value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  StatusOr(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    assert(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  // REQUIRES: ok().
  const T& operator*() const& {
    assert(ok());
    return *value_;
  }
  T& operator*() & {
    assert(ok());
    return *value_;
  }
  T&& operator*() && {
    assert(ok());
    return std::move(*value_);
  }
  const T* operator->() const {
    assert(ok());
    return &*value_;
  }
  T* operator->() {
    assert(ok());
    return &*value_;
  }

 private:
  Status status_ = Status::Ok();
  std::optional<T> value_;
};

}  // namespace springboard

#endif  // SPRINGBOARD_ABI_STATUS_H_
