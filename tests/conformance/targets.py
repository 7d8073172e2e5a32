"""Which compilers stand for which convention, what each can pass, and how its code is run.

A row's `cannot` lists what is not asked of it, each with its reason; the driver gives such a
signature to another compiler of the target and prints how often it did.
"""

import dataclasses

import rules

_C = ("-std=gnu11", "-w", "-fno-strict-aliasing", "-fno-stack-protector")
_SHARED = (*_C, "-shared", "-fPIC")
# Windows' code is position-independent; frames above a page would call a probe that is not there.
_DLL = (*_C, "-shared", "-nostdlib", "-mno-stack-arg-probe", "-Wl,-e,0", "-Wl,--export-all-symbols")
_IMAGE = (*_C, "-c", "-O1", "-ffreestanding", "-fno-builtin", "-fno-asynchronous-unwind-tables",
          "-mno-stack-arg-probe")

_ALWAYS = frozenset({"i128", "u128", "f32", "f64"})


@dataclasses.dataclass(frozen=True)
class Compiler:
    """One compiler with its options. `runner`: which build of the runner calls its code."""

    name: str
    command: tuple
    runner: str = "host"
    image: bool = False
    cannot: tuple = ()  # functions: signature -> reason or None

    def refusal(self, signature):
        """Why this compiler is not asked to compile the signature, or None."""
        return next(filter(None, (rule(signature) for rule in self.cannot)), None)


@dataclasses.dataclass(frozen=True)
class Target:
    """A convention as one family of compilers speaks it."""

    name: str
    convention: str
    long_double_bytes: int
    features: frozenset
    compilers: tuple
    attribute: str = ""
    va_prefix: str = "__builtin_va_"
    # The address of a result in memory is the first integer argument, and is returned.
    sret_is_argument: bool = False
    cannot: tuple = ()  # what no compiler of the target is asked
    # Whether bit-fields lie as they do on Linux, which is what Springboard knows.
    bit_fields: bool = True

    def accepts(self, signature):
        return self.refusal(signature) is None and any(
            compiler.refusal(signature) is None for compiler in self.compilers
        )

    def refusal(self, signature):
        return next(filter(None, (rule(signature) for rule in self.cannot)), None)


_LEVELS = ("-O0", "-O2")


def _compilers(name, command, options, optimized_cannot=(), cannot=(), **more):
    """The compiler without and with optimisation, and what it cannot do: with it, or always."""
    return tuple(
        Compiler(f"{name} {level}", (*command, *options, level), cannot=(*cannot, *rules_of_level),
                 **more)
        for level, rules_of_level in zip(_LEVELS, ((), optimized_cannot))
    )


TARGETS = {
    target.name: target
    for target in (
        Target(
            "sysv_x64", "sysv_x64", 16, _ALWAYS | {"longdouble", "f16"},
            _compilers("gcc", ("gcc",), _SHARED, optimized_cannot=(rules.moves_misaligned,))
            + _compilers("clang", ("clang",), _SHARED,
                         cannot=(rules.NO_F16, rules.splits_int128, rules.forgets_union_members)),
            sret_is_argument=True,
        ),
        Target(
            "win64", "win64", 16, _ALWAYS | {"longdouble", "f16"},
            _compilers("gcc ms_abi", ("gcc",), _SHARED, cannot=(rules.reads_no_address,))
            + _compilers("clang ms_abi", ("clang",), _SHARED,
                         cannot=(rules.NO_F16, rules.returns_x87)),
            attribute="__attribute__((ms_abi))", va_prefix="__builtin_ms_va_",
            sret_is_argument=True,
            cannot=(rules.disputed_on_windows,),
        ),
        Target(
            "mingw_x64", "win64", 16, _ALWAYS | {"longdouble", "f16"},
            _compilers("mingw", ("x86_64-w64-mingw32-gcc-posix",), _DLL, runner="win64"),
            sret_is_argument=True,
            cannot=(rules.disputed_on_windows,),
            bit_fields=False,
        ),
        Target(
            "msvc_x64", "win64", 8, _ALWAYS,
            (Compiler("clang msvc", ("clang", "--target=x86_64-pc-windows-msvc", *_IMAGE),
                      image=True),),
            sret_is_argument=True,
            cannot=(rules.packs_aligned_members, rules.disputed_on_windows),
            bit_fields=False,
        ),
        Target(
            "aapcs64", "aapcs64", 16, _ALWAYS | {"longdouble", "f16", "bf16"},
            _compilers("gcc", ("aarch64-linux-gnu-gcc", "-march=armv8.2-a+bf16"), _SHARED,
                       runner="arm64", cannot=(rules.starts_behind_bf16,))
            + _compilers("clang", ("clang", "--target=aarch64-linux-gnu", "-march=armv8.2-a+bf16"),
                         (*_SHARED, "-nostdlib", "-fuse-ld=lld"), runner="arm64"),
            cannot=(rules.disputed_bf16, rules.packs_wide_elements),
        ),
        Target(
            "apple_arm64", "apple_arm64", 8, _ALWAYS | {"longdouble", "f16"},
            (Compiler("clang apple", ("clang", "--target=arm64-apple-macos12", *_IMAGE),
                      runner="arm64", image=True),),
            cannot=(rules.aligns_variadic, rules.overflows_and_variadic),
        ),
        Target(
            "win_arm64", "win_arm64", 8, _ALWAYS | {"longdouble", "f16"},
            (Compiler("clang windows", ("clang", "--target=aarch64-pc-windows-msvc", *_IMAGE),
                      runner="arm64", image=True, cannot=(
                rules.half_and_variadic, rules.confused_by_windows_variadic)),),
            cannot=(rules.packs_aligned_members,),
            bit_fields=False,
        ),
    )
}
