"""C++ toolchains made of Debian's cross compilers.

Bazel itself knows gcc's flags for inputs, outputs, includes and libraries (its "legacy features");
here is only what differs between compilers, and the flags its own toolchain passes to gcc.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "artifact_name_pattern",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)

_COMPILE = [
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

_COMPILE_FLAGS = [
    "-fno-omit-frame-pointer",
    # Paths as they are searched, which Bazel compares with include_directories.
    "-fno-canonical-system-headers",
]

_OPTIMIZED_COMPILE_FLAGS = [
    "-g0",
    "-O2",
    "-DNDEBUG",
    "-ffunction-sections",
    "-fdata-sections",
]

_LINK_FLAGS = [
    "-pass-exit-codes",
    "-lstdc++",
    "-lm",
]

def _flags(actions, flags, features = []):
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = features)] if features else [],
    )

def _cross_config_impl(ctx):
    tools = {
        tool: "/usr/bin/{}-{}".format(ctx.attr.triple, tool)
        for tool in ["ar", "cpp", "gcov", "ld", "nm", "objcopy", "objdump", "strip"]
    }
    tools["gcc"] = "/usr/bin/" + ctx.attr.gcc
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "local",
        abi_version = "local",
        artifact_name_patterns = [
            artifact_name_pattern("executable", "", ctx.attr.executable_suffix),
        ] if ctx.attr.executable_suffix else [],
        compiler = "gcc",
        cxx_builtin_include_directories = ctx.attr.include_directories,
        features = [
            feature(name = "opt"),
            feature(name = "supports_pic", enabled = ctx.attr.supports_pic),
            feature(
                name = "default_compile_flags",
                enabled = True,
                flag_sets = [
                    _flags(_COMPILE, _COMPILE_FLAGS),
                    _flags(_COMPILE, _OPTIMIZED_COMPILE_FLAGS, features = ["opt"]),
                ],
            ),
            feature(
                name = "default_link_flags",
                enabled = True,
                flag_sets = [
                    _flags(_LINK, ctx.attr.link_flags + _LINK_FLAGS),
                    _flags(_LINK, ["-Wl,--gc-sections"], features = ["opt"]),
                ],
            ),
        ],
        host_system_name = "local",
        target_cpu = ctx.attr.triple,
        target_libc = "local",
        target_system_name = ctx.attr.triple,
        tool_paths = [tool_path(name, path) for name, path in tools.items()],
        toolchain_identifier = ctx.attr.triple,
    )

_cross_config = rule(
    implementation = _cross_config_impl,
    provides = [CcToolchainConfigInfo],
    attrs = {
        "executable_suffix": attr.string(),
        "gcc": attr.string(mandatory = True),
        "include_directories": attr.string_list(mandatory = True),
        "link_flags": attr.string_list(),
        "supports_pic": attr.bool(),
        "triple": attr.string(mandatory = True),
    },
)

def cross_toolchain(name, constraints, **kwargs):
    """The toolchain NAME.

    Args:
      name: the toolchain's name.
      constraints: of the platform that it compiles for.
      **kwargs: triple, the stem of the names of binutils, such as aarch64-linux-gnu; gcc, the
        compiler in /usr/bin; include_directories, which it searches by itself (else Bazel takes
        their headers for undeclared); link_flags; supports_pic; executable_suffix.
    """
    _cross_config(name = name + "_config", **kwargs)
    native.filegroup(name = name + "_files")
    native.cc_toolchain(
        name = name + "_cc",
        all_files = name + "_files",
        compiler_files = name + "_files",
        dwp_files = name + "_files",
        linker_files = name + "_files",
        objcopy_files = name + "_files",
        strip_files = name + "_files",
        toolchain_config = name + "_config",
    )
    native.toolchain(
        name = name,
        exec_compatible_with = [
            "@platforms//cpu:x86_64",
            "@platforms//os:linux",
        ],
        target_compatible_with = constraints,
        toolchain = name + "_cc",
        toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    )
