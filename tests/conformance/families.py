"""The families of signatures: every small one, narrow integers everywhere, and random ones.

Each signature has a number, and (seed, number) is all it depends on, so that any one of them can be
made again alone:
  0 ...                 permutations(): 12,097 small signatures, then the same behind 16 scalars
  WIDENING_FIRST ...    widening(): narrow integers in every register and stack position
  SHAPES_FIRST ...      shapes(): every scalar, and aggregates of every small size
  RANDOM_FIRST ...      random_signature(): as many as asked for
"""

import itertools
import random

from c_types import (
    FLOATING, NARROW, SCALARS, VOID, Signature, array, complex_of, scalar, struct, union, vector,
)

WIDENING_FIRST = 30000
SHAPES_FIRST = 40000
RANDOM_FIRST = 100000

MAX_FIELDS = 3
MAX_SMALL_PARAMETERS = 3
MAX_PARAMETERS = 40
MAX_BYTES = 300

_BASIC = tuple(scalar(name) for name in ("i32", "f32", "f64", "pointer"))
_PROMOTED = ("bool", "i8", "u8", "i16", "u16", "f16", "bf16", "f32")  # where "..." takes them
_STRUCT = object()  # stands for the one struct of a small signature
_BEHIND = (scalar("i64"),) * 8 + (scalar("f64"),) * 8


def small_signatures():
    """Yields (result, parameters) of all 12,097 small signatures.

    Parameters: none to three of int, float, double, pointer and struct; all structs of a signature
    are the same one, of one to three fields over the four other types. Result: nothing, or the type
    of the first parameter. Without a struct there are 4^k lists of k parameters, with one
    84 (5^k - 4^k): 88, 772 and 5,188. Twice 6,048, and once no parameters and no result.
    """
    structs = [
        struct(*fields)
        for count in range(1, MAX_FIELDS + 1)
        for fields in itertools.product(_BASIC, repeat=count)
    ]
    yield VOID, ()
    for count in range(1, MAX_SMALL_PARAMETERS + 1):
        for pattern in itertools.product((*_BASIC, _STRUCT), repeat=count):
            for chosen in structs if _STRUCT in pattern else (None,):
                parameters = tuple(chosen if one is _STRUCT else one for one in pattern)
                yield VOID, parameters
                yield parameters[0], parameters


def permutations():
    """All small signatures, then each again behind 8 longs and 8 doubles."""
    small = list(small_signatures())
    for number, (result, parameters) in enumerate(small):
        yield Signature(number, "bytes", result, parameters)
    for number, (result, parameters) in enumerate(small, len(small)):
        yield Signature(number, "bytes", result, _BEHIND + parameters)


def widening():
    """Functions that show who extends narrow integers: arguments (`widen`), results (`narrow`)."""
    i64, f64, f32 = scalar("i64"), scalar("f64"), scalar("f32")
    fronts = [(filler,) * count for filler in (i64, f64) for count in range(12)]
    fronts += [_BEHIND + (f32,) * count for count in range(4)]
    tails = [(), (i64,), (f64, i64)]
    number = itertools.count(WIDENING_FIRST)
    for name in NARROW:
        for front in fronts:
            tail = tails[len(front) % len(tails)]
            yield Signature(next(number), "widen", i64, (*front, scalar(name), *tail))
    for name in NARROW:
        if name != "bool":  # its conversion from a long is no truncation
            yield Signature(next(number), "narrow", scalar(name), (i64,))


def _shape_types():
    yield from (scalar(name) for name in SCALARS)
    for name in ("f32", "f64", "longdouble"):
        yield complex_of(name)
    for size, elements in _ELEMENTS.items():
        yield from (vector(name, size // _BYTES[name]) for name in elements)
    for name, most in (("u8", 33), ("i16", 17), ("f32", 9), ("f64", 5), ("i64", 4)):
        yield from (struct(array(scalar(name), count)) for count in range(1, most + 1))


def _bit_field_types():
    """Structs and unions with bit-fields, as abi/c_aggregate.h makes them of bytes.

    Bits that no field has travel or not as a compiler likes, so there are few of them.
    """
    u8, f32, f64 = scalar("u8"), scalar("f32"), scalar("f64")

    def of(count):
        return array(u8, count)

    yield struct(of(1), of(2), of(1), of(3), u8, align=4,
                 bit_fields="unsigned a : 3, b : 21, c : 8; int d : 24; unsigned char e;")
    yield struct(of(5), of(3), align=8,
                 bit_fields="unsigned long long a : 40; unsigned b : 20, c : 4;")
    yield struct(f64, of(1), of(1), of(6), align=8,
                 bit_fields="double a; long long b : 7; _Bool c : 1; long long d : 8, e : 48;")
    yield struct(f32, of(4), align=4, bit_fields="float a; int b : 31; unsigned c : 1;")
    yield struct(of(4), f32, of(2), of(2), f32, align=4,
                 bit_fields="unsigned a : 32; float b; int c : 9; unsigned d : 23; float e;")
    yield struct(of(8), of(8), of(8), align=8,
                 bit_fields="long long a : 64; unsigned long long b : 64, c : 64;")
    yield struct(of(1), of(7), of(1), scalar("i16"), packed=1,
                 bit_fields="unsigned char a : 3; unsigned long long b : 60; short c : 9; short d;")
    yield union(scalar("u32"), f32, align=4, bit_fields="unsigned a : 32; float b;")
    yield union(scalar("u64"), f64, scalar("u16"), align=8,
                bit_fields="unsigned long long a : 64; double b; short c : 16;")


def shapes():
    """Each scalar, and arrays of every small size: alone, crowded, variadic, and as results."""
    i64, f64 = scalar("i64"), scalar("f64")
    number = itertools.count(SHAPES_FIRST)
    for one in itertools.chain(_shape_types(), _bit_field_types()):
        for parameters in ((one,), (i64, one, f64, one), (i64,) * 5 + (f64,) * 6 + (one, one, i64)):
            yield Signature(next(number), "bytes", one, parameters)
        yield Signature(next(number), "bytes", one, _BEHIND + (one, f64, one))
        if one.kind not in _PROMOTED:
            yield Signature(next(number), "bytes", VOID, (i64, one, f64, one, i64), variadic_from=1)


_INTEGERS = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool", "pointer")
_ALWAYS = ("f32", "f64")  # the other features are each in some signatures only
_WIDE = ("i128", "u128", "longdouble")
_HALVES = ("f16", "bf16")
_ELEMENTS = {8: ("i8", "i16", "i32", "f32"), 16: ("u8", "i16", "i32", "i64", "f32", "f64")}
_BYTES = {"i8": 1, "u8": 1, "i16": 2, "i32": 4, "i64": 8, "f32": 4, "f64": 8}


class _Maker:
    """Makes random types of one target: `features` are the unusual scalars that it has."""

    def __init__(self, rng, features, long_double_bytes):
        self.rng = rng
        self.features = features
        self.long_double_bytes = long_double_bytes

    def size(self, one):
        return one.layout(self.long_double_bytes)[0]

    def scalar(self):
        chance = self.rng.random()
        if chance < 0.45:
            return scalar(self.rng.choice(("f32", "f64")))
        if chance < 0.85:
            return scalar(self.rng.choice(_INTEGERS))
        return self.unusual()

    def unusual(self):
        """A scalar that few programs pass: wide, half, complex or a vector."""
        makers = [lambda name=name: scalar(name) for name in (*_WIDE, *_HALVES)
                  if name in self.features]
        makers += [self.vector, self.complex]
        return self.rng.choice(makers)()

    def vector(self):
        size = self.rng.choice((8, 16))
        element = self.rng.choice(_ELEMENTS[size])
        return vector(element, size // _BYTES[element])

    def complex(self):
        names = [name for name in ("f32", "f64", "longdouble") if name in self.features]
        return complex_of(self.rng.choice(names))

    def budget(self):
        """How large an aggregate becomes: most are about as large as registers."""
        chance = self.rng.random()
        if chance < 0.6:
            return self.rng.randint(1, 16)
        return self.rng.randint(9, 64 if chance < 0.85 else MAX_BYTES)

    def aggregate(self, depth=0, budget=None):
        """A struct or union of at most MAX_BYTES bytes; the budget bounds its members."""
        budget = budget or self.budget()
        make = union if self.rng.random() < 0.2 else struct
        base = self.base() if self.rng.random() < 0.35 else None
        members = []
        for _ in range(self.rng.choice((1, 1, 2, 2, 3, 4, 6, 12))):
            member = self.member(base, depth, budget)
            used = 0 if make is union else self.size(struct(*members))
            if members and used + self.size(member) > budget:
                break
            members.append(member)
        made = make(*members, **self.options())
        return made if self.size(made) <= MAX_BYTES else struct(scalar("f64"), scalar("i8"))

    def base(self):
        """The one scalar of a homogeneous aggregate."""
        names = [name for name in FLOATING if name in self.features]
        return self.vector() if self.rng.random() < 0.1 else scalar(self.rng.choice(names))

    def member(self, base, depth, budget):
        chance = self.rng.random()
        if chance < 0.2 and depth < 3:
            if base is not None:
                inner = (base,) * self.rng.randint(1, 3)
                return union(*inner) if self.rng.random() < 0.3 else struct(*inner)
            return self.aggregate(depth + 1, max(1, budget // 2))
        if chance < 0.35:
            element = base or (self.aggregate(depth + 1, 8) if depth < 2 and chance < 0.24
                               else self.scalar())
            most = max(1, min(9, budget // max(1, self.size(element))))
            return self.array(element, self.rng.randint(1, most))
        return base or self.scalar()

    def array(self, element, count):
        """docs/abi.md refuses packed elements that only sometimes are misaligned."""
        if any(part.packed for part in element.walk()):
            return element
        return array(element, count)

    def options(self):
        chance = self.rng.random()
        if chance < 0.1:
            return {"packed": self.rng.choice((1, 1, 2, 4, 8))}
        if chance < 0.18:
            return {"align": self.rng.choice((4, 8, 16, 16, 32, 64))}
        if chance < 0.2:
            return {"packed": self.rng.choice((1, 2)), "align": self.rng.choice((2, 4, 8, 16))}
        return {}

    def value(self):
        return self.aggregate() if self.rng.random() < 0.5 else self.scalar()

    def variadic(self):
        """A type that C's default argument promotions leave alone."""
        while True:
            made = self.value()
            if made.kind not in _PROMOTED:
                return made


def _parameter_count(rng):
    return rng.randint(9, MAX_PARAMETERS) if rng.random() < 0.15 else rng.randint(0, 9)


def random_signature(seed, number, features, long_double_bytes, accepts):
    """The signature that seed and number stand for on a target with these features.

    accepts: whether some compiler of the target passes the signature as it must; if not, the next
    candidate is taken.
    """
    rng = random.Random(f"{seed}/{number}")
    chosen = {name for name in sorted(features) if name in _ALWAYS or rng.random() < 0.4}
    maker = _Maker(rng, chosen, long_double_bytes)
    while True:
        parameters = [maker.value() for _ in range(_parameter_count(rng))]
        result = VOID if rng.random() < 0.1 else maker.value()
        variadic_from = None
        if parameters and rng.random() < 0.2:
            variadic_from = len(parameters)
            parameters += [maker.variadic() for _ in range(rng.randint(0, 8))]
        made = Signature(number, "bytes", result, tuple(parameters[:MAX_PARAMETERS]), variadic_from)
        if len(parameters) <= MAX_PARAMETERS and accepts(made):
            return made
