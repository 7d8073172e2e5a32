// Signatures made by chance. See fuzz_signatures.h.

#include "abi/fuzz_signatures.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace springboard::abi::fuzzing {
namespace {

constexpr uint32_t kDepth = 3;        // aggregates in new types
constexpr uint32_t kMembers = 6;      // of a new aggregate, below
constexpr uint32_t kParameters = 20;  // more change nothing, but make a fuzzer slow

uint32_t Below(Random& random, uint32_t limit) { return static_cast<uint32_t>(random()) % limit; }
bool OneIn(Random& random, uint32_t chances) { return Below(random, chances) == 0; }

const Type* RandomScalar(Random& random) {
  constexpr auto kFirst = static_cast<uint32_t>(TypeKind::kBool);
  constexpr auto kLast = static_cast<uint32_t>(TypeKind::kPointer);
  return Type::Scalar(static_cast<TypeKind>(kFirst + Below(random, kLast - kFirst + 1)));
}

AggregateOptions RandomOptions(TypeKind kind, Random& random) {
  AggregateOptions options;
  if (OneIn(random, 6)) options.packed = 1u << Below(random, 5);
  if (OneIn(random, 6)) options.align = 1u << Below(random, OneIn(random, 8) ? 13 : 7);
  if (kind == TypeKind::kStruct && OneIn(random, 10)) options.is_class = true;
  if (kind == TypeKind::kUnion && OneIn(random, 10)) options.unit = 1u << Below(random, 4);
  return options;
}

// What could be made of the parts, or a scalar where they are refused.
const Type* OrScalar(const StatusOr<const Type*>& type, Random& random) {
  return type.ok() ? *type : RandomScalar(random);
}

const Type* Aggregate(TypeKind kind, std::vector<const Type*> members, AggregateOptions options,
                      Random& random) {
  if (kind == TypeKind::kUnion) options.is_class = false;
  if (kind == TypeKind::kStruct) options.unit = 0;
  return OrScalar(kind == TypeKind::kUnion ? Type::Union(std::move(members), options)
                                           : Type::Struct(std::move(members), options),
                  random);
}

const Type* RandomVector(Random& random) {
  constexpr std::array<TypeKind, 6> kElements = {TypeKind::kF32, TypeKind::kF64, TypeKind::kI32,
                                                 TypeKind::kU8,  TypeKind::kI16, TypeKind::kF16};
  constexpr std::array<uint32_t, 4> kCounts = {2, 4, 8, 16};
  return OrScalar(Type::Vector(Type::Scalar(kElements[Below(random, kElements.size())]),
                               kCounts[Below(random, kCounts.size())]),
                  random);
}

const Type* RandomComplex(Random& random) {
  constexpr std::array<TypeKind, 3> kElements = {TypeKind::kF32, TypeKind::kF64,
                                                 TypeKind::kLongDouble};
  return OrScalar(Type::Complex(Type::Scalar(kElements[Below(random, kElements.size())])), random);
}

// Often all members are alike, as registers for floating aggregates ask for.
const Type* RandomTypeAt(Random& random, bool is_member, uint32_t depth) {
  const uint32_t choice = Below(random, 20);
  if (choice == 0) return RandomVector(random);
  if (choice == 1) return RandomComplex(random);
  if (choice < 10 || depth == 0) return RandomScalar(random);
  if (is_member && choice < 13) {
    const uint32_t count = 1 + Below(random, OneIn(random, 30) ? 70000 : 5);
    return OrScalar(Type::Array(RandomTypeAt(random, true, depth - 1), count), random);
  }
  const TypeKind kind = choice < 17 ? TypeKind::kStruct : TypeKind::kUnion;
  std::vector<const Type*> members(Below(random, kMembers));
  const bool alike = OneIn(random, 3);
  for (const Type*& member : members) {
    member =
        alike && &member != members.data() ? members[0] : RandomTypeAt(random, true, depth - 1);
  }
  return Aggregate(kind, std::move(members), RandomOptions(kind, random), random);
}

const Type* ChangedType(const Type* type, Random& random, bool is_member);

const Type* ChangedAggregate(const Type* type, Random& random) {
  std::vector<const Type*> members(type->members().begin(), type->members().end());
  const uint32_t at = Below(random, static_cast<uint32_t>(members.size()) + 1);
  const bool is_inside = at < members.size();
  switch (Below(random, 6)) {
    case 0:
      members.insert(members.begin() + at, RandomTypeAt(random, true, 1));
      break;
    case 1:
      if (is_inside) members.erase(members.begin() + at);
      break;
    case 2:
      return Aggregate(type->kind(), std::move(members), RandomOptions(type->kind(), random),
                       random);
    case 3:
      return Aggregate(type->kind() == TypeKind::kStruct ? TypeKind::kUnion : TypeKind::kStruct,
                       std::move(members), type->options(), random);
    default:
      if (is_inside) members[at] = ChangedType(members[at], random, true);
  }
  return Aggregate(type->kind(), std::move(members), type->options(), random);
}

const Type* ChangedType(const Type* type, Random& random, bool is_member) {
  if (OneIn(random, 5)) return RandomType(random, is_member);
  if (OneIn(random, 8)) return Aggregate(TypeKind::kStruct, {type}, {}, random);
  switch (type->kind()) {
    case TypeKind::kStruct:
    case TypeKind::kUnion:
      return ChangedAggregate(type, random);
    case TypeKind::kArray: {
      const Type* element = type->members()[0];
      if (OneIn(random, 2)) element = ChangedType(element, random, true);
      return OrScalar(Type::Array(element, 1 + Below(random, 2 * type->count())), random);
    }
    default:
      return RandomScalar(random);
  }
}

}  // namespace

const Type* RandomType(Random& random, bool is_member) {
  return RandomTypeAt(random, is_member, kDepth);
}

Signature Changed(Signature signature, Random& random) {
  std::vector<const Type*>& parameters = signature.parameters;
  const auto count = static_cast<uint32_t>(parameters.size());
  const uint32_t at = count == 0 ? 0 : Below(random, count);
  const uint32_t choice = count == 0 ? Below(random, 4) : Below(random, 12);
  switch (choice) {
    case 0:
      signature.result = OneIn(random, 4) ? Type::Scalar(TypeKind::kVoid)
                                          : ChangedType(signature.result, random, false);
      break;
    case 1:
    case 2:
      if (count < kParameters) {
        parameters.insert(parameters.begin() + at, RandomType(random, false));
      }
      break;
    case 3:
      signature.variadic_from.reset();
      if (OneIn(random, 2)) signature.variadic_from = Below(random, count + 1);
      break;
    case 4:
      parameters.erase(parameters.begin() + at);
      break;
    case 5:
      std::swap(parameters[at], parameters[Below(random, count)]);
      break;
    case 6:
      if (count < kParameters) parameters.insert(parameters.begin() + at, parameters[at]);
      break;
    default:
      parameters[at] = ChangedType(parameters[at], random, false);
  }
  return signature;
}

size_t MutateText(uint8_t* data, size_t size, size_t max_size, uint32_t seed) {
  Random random(seed);
  random.discard(3);  // the first numbers of near seeds are near
  const StatusOr<Signature> read = Signature::Parse({reinterpret_cast<const char*>(data), size});
  Signature signature = read.ok() ? *read : Signature();
  do {
    signature = Changed(std::move(signature), random);
  } while (OneIn(random, 2));
  const std::string text = signature.Text();
  if (text.size() > max_size) return size;
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

}  // namespace springboard::abi::fuzzing
