"""Tests of the generator itself, run with the slice: what it promises about signatures.

run() is called by conformance.py; `python3 selftest.py` runs them alone.
"""

import struct
import tempfile
import unittest

import families
import image
import mutate
import plan
from c_types import Signature, array, scalar, struct as struct_of, union
from targets import TARGETS


class Families(unittest.TestCase):
    """The families have the sizes that docs/conformance.md names, and repeat themselves."""

    def test_small_signatures(self):
        texts = {Signature(0, "bytes", *one).text for one in families.small_signatures()}
        self.assertEqual(len(texts), 12097)

    def test_permutations(self):
        made = list(families.permutations())
        self.assertEqual([one.number for one in made], list(range(24194)))
        self.assertEqual(len({one.text for one in made}), 24194)

    def test_numbers_do_not_collide(self):
        last = max(one.number for one in families.widening())
        self.assertGreater(families.WIDENING_FIRST, 24193)
        self.assertGreater(families.RANDOM_FIRST, last)

    def test_random_repeats(self):
        def make(number):
            return families.random_signature(
                7, number, {"f32", "f64", "i128"}, 16, lambda _: True
            ).text

        self.assertEqual(make(100005), make(100005))
        self.assertNotEqual(make(100005), make(100006))

    def test_random_limits(self):
        for target in TARGETS.values():
            for number in range(300):
                made = families.random_signature(
                    1, number, target.features, target.long_double_bytes, target.accepts
                )
                self.assertLessEqual(len(made.parameters), families.MAX_PARAMETERS)
                for one in made.types:
                    size, align = one.layout(target.long_double_bytes)
                    self.assertLessEqual(size, max(families.MAX_BYTES, align))


class Types(unittest.TestCase):
    """Text and layout; compilers assert the layout of everything that is generated."""

    def test_text(self):
        one = struct_of(scalar("f64"), union(scalar("i8"), array(scalar("u16"), 3)), packed=2)
        self.assertEqual(one.text, "{f64,<i8,[u16*3]>}packed(2)")

    def test_layout(self):
        self.assertEqual(struct_of(scalar("i8"), scalar("f64")).layout(16), (16, 8))
        self.assertEqual(struct_of(scalar("i8"), scalar("f64"), packed=1).layout(16), (9, 1))
        self.assertEqual(struct_of(scalar("i8"), align=32).layout(16), (32, 32))


class Plans(unittest.TestCase):
    """Every signature gets to a compiler."""

    def test_nothing_is_lost(self):
        target = TARGETS["sysv_x64"]
        chunks, _ = plan.make_chunks(target, plan.Request(1, 100))
        random = {
            one.number
            for chunk in chunks
            for one in chunk.signatures
            if one.number >= families.RANDOM_FIRST
        }
        self.assertEqual(random, set(range(families.RANDOM_FIRST, families.RANDOM_FIRST + 100)))


class Tools(unittest.TestCase):
    """Branches of images, and mutants whose text is no longer there."""

    def test_branches(self):
        code = bytearray(struct.pack("<II", 0x94000000, 0x94000000))
        self.assertTrue(image.fill_in(code, 4, "ARM64_RELOC_BRANCH26", 0))
        self.assertEqual(struct.unpack_from("<I", code, 4)[0], 0x97FFFFFF)  # bl back by 4 bytes
        self.assertFalse(image.fill_in(code, 0, "ARM64_RELOC_PAGE21", 0))

    def test_mutant_without_its_text(self):
        name = mutate.read_mutants(mutate.TABLE)[0]["name"]
        with tempfile.NamedTemporaryFile("w", suffix=".cc") as file:
            self.assertEqual(mutate.main(mutate.TABLE, name, file.name), 1)


def run():
    """(passed, failed)."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(__import__("selftest"))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors)
    return result.testsRun - failed, failed


if __name__ == "__main__":
    unittest.main()
