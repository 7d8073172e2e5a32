"""Chooses the signatures of a run and deals them out to the compilers of their target."""

import collections
import dataclasses

import families

CHUNK = 250  # signatures in one C file: enough to make starting compilers cheap

# --slice: of the small signatures one in so many; a prime, so that no pattern repeats with it.
SLICE_STEP = 37
SLICE_COUNT = 500

# Scalars that not every target has.
_FEATURES = {"i128", "u128", "f16", "bf16", "longdouble"}


@dataclasses.dataclass(frozen=True)
class Chunk:
    """Signatures for one compiler: one C file, one library or image."""

    target: object
    compiler: object
    signatures: tuple


@dataclasses.dataclass(frozen=True)
class Request:
    """What the command line asks for. count: random signatures per target. only: just these."""

    seed: int
    count: int
    permutations: bool = False
    every_compiler: bool = False
    slice: bool = False
    only: frozenset = frozenset()
    compiler: str = ""


def _random(target, request, numbers):
    for number in numbers:
        yield families.random_signature(
            request.seed, number, target.features, target.long_double_bytes, target.accepts
        )


def _small(request):
    if not (request.permutations or request.slice or request.only):
        return ()
    every = families.permutations()
    if request.permutations or request.only:
        return every
    return (one for one in every if one.number % SLICE_STEP == request.seed % SLICE_STEP)


def _shapes(target):
    """The shapes that the target has."""
    for one in families.shapes():
        if one.has_bit_fields and not target.bit_fields:
            continue
        if one.kinds & _FEATURES <= target.features and target.accepts(one):
            yield one


def _selected(target, request):
    """(signatures that every compiler gets, signatures that one compiler each gets)."""
    everywhere = list(families.widening())
    first = families.RANDOM_FIRST
    if request.only:
        numbers = sorted(number for number in request.only if number >= first)
        chosen = [*everywhere, *_small(request), *_shapes(target)]
        chosen = [one for one in chosen if one.number in request.only]
        return [*chosen, *_random(target, request, numbers)], []
    numbers = range(first, first + request.count)
    return everywhere, [*_small(request), *_shapes(target), *_random(target, request, numbers)]


def _deal(target, request, skipped):
    """Yields (compiler, signature)."""
    compilers = [one for one in target.compilers if request.compiler in one.name]
    everywhere, shared = _selected(target, request)
    for one in everywhere if not request.every_compiler else everywhere + shared:
        for compiler in compilers:
            reason = compiler.refusal(one)
            if reason is None:
                yield compiler, one
            else:
                skipped[compiler.name, reason] += 1
    for index, one in enumerate(() if request.every_compiler else shared):
        for turn in range(len(compilers)):
            compiler = compilers[(index + turn) % len(compilers)]
            reason = compiler.refusal(one)
            if reason is None:
                yield compiler, one
                break
            if turn == 0:
                skipped[compiler.name, f"{reason}: given to another compiler"] += 1


def make_chunks(target, request):
    """(chunks, Counter of (compiler's name, reason) for what a compiler was not given)."""
    hands, skipped = {}, collections.Counter()
    for compiler, one in _deal(target, request, skipped):
        hands.setdefault(compiler, []).append(one)
    chunks = []
    for compiler, hand in hands.items():
        hand.sort(key=lambda one: one.number)
        for start in range(0, len(hand), CHUNK):
            chunks.append(Chunk(target, compiler, tuple(hand[start : start + CHUNK])))
    return chunks, skipped
