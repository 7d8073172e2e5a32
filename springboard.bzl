"""Compiler options of the project's own C++ code."""

COPTS = [
    "-Wall",
    "-Wextra",
    "-Wno-missing-field-initializers",  # members left out of an initializer have defaults
    "-Werror",
    "-fvisibility=hidden",
]
