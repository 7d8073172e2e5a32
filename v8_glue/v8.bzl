"""Targets built once per V8 that Springboard runs in.

V8's headers differ between releases, so the same sources give one library and one addon each.
"""

load("//:springboard.bzl", "COPTS")

# Node.js release (the repository of its headers) -> ABI number in the addon's name.
NODE_ABIS = {
    "node24": 137,
    "node26": 147,
}

# Processors, as Node.js calls them in the addon's name -> as Bazel's platforms do.
_NODE_ARCHITECTURES = {
    "arm64": "@platforms//cpu:aarch64",
    "x64": "@platforms//cpu:x86_64",
}

# V8 is built without run-time types and exceptions, and classes derived from its own must agree.
_V8_COPTS = COPTS + [
    "-fno-exceptions",
    "-fno-rtti",
]

# The C++ run-time library goes into the addon, which then runs on systems with an older one, and
# shows none of it to other addons. V8's own symbols come from the process. (Exceptions of native
# libraries are those of the process's run-time library: see v8_glue/cxx_exception.cc.) Bazel's
# toolchain ends every command with -lstdc++ for gcc, which ignores -static-libstdc++: the archive
# is named instead, and the shared library, with nothing left to give, is dropped.
# nodelete: Node.js unloads an addon with the last environment that loaded it, a worker's perhaps,
# whose isolate still has objects of the addon's to free; and pool threads run the addon's code.
_ADDON_LINKOPTS = [
    "-static-libgcc",
    "-l:libstdc++.a",
    "-Wl,--as-needed",
    "-Wl,--exclude-libs,ALL",
    "-Wl,--gc-sections",
    "-Wl,-z,now",
    "-Wl,-z,nodelete",
]

def v8_library(name, deps = [], **kwargs):
    """A cc_library NAME_node24, NAME_node26, ... for every release.

    Args:
      name: the targets' common stem.
      deps: what all of them depend on; V8's headers are added.
      **kwargs: other attributes of cc_library.
    """
    for node in NODE_ABIS:
        native.cc_library(
            name = name + "_" + node,
            copts = _V8_COPTS,
            deps = deps + ["@{}//:v8_headers".format(node)],
            **kwargs
        )

def v8_program(name, srcs, v8_deps):
    """Shared libraries NAME_node24.so, ... of what a process with such a V8 can load, without Node.

    NAME_node24, ... are their code alone, for link checks.

    Args:
      name: the targets' common stem.
      srcs: the sources.
      v8_deps: stems of v8_library targets.
    """
    for node in NODE_ABIS:
        native.cc_library(
            name = "{}_{}".format(name, node),
            srcs = srcs,
            copts = _V8_COPTS,
            alwayslink = True,  # nothing in the program calls its entry
            deps = ["@{}//:v8_headers".format(node)] +
                   ["{}_{}".format(dep, node) for dep in v8_deps],
        )
        native.cc_binary(
            name = "{}_{}.so".format(name, node),
            linkopts = _ADDON_LINKOPTS,
            linkshared = True,
            deps = [":{}_{}".format(name, node)],
        )

def node_addon(name, srcs, v8_deps, deps = []):
    """The addons NAME-linux-ARCHITECTURE-ABI.node, and a filegroup NAME of the platform's.

    Args:
      name: the filegroup, and the stem of the files' names.
      srcs: the sources that only the addon has.
      v8_deps: stems of v8_library targets.
      deps: dependencies that are the same for every release.
    """
    for node in NODE_ABIS:
        native.cc_binary(
            name = "{}_{}.so".format(name, node),
            srcs = srcs,
            copts = _V8_COPTS,
            linkopts = _ADDON_LINKOPTS,
            linkshared = True,
            deps = deps + ["@{}//:headers".format(node)] +
                   ["{}_{}".format(dep, node) for dep in v8_deps],
        )
    native.filegroup(
        name = name,
        srcs = select({
            constraint: [
                _named_for_node(name, node, architecture)
                for node in NODE_ABIS
            ]
            for architecture, constraint in _NODE_ARCHITECTURES.items()
        }),
        visibility = ["//visibility:public"],
    )

def _named_for_node(name, node, architecture):
    """A copy of a library: it must be called .so for Bazel and .node for Node.js."""
    addon = "{}-linux-{}-{}.node".format(name, architecture, NODE_ABIS[node])
    native.genrule(
        name = "{}_{}_{}".format(name, node, architecture),
        srcs = ["{}_{}.so".format(name, node)],
        outs = [addon],
        cmd = "cp $< $@",
        target_compatible_with = [_NODE_ARCHITECTURES[architecture], "@platforms//os:linux"],
    )
    return addon
