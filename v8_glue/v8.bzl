"""Targets built once per V8 that Springboard runs in.

V8's headers differ between releases, so the same sources give one library and one addon each.
"""

load("//:springboard.bzl", "COPTS")

# Node.js release (the repository of its headers) -> ABI number in the addon's name.
NODE_ABIS = {
    "node24": 137,
    "node26": 147,
}

# V8 is built without run-time types and exceptions, and classes derived from its own must agree.
_V8_COPTS = COPTS + [
    "-fno-exceptions",
    "-fno-rtti",
]

# The C++ run-time library goes into the addon, which then runs on systems with an older one, and
# shows none of it to other addons. V8's own symbols come from the process. Bazel's toolchain ends
# every command with -lstdc++ for gcc, which ignores -static-libstdc++: the archive is named
# instead, and the shared library, with nothing left to give, is dropped.
_ADDON_LINKOPTS = [
    "-static-libgcc",
    "-l:libstdc++.a",
    "-Wl,--as-needed",
    "-Wl,--exclude-libs,ALL",
    "-Wl,--gc-sections",
    "-Wl,-z,now",
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
            deps = deps + ["@{}//:headers".format(node)],
            **kwargs
        )

def node_addon(name, srcs, v8_deps, deps = []):
    """The addons NAME-linux-x64-ABI.node, and a filegroup NAME of all of them.

    Args:
      name: the filegroup, and the stem of the files' names.
      srcs: the sources that only the addon has.
      v8_deps: stems of v8_library targets.
      deps: dependencies that are the same for every release.
    """
    addons = []
    for node, abi in NODE_ABIS.items():
        library = "{}_{}.so".format(name, node)
        addon = "{}-linux-x64-{}.node".format(name, abi)
        addons.append(addon)
        native.cc_binary(
            name = library,
            srcs = srcs,
            copts = _V8_COPTS,
            linkopts = _ADDON_LINKOPTS,
            linkshared = True,
            deps = deps + ["@{}//:headers".format(node)] +
                   ["{}_{}".format(dep, node) for dep in v8_deps],
        )

        # A shared library must be called .so for Bazel and .node for Node.js.
        native.genrule(
            name = "{}_{}".format(name, node),
            srcs = [library],
            outs = [addon],
            cmd = "cp $< $@",
        )
    native.filegroup(
        name = name,
        srcs = addons,
        visibility = ["//visibility:public"],
    )
