"""Compiler options of the project's own C++ code."""

COPTS = [
    "-Wall",
    "-Wextra",
    "-Wno-missing-field-initializers",  # members left out of an initializer have defaults
    "-Werror",
    "-fvisibility=hidden",
]

def fuzz_target(name, srcs, deps, **kwargs):
    """A libFuzzer target, which only `bazel build --config=fuzz` links (`./dev fuzz`).

    Args:
      name: what the program is called; its corpus is beside it in testdata/fuzz.
      srcs: its sources, with LLVMFuzzerTestOneInput() among them.
      deps: the libraries it tests.
      **kwargs: as for cc_binary.
    """
    native.cc_binary(
        name = name,
        testonly = True,
        srcs = srcs,
        copts = COPTS,
        linkopts = ["-fsanitize=fuzzer"],
        linkstatic = True,
        tags = ["manual"],
        deps = deps,
        **kwargs
    )
