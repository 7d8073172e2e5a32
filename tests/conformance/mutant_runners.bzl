"""One runner for each mutant: the runner's own objects, and one source with a mistake in it.

The changed source is linked as an object, before the archives; as it defines all that the original
does, the linker does not take the original out of its archive. The product knows nothing of it.
"""

load("//:springboard.bzl", "COPTS")
load(":mutants.bzl", "MUTANTS")

def mutant_runners(deps):
    """Declares mutant_<name> for every row of MUTANTS; only asked for by name."""
    for mutant in MUTANTS:
        name = "mutant_" + mutant["name"]
        folder, _, file = mutant["file"].rpartition("/")
        source = "//%s:%s" % (folder, file)
        native.genrule(
            name = name + "_source",
            srcs = [
                "mutants.bzl",
                source,
            ],
            outs = [name + ".cc"],
            cmd = "python3 $(location mutate.py) $(location mutants.bzl) %s $(location %s) > $@" %
                  (mutant["name"], source),
            tags = ["manual"],
            tools = ["mutate.py"],
        )
        native.cc_binary(
            name = name,
            testonly = True,
            srcs = [name + ".cc"],
            # A mistake may leave a parameter or constant without a use.
            copts = COPTS + ["-Wno-error"] + (["-fno-rtti"] if folder == "ffi_jit" else []),
            linkopts = ["-ldl"],
            linkstatic = True,
            tags = ["manual"],
            deps = deps,
        )
