"""Repositories made of a Debian package's headers and libraries.

Only the named headers become visible (not all of /usr/include, which would shadow the compiler's
own order of system headers).
"""

# Where Debian puts headers and libraries on x86-64; the first that has the file wins.
_INCLUDE = ["/usr/include", "/usr/include/x86_64-linux-gnu"]
_LIB = ["/usr/lib/x86_64-linux-gnu", "/usr/lib"]

def _find(ctx, directories, name):
    for directory in directories:
        path = ctx.path(directory + "/" + name)
        if path.exists:
            return path
    fail("{} is missing (Debian: {}). Run ./dev setup, or: apt-get install {}".format(
        name,
        ", ".join(ctx.attr.packages),
        " ".join(ctx.attr.packages),
    ))

def _debian_library_impl(ctx):
    for name in ctx.attr.headers:
        ctx.symlink(_find(ctx, _INCLUDE, name), "include/" + name)
    for name in ctx.attr.libraries:
        ctx.symlink(_find(ctx, _LIB, name), "lib/" + name)
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

debian_library = repository_rule(
    implementation = _debian_library_impl,
    doc = "Links the named headers into include/ and libraries into lib/.",
    local = True,
    attrs = {
        "build_file": attr.label(mandatory = True, allow_single_file = True),
        "headers": attr.string_list(mandatory = True, doc = "Files or folders under /usr/include."),
        "libraries": attr.string_list(mandatory = True, doc = "Files in the library folder."),
        "packages": attr.string_list(mandatory = True, doc = "What holds them."),
    },
)
