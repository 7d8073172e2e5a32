"""Rules about C++ files: the direction of includes, guards, membership in the build."""

import re
import subprocess

from sources import ROOT, Finding

_INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

# Layers from the inside out. May include: quoted folders, then system headers as patterns.
# A C++ standard header has neither a dot nor a folder.
_STANDARD = r"[a-z0-9_]+"
_ASMJIT = r"asmjit/.*"
_V8 = r"v8[a-z0-9-]*\.h|cppgc/.*"
_LAYERS = {
    "abi": (("abi",), (_STANDARD,)),
    "ffi_jit": (("abi", "ffi_jit"), (_STANDARD, _ASMJIT)),
    "v8_glue": (("abi", "ffi_jit", "v8_glue"), (_STANDARD, _V8)),
    "v8_glue/node": (
        ("abi", "ffi_jit", "v8_glue", "v8_glue/node"),
        (_STANDARD, _V8, r"node[a-z_]*\.h", r"uv\.h"),
    ),
}

# ./dev build compiles all of the first, examples/run.sh the second, qemu.sh the third.
_COMPILED_BY_SCRIPTS = ("tests/native/", "examples/guide/", "third_party/toolchains/")

# Only these know the operating system.
_PLATFORM_FILES = {
    "ffi_jit/errno_place.cc": (r"pthread\.h",),
    "ffi_jit/unwind_host.cc": (r"dlfcn\.h", r"windows\.h"),
    "v8_glue/cxx_exception.cc": (r"cxxabi\.h", r"dlfcn\.h", r"unwind\.h"),
    "v8_glue/js_type.cc": (r"sys/types\.h",),
    "v8_glue/library_file.cc": (r"(elf|fcntl|limits|sys/stat|unistd)\.h",),
    "v8_glue/library_search.cc": (r"(dirent|dlfcn|glob|sys/stat)\.h",),
    "v8_glue/native_library.cc": (r"dlfcn\.h",),
    "v8_glue/stack_origin.cc": (r"dlfcn\.h", r"unwind\.h"),
    "v8_glue/terminate_report.cc": (r"dlfcn\.h",),
    "v8_glue/crash_guard.cc": (r"setjmp\.h", r"sys/syscall\.h", r"sys/time\.h", r"time\.h",
                               r"unistd\.h"),
    "v8_glue/crash_guard.h": (r"signal\.h",),
    "v8_glue/crash_report.cc": (r"dlfcn\.h", r"signal\.h", r"sys/mman\.h", r"sys/syscall\.h",
                                r"ucontext\.h", r"unistd\.h"),
    "v8_glue/crash_text.cc": (r"link\.h", r"sys/prctl\.h", r"sys/syscall\.h", r"unistd\.h"),
    "v8_glue/crash_text.h": (r"signal\.h",),
    "v8_glue/javascript_stack.cc": (r"signal\.h",),
    "v8_glue/native_stack.cc": (r"link\.h", r"unwind\.h"),
    "v8_glue/native_stack.h": (r"signal\.h", r"ucontext\.h"),
    "v8_glue/raw_output.cc": (r"poll\.h", r"unistd\.h"),
    "v8_glue/stack_room.cc": (r"pthread\.h",),
    "v8_glue/symbolize.cc": (r"dlfcn\.h", r"link\.h", r"unistd\.h"),
    "v8_glue/trace.cc": (r"sys/syscall\.h", r"unistd\.h"),
    "v8_glue/node/thread_pool.cc": (r"pthread\.h", r"signal\.h"),
}

# Tests also use the test library and the system they run on.
_TEST_HEADERS = (r"g(test|mock)/.*", r"[a-z0-9_/]+\.h")


def _includes(source):
    for number, line in enumerate(source.lines, 1):
        include = _INCLUDE.match(line)
        if include:
            yield number, include.group(1) == '"', include.group(2)


def _system_headers(source, layer):
    headers = _LAYERS[layer][1] + _PLATFORM_FILES.get(source.path, ())
    return headers + _TEST_HEADERS if _is_test(source) else headers


def _is_test(source):
    ends = ("_test.cc", "/testing.h", "/guarded_bytes.h", "/one_parameter.h", "/test_stub.h",
            "/test_bytes.h")
    return source.path.endswith(ends)


def include_direction(sources):
    """Every layer includes only what lies further in, and only the headers of its own tools."""
    for source in sources:
        layer = source.path.rpartition("/")[0]
        if not source.is_cpp or layer not in _LAYERS:
            continue
        folders, headers = _LAYERS[layer][0], _system_headers(source, layer)
        for number, quoted, name in _includes(source):
            if quoted:
                folder = name.rpartition("/")[0]
                allowed = folder in folders or (_is_test(source) and folder == f"{layer}/testdata")
            else:
                allowed = any(re.fullmatch(header, name) for header in headers)
            if not allowed:
                yield Finding(source.path, number, f"{layer}/ must not include {name}")


def include_root(sources):
    """A quoted include is a path from the root, to a file of the project (or made by its build)."""
    generated = {"v8_glue/embedded_js.h"}
    known = {source.path for source in sources} | generated
    for source in sources:
        if not source.is_cpp or source.path.startswith("tests/native/"):
            continue
        for number, quoted, name in _includes(source):
            if quoted and name not in known:
                yield Finding(source.path, number, f"{name} is no file from the root")


def include_guard(sources):
    """A header's guard is its path."""
    for source in sources:
        if source.suffix != ".h" or source.path.startswith("tests/native/"):
            continue
        guard = "SPRINGBOARD_" + re.sub(r"[/.\-]", "_", source.path).upper() + "_"
        lines = [line for line in source.lines if line.startswith("#")]
        if lines[:2] != [f"#ifndef {guard}", f"#define {guard}"]:
            yield Finding(source.path, 1, f"needs the include guard {guard}")


def orphans(sources):
    """Every C++ file belongs to a target, but for the libraries that scripts compile."""
    query = "kind('source file', deps(//abi/... + //ffi_jit/... + //v8_glue/... + //tests/... + " \
        "//benchmarks/... + //examples/...))"
    done = subprocess.run(
        ["bazel", "query", query],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    if done.returncode != 0:
        yield Finding("BUILD.bazel", 1, f"bazel query failed: {done.stderr.strip()}")
        return
    built = {
        label[2:].replace(":", "/").lstrip("/")
        for label in done.stdout.split()
        if label.startswith("//")
    }
    for source in sources:
        if source.is_cpp and not source.path.startswith(_COMPILED_BY_SCRIPTS):
            if source.path not in built:
                yield Finding(source.path, 1, "belongs to no Bazel target")
