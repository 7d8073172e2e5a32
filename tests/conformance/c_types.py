"""C types as the conformance suite sees them: their text, their layout, their declaration in C.

A type is a value: equal types are equal and hash alike. Its text is the notation of
abi/signature.h. Only `long double` has a size that depends on the target, so layouts are asked for
with the number of its bytes; the generated C asserts every one of them.
"""

import dataclasses
import functools

# What C calls each scalar, and its size; long double's is the target's.
SCALARS = {
    "bool": ("_Bool", 1),
    "i8": ("signed char", 1),
    "u8": ("unsigned char", 1),
    "i16": ("short", 2),
    "u16": ("unsigned short", 2),
    "i32": ("int", 4),
    "u32": ("unsigned int", 4),
    "i64": ("long long", 8),
    "u64": ("unsigned long long", 8),
    "i128": ("__int128", 16),
    "u128": ("unsigned __int128", 16),
    "f16": ("_Float16", 2),
    "bf16": ("__bf16", 2),
    "f32": ("float", 4),
    "f64": ("double", 8),
    "longdouble": ("long double", None),
    "pointer": ("void*", 8),
}

NARROW = ("bool", "i8", "u8", "i16", "u16", "i32", "u32")

FLOATING = ("f16", "bf16", "f32", "f64", "longdouble")


def round_up(value, align):
    return (value + align - 1) // align * align


@dataclasses.dataclass(frozen=True)
class Type:
    """kind: a scalar's name, void, complex, vector, array, struct or union.

    bit_fields: what C declares in place of the members, which are the bytes that bit-fields become
    (abi/c_aggregate.h).
    """

    kind: str
    members: tuple = ()
    count: int = 0
    packed: int = 0
    align: int = 0
    bit_fields: str = ""

    @functools.cached_property
    def text(self):
        inner = ",".join(member.text for member in self.members)
        match self.kind:
            case "struct":
                return "{" + inner + "}" + self._attributes()
            case "union":
                return "<" + inner + ">" + self._attributes()
            case "array":
                return f"[{inner}*{self.count}]"
            case "vector":
                return f"vector({inner}*{self.count})"
            case "complex":
                return f"complex({inner})"
            case scalar:
                return scalar

    def _attributes(self):
        packed = f"packed({self.packed})" if self.packed else ""
        return packed + (f"align({self.align})" if self.align else "")

    def __hash__(self):
        return hash(self.text)

    @property
    def is_aggregate(self):
        return self.kind in ("struct", "union")

    @functools.cache
    def layout(self, long_double_bytes):
        """(size, alignment), as abi/layout.h defines them."""
        inner = [member.layout(long_double_bytes) for member in self.members]
        match self.kind:
            case "struct" | "union":
                return self._aggregate_layout(inner)
            case "array":
                return inner[0][0] * self.count, inner[0][1]
            case "vector":
                size = inner[0][0] * self.count
                return size, size
            case "complex":
                return 2 * inner[0][0], inner[0][1]
            case "void":
                return 0, 1
            case scalar:
                size = SCALARS[scalar][1] or long_double_bytes
                return size, size

    def _aggregate_layout(self, inner):
        end, whole = 0, max(1, self.align)
        for size, align in inner:
            align = min(align, self.packed or align)
            start = 0 if self.kind == "union" else round_up(end, align)
            end = max(end, start + size)
            whole = max(whole, align)
        return round_up(end, whole), whole

    def leaves(self, long_double_bytes, start=0):
        """(offset, size, kind) of every scalar and vector, one after another."""
        end = 0
        for member in self._elements():
            size, align = member.layout(long_double_bytes)
            align = min(align, self.packed or align)
            offset = 0 if self.kind == "union" else round_up(end, align)
            yield from member.leaves(long_double_bytes, start + offset)
            end = offset + size
        if self.kind == "vector" or not self.members:
            yield start, self.layout(long_double_bytes)[0], self.kind

    def _elements(self):
        """The members at their offsets: an array's element as often as it is there."""
        match self.kind:
            case "vector":
                return ()
            case "array":
                return self.members * self.count
            case "complex":
                return self.members * 2
            case _:
                return self.members

    def walk(self):
        """This type and every type inside it."""
        yield self
        for member in self.members:
            yield from member.walk()

    @functools.cached_property
    def kinds(self):
        return frozenset(part.kind for part in self.walk())


VOID = Type("void")


def scalar(name):
    return Type(name)


def struct(*members, **options):
    return Type("struct", tuple(members), **options)


def union(*members, **options):
    return Type("union", tuple(members), **options)


def array(element, count):
    return Type("array", (element,), count)


def vector(element, count):
    return Type("vector", (Type(element),), count)


def complex_of(element):
    return Type("complex", (Type(element),))


@dataclasses.dataclass(frozen=True)
class Signature:
    """A signature of the suite: its number, what is checked about it, and the signature itself.

    number: with the seed it stands for the signature, its values and its functions' names.
    kind: `bytes`, `widen` or `narrow`, as tests/conformance/exchange.h describes them.
    variadic_from: index of the first variadic parameter, or None.
    """

    number: int
    kind: str
    result: Type
    parameters: tuple
    variadic_from: int | None = None

    @functools.cached_property
    def text(self):
        words = [parameter.text for parameter in self.parameters]
        if self.variadic_from is not None:
            words.insert(self.variadic_from, "...")
        return f"({','.join(words)}){self.result.text}"

    @property
    def types(self):
        return (self.result, *self.parameters)

    @functools.cached_property
    def kinds(self):
        return frozenset().union(*(one.kinds for one in self.types))

    @functools.cached_property
    def has_bit_fields(self):
        return any(part.bit_fields for one in self.types for part in one.walk())
