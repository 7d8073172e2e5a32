"""Rules that other programs check: clang-format, clang-tidy, buildifier, bash.

clang-tidy takes seconds a file, so a clean result is remembered in build/tidy under a hash of
everything it depends on: the file, the headers of ours it reaches, the settings and the tool.
"""

import concurrent.futures
import functools
import hashlib
import os
import re
import subprocess
import sys

from sources import ROOT, Finding

_CACHE = ROOT / "build" / "tidy"
_NODE_MODULES = ROOT / "third_party" / "node" / "node_modules"
_BUILDIFIER = _NODE_MODULES / "@bazel" / "buildifier" / "buildifier-linux_amd64"
_COMMON_FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-DASMJIT_STATIC", f"-iquote{ROOT}"]


def _run(*command):
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT, capture_output=True, text=True, errors="replace", check=False,
    )


def _findings(output, pattern):
    """Findings from a tool's messages; pattern's groups are path, line, message."""
    for match in re.finditer(pattern, output, re.MULTILINE):
        path = os.path.relpath(ROOT / match.group(1), ROOT)
        yield Finding(path, int(match.group(2)), match.group(3))


def _cpp_files(sources):
    return [source.path for source in sources if source.is_cpp]


def _bazel_files(sources):
    return [source.path for source in sources if source.is_bazel]


def clang_format(sources):
    """C++ is formatted as .clang-format says (./dev fmt does it)."""
    files = _cpp_files(sources)
    if files:
        done = _run("clang-format", "--dry-run", *files)
        yield from _findings(done.stderr, r"^([^:\n]+):(\d+):\d+: \w+: (.*)$")


def buildifier(sources):
    """BUILD files are formatted (./dev fmt does it)."""
    done = _run(_BUILDIFIER, "-mode=check", *_bazel_files(sources))
    for path in re.findall(r"^(\S+) # reformat", done.stdout + done.stderr, re.MULTILINE):
        yield Finding(path, 1, "not formatted")
    if done.returncode not in (0, 4):  # 4: some files need formatting
        yield Finding("BUILD.bazel", 1, f"buildifier failed: {done.stderr.strip()}")


def fix_format(sources):
    """What ./dev fmt does."""
    for command in (
        ["clang-format", "-i", *_cpp_files(sources)],
        [_BUILDIFIER, *_bazel_files(sources)],
    ):
        subprocess.run([str(word) for word in command], cwd=ROOT, check=True)


def shell_syntax(sources):
    """Bash reads every script without complaint."""
    for source in sources:
        if source.is_shell:
            done = _run("bash", "-n", source.path)
            yield from _findings(done.stderr, r"^([^:\n]+): line (\d+): (.*)$")


@functools.cache
def _third_party_headers():
    """Compiler options for asmjit's, V8's and Node's headers.

    Node 24's: those of 26 use std::source_location, which clang 14 does not have.
    """
    base = _run("bazel", "info", "output_base").stdout.strip()
    return [f"-isystem{base}/external/asmjit/src", f"-isystem{_NODE_MODULES}/node24/include/node"]


@functools.cache
def _generated_headers():
    """The option for headers that the build makes; they are made here again, for independence."""
    folder = _CACHE / "generated" / "v8_glue"
    folder.mkdir(parents=True, exist_ok=True)
    scripts = sorted((ROOT / "v8_glue").glob("*.js"))
    subprocess.run(
        [sys.executable, ROOT / "v8_glue" / "embed_js.py", folder, *scripts], check=True
    )
    return [f"-iquote{folder.parent}"]


def _reached(path, texts, seen):
    """Adds to seen the paths of the project's files that path includes, itself too."""
    if path in seen or path not in texts:
        return
    seen.add(path)
    for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', texts[path], re.MULTILINE):
        _reached(name, texts, seen)


def _cache_file(source, texts):
    version = _run("clang-tidy", "--version").stdout
    reached = set()
    _reached(source.path, texts, reached)
    content = [version, texts[".clang-tidy"], texts["third_party/node/package-lock.json"]]
    content += _COMMON_FLAGS + [path + texts[path] for path in sorted(reached)]
    return _CACHE / hashlib.sha256("\0".join(content).encode()).hexdigest()


def _clang_tidy_one(source, texts):
    clean = _cache_file(source, texts)
    if clean.exists():
        return []
    flags = _COMMON_FLAGS + _third_party_headers() + _generated_headers()
    done = _run("clang-tidy", "--quiet", source.path, "--", *flags)
    found = list(_findings(done.stdout, r"^([^:\n]+):(\d+):\d+: (?:error|warning): (.*)$"))
    if not found and done.returncode != 0:
        found = [Finding(source.path, 1, f"clang-tidy failed: {done.stderr.strip()}")]
    if not found:
        clean.touch()
    return found


def clang_tidy(sources):
    """clang-tidy is content with every C++ file; headers are seen through what includes them."""
    texts = {source.path: source.text for source in sources}
    _third_party_headers()
    _generated_headers()
    files = [source for source in sources if source.suffix == ".cc"]
    files = [source for source in files if not source.path.startswith("tests/native/")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda source: _clang_tidy_one(source, texts), files)
        yield from dict.fromkeys(finding for found in results for finding in found)
