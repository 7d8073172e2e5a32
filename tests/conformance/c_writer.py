"""Writes the C of a chunk of signatures: types, callees f<n> and callers c<n> (see exchange.h).

The C is GNU C11 without a library, so that it also compiles for systems whose headers are not here.
Sizes and alignments that Python computed are asserted by the compiler. Every access to the exchange
is by a constant address.
"""

from c_types import NARROW, SCALARS, round_up

_STRIDE = 64  # kArgumentStride of exchange.h

_PREAMBLE = """\
#include "tests/conformance/exchange.h"
#define ARGUMENT(type, offset) (*(type*)(EXCHANGE->arguments + (offset)))
#define REPLY(type) (*(type*)EXCHANGE->reply)
"""

# A callee may change its parameters; whoever passed an address instead of a copy will notice.
# Volatile: the compiler must change the bytes although nobody reads them again.
_SCRIBBLE = """\
static __attribute__((noinline)) void Scribble(volatile unsigned char* bytes, unsigned long size) {
  for (unsigned long i = 0; i < size; ++i) bytes[i] = (unsigned char)~bytes[i];
}
"""

# What compilers call for long copies. Volatile: the loop must not become a call of itself.
_MEMORY_FUNCTIONS = """\
void* memcpy(void* to, const void* from, __SIZE_TYPE__ size) {
  for (__SIZE_TYPE__ i = 0; i < size; ++i) {
    ((volatile unsigned char*)to)[i] = ((volatile const unsigned char*)from)[i];
  }
  return to;
}
void* memset(void* to, int value, __SIZE_TYPE__ size) {
  for (__SIZE_TYPE__ i = 0; i < size; ++i) ((volatile unsigned char*)to)[i] = (unsigned char)value;
  return to;
}
"""


class ChunkWriter:
    """Collects the C of one chunk. `target` says how its compilers spell the convention."""

    def __init__(self, target, freestanding):
        self.target = target
        self.names = {}
        self.lines = [_PREAMBLE, _SCRIBBLE]
        if freestanding:
            self.lines.append(_MEMORY_FUNCTIONS)

    def text(self):
        return "\n".join(self.lines) + "\n"

    def layout(self, one):
        return one.layout(self.target.long_double_bytes)

    def name(self, one):
        """A type's name in C; aggregates, vectors and complex numbers are declared on first use."""
        if one.kind in SCALARS:
            return SCALARS[one.kind][0]
        if one.kind == "void":
            return "void"
        key = (one.text, one.bit_fields)
        if key not in self.names:
            declaration = self._declaration(one)  # may declare others before
            self.names[key] = name = f"T{len(self.names)}"
            size, align = self.layout(one)
            self.lines.append(declaration.replace("@", name))
            self.lines.append(
                f'_Static_assert(sizeof({name}) == {size} && _Alignof({name}) == {align}, '
                f'"layout of {one.text}");'
            )
        return self.names[key]

    def _declaration(self, one):
        inner = [self.name(member) for member in one.members if member.kind != "array"]
        match one.kind:
            case "complex":
                return f"typedef _Complex {inner[0]} @;"
            case "vector":
                size = self.layout(one)[0]
                return f"typedef {inner[0]} @ __attribute__((vector_size({size})));"
        fields = one.bit_fields or " ".join(
            self._field(member, i) for i, member in enumerate(one.members)
        )
        # The types that bit-fields are declared with align them.
        align = one.align and not one.bit_fields
        align = f" __attribute__((aligned({one.align})))" if align else ""
        body = f"typedef {one.kind}{align} {{ {fields} }} @;"
        if one.packed:
            return f"#pragma pack(push, {one.packed})\n{body}\n#pragma pack(pop)"
        return body

    def _field(self, member, index):
        suffix = ""
        while member.kind == "array":
            suffix += f"[{member.count}]"
            member = member.members[0]
        return f"{self.name(member)} m{index}{suffix};"

    def _offsets(self, signature):
        offsets, offset = [], 0
        for one in signature.parameters:
            offsets.append(offset)
            offset += round_up(self.layout(one)[0], _STRIDE)
        return offsets

    def add(self, signature):
        """Adds the callee and the caller of one signature."""
        names = [self.name(one) for one in signature.parameters]
        result = self.name(signature.result)
        {"bytes": self._callee, "widen": self._widening_callee, "narrow": self._narrowing_callee}[
            signature.kind
        ](signature, names, result)
        self._caller(signature, names, result)

    def _head(self, signature, names, result):
        fixed = signature.variadic_from
        parameters = [f"{name} a{i}" for i, name in enumerate(names[:fixed])]
        if fixed is not None:
            parameters.append("...")
        listed = ", ".join(parameters) or "void"
        return f"{self.target.attribute} {result} f{signature.number}({listed})"

    def _callee(self, signature, names, result):
        lines = [self._head(signature, names, result) + " {"]
        fixed = len(names) if signature.variadic_from is None else signature.variadic_from
        offsets = self._offsets(signature)
        for i in range(fixed):
            lines.append(f"  ARGUMENT({names[i]}, {offsets[i]}) = a{i};")
        if signature.variadic_from is not None:
            va = self.target.va_prefix
            lines.append(f"  {va}list list; {va}start(list, a{fixed - 1});")
            for i in range(fixed, len(names)):
                lines.append(
                    f"  ARGUMENT({names[i]}, {offsets[i]}) = __builtin_va_arg(list, {names[i]});"
                )
            lines.append(f"  {va}end(list);")
        for i in range(fixed):
            if self._may_be_by_reference(signature.parameters[i]):
                lines.append(f"  Scribble((volatile unsigned char*)&a{i}, sizeof a{i});")
        if result != "void":
            lines.append(f"  return REPLY({result});")
        self.lines.append("\n".join((*lines, "}")))

    def _may_be_by_reference(self, one):
        size = self.layout(one)[0]
        return size > 8 or (one.is_aggregate and size > 0)

    def _widening_callee(self, signature, names, result):
        kinds = [one.kind for one in signature.parameters]
        narrow = next(i for i, kind in enumerate(kinds) if kind in NARROW)
        self.lines.append(
            f"{self._head(signature, names, result)} {{ return ({result})a{narrow}; }}"
        )

    def _narrowing_callee(self, signature, names, result):
        self.lines.append(
            f"{self._head(signature, names, result)} {{ return *({result}*)&a0; }}"
        )

    def _caller(self, signature, names, result):
        fixed = signature.variadic_from
        types = list(names[:fixed]) + (["..."] if fixed is not None else [])
        if self._takes_address(signature):
            return self._address_caller(signature, names, types)
        attribute = self.target.attribute
        arguments = ", ".join(
            f"ARGUMENT({name}, {offset})" for name, offset in zip(names, self._offsets(signature))
        )
        call = f"((F{signature.number})EXCHANGE->function)({arguments})"
        if signature.kind == "narrow":
            call = f"REPLY(long long) = (long long){call}"
        elif result != "void":
            call = f"REPLY({result}) = {call}"
        self.lines.append(
            f"typedef {result} ({attribute} *F{signature.number})({', '.join(types) or 'void'});\n"
            f"{attribute} void c{signature.number}(void) {{ {call}; }}"
        )


    def _takes_address(self, signature):
        """Whether the caller hands over the result's address itself, and checks that it returns.

        Half of the callers with a result in memory do: compilers rely on the address too rarely.
        """
        result = signature.result
        in_memory = result.is_aggregate and self.layout(result)[0] > 16
        return self.target.sret_is_argument and in_memory and signature.number % 2 == 1

    def _address_caller(self, signature, names, types):
        number, attribute = signature.number, self.target.attribute
        arguments = ["EXCHANGE->reply"] + [
            f"ARGUMENT({name}, {offset})" for name, offset in zip(names, self._offsets(signature))
        ]
        self.lines.append(
            f"typedef void* ({attribute} *F{number})({', '.join(['void*', *types])});\n"
            f"{attribute} void c{number}(void) {{\n"
            f"  const void* returned = ((F{number})EXCHANGE->function)({', '.join(arguments)});\n"
            "  if (returned != EXCHANGE->reply) EXCHANGE->reply[0] ^= 0xFF;\n}"
        )


def write_chunk(target, signatures, freestanding):
    """The C source of a chunk."""
    writer = ChunkWriter(target, freestanding)
    for signature in signatures:
        writer.add(signature)
    return writer.text()
