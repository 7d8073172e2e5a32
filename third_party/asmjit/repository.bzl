"""@asmjit: the source tarball that Debian's archive holds, at one version and one SHA-256."""

def _asmjit_repository_impl(ctx):
    result = ctx.execute(
        [ctx.path(ctx.attr._fetch), ctx.attr.version, ctx.attr.sha256],
        timeout = 900,
        quiet = True,
    )
    if result.return_code != 0:
        fail("cannot fetch asmjit {}:\n{}{}".format(
            ctx.attr.version,
            result.stdout,
            result.stderr,
        ))
    ctx.symlink(ctx.attr._build_file, "BUILD.bazel")

asmjit_repository = repository_rule(
    implementation = _asmjit_repository_impl,
    doc = "Downloads with apt-get source, checks the SHA-256 and unpacks into the repository.",
    attrs = {
        "sha256": attr.string(mandatory = True, doc = "Of the .orig.tar.xz."),
        "version": attr.string(mandatory = True, doc = "Debian's version of the source package."),
        "_build_file": attr.label(
            default = "//third_party/asmjit:asmjit.BUILD",
            allow_single_file = True,
        ),
        "_fetch": attr.label(
            default = "//third_party/asmjit:fetch.sh",
            allow_single_file = True,
        ),
    },
)
