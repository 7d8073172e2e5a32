"""The parts of ./dev test that look for faults which tests do not show: AddressSanitizer and
UndefinedBehaviorSanitizer, ThreadSanitizer, Valgrind.

Each function runs suites in a build or under a tool of that kind and returns their Tally. Leaks of
ours are looked for by LeakSanitizer in the C++ suites, by Valgrind in the same, and in JavaScript
by counting what is alive (tests/soak, worker_storm): of a Node.js process that ends LeakSanitizer
would report what V8 does not free.
"""

import os
import subprocess

from suites import (BUILD, NODES, ROOT, Tally, run, suites, test_cpp, test_javascript_suite,
                    test_script)

CPP_TARGETS = (
    "//abi/...",
    "//ffi_jit/...",
    "//tests/...",
    "//v8_glue:library_search_test",
    "//v8_glue:native_library_test",
    "//v8_glue/node:thread_pool_test",
)

# Not run with AddressSanitizer each time, and why.
ASAN_LEFT_OUT = {
    "crash_report.test.mjs": "AddressSanitizer has signal handlers and reports of its own",
    "cxx_ends.test.mjs": "AddressSanitizer's functions stand in the stacks that are reported",
    "denied.test.mjs": "preloads a library that AddressSanitizer would have to come before",
    "stack_overflow.test.mjs": "instrumented code fills stacks whose end the suite measures",
    "scale.test.mjs": "opens 100,000 libraries and reads memory figures, which are not Node's own",
}

# Where what is promised to any thread is used by several.
THREAD_TARGETS = (
    "//abi:type_test",
    "//ffi_jit:code_cache_test",
    "//ffi_jit:concurrency_test",
    "//ffi_jit:unwind_test",
    "//v8_glue:native_library_test",
    "//v8_glue/node:thread_pool_test",
)

# What Valgrind runs each time: code made, called, thrown through and freed in every form, and the
# types that it is made from.
VALGRIND_TARGETS = (
    "//abi:type_test",
    "//ffi_jit:aggregate_test",
    "//ffi_jit:call_stub_test",
    "//ffi_jit:code_cache_test",
    "//ffi_jit:fast_stub_test",
    "//ffi_jit:handle_test",
    "//ffi_jit:pairing_test",
    "//ffi_jit:unwind_registration_test",
    "//ffi_jit:unwind_test",
    "//v8_glue:native_library_test",
)

VALGRIND = (
    "/usr/bin/valgrind",
    "--quiet",
    "--error-exitcode=99",
    # Stubs are written at other addresses than they run at, which are used again: Valgrind has to
    # compare code each time with what it translated. In mappings of files, too: theirs is a memfd.
    "--smc-check=all",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite",
    "--show-leak-kinds=definite",
    # Of death tests: their children die on purpose.
    "--child-silent-after-fork=yes",
    f"--suppressions={ROOT / 'dev.d/valgrind.supp'}",
)


def test_sanitizers():
    """The C++ suites, as much of the conformance suite as runs in process, and the JavaScript
    suites."""
    tally = test_cpp("--config=asan", patterns=CPP_TARGETS)
    tally.add(test_script(ROOT / "dev", "conformance", "--sanitize", "--count=300",
                          "--abi=sysv_x64,win64,msvc_x64"))
    return tally.add(test_javascript_asan())


def _library(name):
    done = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True,
                          check=True)
    return done.stdout.strip()


def asan_environment():
    """What a Node.js process and its children need to load the addon of build/asan."""
    return {
        **os.environ,
        "SPRINGBOARD_BUILD": str((BUILD / "asan").relative_to(ROOT)),
        # Node.js itself is not instrumented: the run-time libraries have to be there before it.
        "LD_PRELOAD": f"{_library('libasan.so')} {_library('libubsan.so')}",
        # Suites load copies of one library.
        "ASAN_OPTIONS": "detect_leaks=0:detect_odr_violation=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }


def test_javascript_asan():
    """The suites with an addon and libraries that have AddressSanitizer, in the fast tier, and
    first whether it reports there what it should."""
    if run([ROOT / "dev", "build", "--asan"])[0] != 0:
        return Tally(failed=1)
    tally = Tally(skipped=[f"{name} with AddressSanitizer: {why}"
                           for name, why in ASAN_LEFT_OUT.items()])
    files = [file for file in suites("asan", "js", "issues") if file.name not in ASAN_LEFT_OUT]
    node = ("node26", NODES["node26"])
    return tally.add(test_javascript_suite(files, "js-asan", node, "fast", asan_environment()))


def test_threads():
    """ThreadSanitizer over the C++ tests in which threads meet."""
    return test_cpp("--config=tsan", patterns=THREAD_TARGETS)


def test_valgrind(patterns=VALGRIND_TARGETS):
    """Valgrind's memcheck over C++ suites."""
    return test_cpp(f"--run_under={' '.join(VALGRIND)}", "--test_timeout=1200", patterns=patterns)


def test_valgrind_whole():
    """All of them."""
    return test_valgrind(CPP_TARGETS)
