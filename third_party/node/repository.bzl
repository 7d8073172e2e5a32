"""@node26, @node24: a Node.js release's binary and headers, as npm installed them.

The packages are pinned in package.json and package-lock.json beside this file and installed by
`./dev setup`; the repository only links to them.
"""

_BUILD = """\
# {name}: Node.js {version}, ABI {abi}.

package(default_visibility = ["//visibility:public"])

# All are in one folder. Including one that a target does not depend on is an error all the same.
cc_library(
    name = "v8_headers",
    hdrs = glob([
        "include/node/v8*.h",
        "include/node/cppgc/**/*.h",
        "include/node/libplatform/**/*.h",
    ]),
    includes = ["include/node"],
)

# V8's, Node's and libuv's.
cc_library(
    name = "headers",
    hdrs = glob(["include/node/**/*.h"]),
    includes = ["include/node"],
)

filegroup(
    name = "node",
    srcs = ["bin/node"],
)
"""

_PREFIX = "#define NODE_MODULE_VERSION "

def _node_repository_impl(ctx):
    lock = ctx.path(Label("//third_party/node:package-lock.json"))
    package = lock.dirname.get_child("node_modules").get_child(ctx.name)
    version_header = package.get_child("include").get_child("node").get_child("node_version.h")
    if not version_header.exists:
        fail("Node.js is missing at {}. Run ./dev setup.".format(package))
    if "{}{}\n".format(_PREFIX, ctx.attr.abi) not in ctx.read(version_header):
        fail("{} does not have ABI {}. Run ./dev setup.".format(package, ctx.attr.abi))
    ctx.symlink(package.get_child("include"), "include")
    ctx.symlink(package.get_child("bin"), "bin")
    ctx.file("BUILD.bazel", _BUILD.format(
        name = ctx.name,
        abi = ctx.attr.abi,
        version = json.decode(ctx.read(package.get_child("package.json")))["version"],
    ))

node_repository = repository_rule(
    implementation = _node_repository_impl,
    doc = "Links third_party/node/node_modules/NAME and checks that its ABI is the expected one.",
    local = True,
    attrs = {
        "abi": attr.int(mandatory = True, doc = "NODE_MODULE_VERSION that this release must have."),
    },
)
