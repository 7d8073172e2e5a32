"""Turns a foreign compiler's object file into bytes that run wherever they are copied.

The image is the object's text section. Branches to functions of the section itself (memcpy, the
scribbler) are filled in here. Whatever else needs a relocation, a constant say, takes its function
out of the image; the driver prints how many. Needs LLVM's tools, which read COFF and Mach-O alike.
"""

import bisect
import dataclasses
import re
import struct
import subprocess

# The relocations of a direct branch: x86-64's call and AArch64's bl, in COFF and in Mach-O.
_CALL_X64 = ("IMAGE_REL_AMD64_REL32",)
_CALL_A64 = ("IMAGE_REL_ARM64_BRANCH26", "ARM64_RELOC_BRANCH26")
_TEXT_SECTIONS = (".text", "__text")


@dataclasses.dataclass
class Image:
    """code: the bytes. offsets: of the functions f<n> and c<n>. dropped: those left out, by why."""

    code: bytearray
    offsets: dict
    dropped: dict


def _run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _text_section(path):
    """The bytes of the text section; llvm-objcopy does not write them out for COFF."""
    for part in _run("llvm-readobj", "--sections", path).split("Section {")[1:]:
        fields = dict(re.findall(r"^\s*(\w+): (\S+)", part, re.MULTILINE))
        if fields["Name"] in _TEXT_SECTIONS:
            start = int(fields.get("PointerToRawData") or fields["Offset"], 0)
            size = int(fields.get("RawDataSize") or fields["Size"], 0)
            with open(path, "rb") as file:
                return bytearray(file.read()[start : start + size])
    raise ValueError(f"{path} has no text section")


def _symbols(path):
    """Name to offset, of the section's functions; Mach-O's leading underscore is taken off."""
    symbols = {}
    listed = _run("llvm-nm", "--defined-only", path)
    underscore = "_memcpy" in listed
    for offset, name in re.findall(r"^([0-9a-f]+) [Tt] (\S+)$", listed, re.MULTILINE):
        symbols[name.removeprefix("_") if underscore else name] = int(offset, 16)
    return symbols, underscore


def _relocations(path, underscore):
    """(offset, type, symbol) of the text section's relocations."""
    listed = _run("llvm-objdump", "-r", path)
    for part in re.split(r"^RELOCATION RECORDS FOR ", listed, flags=re.MULTILINE)[1:]:
        if part.startswith(tuple(f"[{name}]" for name in _TEXT_SECTIONS)):
            rows = re.findall(r"^([0-9a-f]+)\s+(\S+)\s+(\S+)", part, re.MULTILINE)
            for offset, kind, value in rows:
                yield int(offset, 16), kind, value.removeprefix("_") if underscore else value


def fill_in(code, at, kind, target):
    """Writes the distance of a branch; false if the relocation is none."""
    if kind in _CALL_X64:
        struct.pack_into("<i", code, at, target - (at + 4))
    elif kind in _CALL_A64:
        word = struct.unpack_from("<I", code, at)[0]
        struct.pack_into("<I", code, at, word & ~0x3FFFFFF | (target - at) // 4 & 0x3FFFFFF)
    else:
        return False
    return True


def read_image(path):
    """The Image of an object file."""
    code = _text_section(path)
    symbols, underscore = _symbols(path)
    starts = sorted((offset, name) for name, offset in symbols.items())
    dropped = {}
    for at, kind, value in _relocations(path, underscore):
        if value in symbols and fill_in(code, at, kind, symbols[value]):
            continue
        owner = starts[bisect.bisect_right(starts, (at, "\x7f")) - 1][1]
        dropped[owner] = f"needs {value} ({kind})"
    offsets = {name: offset for name, offset in symbols.items() if re.fullmatch(r"[fc]\d+", name)}
    return Image(code, offsets, dropped)
