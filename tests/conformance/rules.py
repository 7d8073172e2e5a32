"""What is not asked of a compiler: a rule takes a signature, returns the reason or None.

Either the compiler cannot compile it or is known to compile it wrongly, or compilers disagree and
Place() refuses it, as docs/abi.md says. A rule may refuse more than it must; never less.
"""

from c_types import round_up


_FLOATING = {"f16", "bf16", "f32", "f64", "longdouble", "vector"}


def lacks(kind, reason):
    """A rule: the compiler has no such type."""
    return lambda signature: reason if kind in signature.kinds else None


NO_F16 = lacks("f16", "clang 14 has no _Float16 on x86-64")


def _variadic(signature):
    if signature.variadic_from is None:
        return ()
    return signature.parameters[signature.variadic_from :]


def splits_int128(signature):
    """clang 14 splits an __int128 between the last register and the stack."""
    if any({"i128", "u128"} & one.kinds for one in signature.parameters):
        return "clang 14 splits __int128 (LLVM #41784, #123935)"
    return None


def _reach(member, eightbyte):
    """How much of an eightbyte a union's member uses, and the kind of its last scalar there."""
    inside = [(offset + size - eightbyte, kind) for offset, size, kind in member.leaves(16)
              if offset < eightbyte + 8 and eightbyte < offset + size]
    return max(inside, default=(0, None))


def _is_half_a_float(union, eightbyte):
    """Whether clang's idea of a union, its most aligned and then largest member, ends an eightbyte
    with a float, where another member goes on."""
    idea = max(union.members, key=lambda member: member.layout(16)[::-1])
    reach, kind = _reach(idea, eightbyte)
    return (reach <= 4 and kind == "f32"
            and any(_reach(member, eightbyte)[0] > 4 for member in union.members))


def forgets_union_members(signature):
    """clang 14 takes a union in vector registers for one of its members, and loses the others'
    bytes; where the union lies in an aggregate moves its eightbytes."""
    for one in signature.types:
        if one.layout(16)[0] > 16:
            continue
        unions = [part for part in one.walk() if part.kind == "union"]
        if any(_is_half_a_float(part, at) for part in unions for at in (-4, 0, 4, 8)):
            return "clang 14 passes a float where another member of the union has a double"
    return None


def moves_misaligned(signature):
    """gcc 12 at -O2 reads an aggregate aligned to 16 as if saved registers were so, too."""
    if any(one.is_aggregate and one.layout(16) == (16, 16) for one in _variadic(signature)):
        return "gcc 12's va_arg expects saved registers to be aligned to 16"
    return None


def reads_no_address(signature):
    """gcc's va_arg in a function of the other convention takes an argument's address for it."""
    if any(one.layout(16)[0] not in (1, 2, 4, 8) for one in _variadic(signature)):
        return "gcc's va_arg of an ms_abi function knows no argument by reference"
    return None


def returns_x87(signature):
    """clang follows mingw's rule for long double for mingw's triple only."""
    if signature.result.kind == "longdouble":
        return "clang's ms_abi functions return long double in st0, unlike clang's for mingw"
    return None


def packs_aligned_members(signature):
    """Microsoft's #pragma pack leaves alone what an attribute aligned; no notation says so."""
    for one in signature.types:
        for part in one.walk():
            if part.packed and any(inner.align for inner in part.walk() if inner is not part):
                return "Microsoft's packing does not reach members with an alignment of their own"
    return None


def disputed_on_windows(signature):
    """Types that gcc and clang pass in different registers; refused by Place()."""
    for one in signature.types:
        if one.kind in ("f16", "bf16") or (one.kind == "vector" and one.layout(16)[0] == 8):
            return "Windows' compilers disagree on bare f16 and vectors of 8 bytes"
    return None


def half_and_variadic(signature):
    """clang 14 for Windows on arm64 fails on a _Float16 beside variadic arguments."""
    if signature.variadic_from is not None and "f16" in signature.kinds:
        return "clang 14 cannot compile _Float16 in a variadic call: 'Cannot select' (LLVM)"
    return None


def _words(one):
    """General registers that a value of AArch64 takes at most."""
    size = one.layout(8)[0]
    return (size + 7) // 8 if size <= 16 else 1


def confused_by_windows_variadic(signature):
    """Windows arm64: clang 14's callers, callees and va_arg disagree about a variadic call."""
    if signature.variadic_from is None:
        return None
    if any("vector" in one.kinds for one in signature.parameters):
        return "clang 14 passes vectors of a variadic call in v registers, va_arg reads x"
    used = 0
    for index, one in enumerate(signature.parameters):
        size, align = one.layout(8)
        if size <= 16 <= align:
            if index >= signature.variadic_from:
                return "clang 14's va_arg for Windows does not align to 16"
            used = round_up(used, 2)
        if used < 8 < used + _words(one):
            return "clang 14 puts a variadic call's value between x7 and the stack on the stack"
        used += _words(one)
    return None


def overflows_and_variadic(signature):
    """Apple: clang 14's callers do not pack a variadic function's named stack arguments."""
    named = signature.parameters[: signature.variadic_from]
    words = sum(_words(one) for one in named)
    elements = 4 * sum(bool(_FLOATING & one.kinds) for one in named)
    if signature.variadic_from is not None and max(words, elements) > 8:
        return "clang 14's callers and callees pack named arguments of variadic calls differently"
    return None


def starts_behind_bf16(signature):
    """gcc 12 fails on a variable list that begins behind a __bf16."""
    first = signature.variadic_from
    if first is not None and signature.parameters[first - 1].kind == "bf16":
        return "gcc 12 compiles no va_start behind a __bf16"
    return None


def disputed_bf16(signature):
    """Aggregates of bf16, with or without f16: homogeneous to clang; refused by Place()."""
    halves = {"bf16", "f16", "struct", "union", "array"}
    if any(one.is_aggregate and "bf16" in one.kinds <= halves for one in signature.types):
        return "gcc 12 takes aggregates of bf16 for integers (AAPCS64 5.10.5.1)"
    return None


def packs_wide_elements(signature):
    """Homogeneous aggregates of packed 16-byte elements lie differently on the stack."""
    for one in signature.parameters:
        for part in one.walk():
            if part.packed and any(inner.layout(16)[1] == 16 for inner in part.walk()):
                return "compilers align packed elements of 16 bytes differently on the stack"
    return None


def aligns_variadic(signature):
    """Variadic homogeneous aggregates of unusual alignment; refused by Place()."""
    for one in _variadic(signature):
        if any(part.align or part.packed or (one.is_aggregate and part.kind == "vector")
               for part in one.walk()):
            return "clang's callers and its va_arg align variadic aggregates differently"
    return None
