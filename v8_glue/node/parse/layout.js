// layout: sizes, alignments and offsets of C types on this package's systems. Internal to the
// package.
//
// Rules: System V ABI, "Aggregates and Unions" and "Bit-Fields" (AMD64 psABI 3.1.2, AAPCS64 8.1.8
// agree where a bit-field has a type of its own size); gcc's for `packed` and `aligned`.
'use strict';

const IS_ARM = process.arch === 'arm64';

const LP64 = {
  __proto__: null,
  bool: 1, i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, i64: 8, u64: 8, isize: 8, usize: 8,
  f16: 2, f32: 4, f64: 8, i128: 16, u128: 16, 'long double': 16,
};

const up = (value, to) => Math.ceil(value / to) * to;

// What is thrown for a type without a size.
class NoLayout extends Error {}

// { size, align } of a type; `scalarOf` gives the native type of a scalar.
function layoutOf(type, scalarOf) {
  switch (type.kind) {
    case 'typedef': {
      const { size, align } = layoutOf(type.type, scalarOf);
      return { size, align };
    }
    case 'pointer':
      return { size: 8, align: 8 };
    case 'array': {
      const { size, align } = layoutOf(type.of, scalarOf);
      return { size: size * (type.length ?? 0), align };
    }
    case 'enum':
      return { size: LP64[type.enum.type], align: LP64[type.enum.type] };
    case 'record':
      return recordLayout(type.record, scalarOf);
    case 'vector': {
      const size = type.length * layoutOf(type.of, scalarOf).size;
      return { size, align: size };
    }
    case 'complex': {
      const { size, align } = layoutOf(type.of, scalarOf);
      return { size: 2 * size, align };
    }
    case 'scalar': {
      const size = LP64[scalarOf(type)];
      if (size !== undefined) return { size, align: size };
    }
    // falls through
    default:
      throw new NoLayout(`'${type.kind === 'scalar' ? type.name : type.kind}' has no size`);
  }
}

// A member's alignment where `packed` is true, or the number of #pragma pack.
const capped = (align, packed) => (packed ? Math.min(align, Number(packed)) : align);

// Where a bit-field goes that would begin at `bit`, and what it does to the alignment.
function placeBits(field, bit, { size, align: natural }, packed) {
  const align = capped(natural, packed);
  // Unnamed ones align the struct by AAPCS64 10.1.8.1 only.
  const aligns = field.name !== undefined || IS_ARM ? align : 1;
  if (packed && field.width !== 0) return { at: bit, align: aligns };
  if (field.width === 0) return { at: up(bit, 8 * natural), align: aligns };
  const unit = 8 * size;
  const crosses = Math.floor(bit / unit) !== Math.floor((bit + field.width - 1) / unit);
  return { at: crosses ? up(bit, 8 * align) : bit, align: aligns };
}

// Layouts of records that are complete: without them a struct of two structs of two structs and so
// on would be walked twice as often with each level.
const known = new WeakMap();

// { size, align, bits: where each field begins, in bits }.
function recordLayout(record, scalarOf) {
  let layout = known.get(record);
  if (layout === undefined) {
    layout = computeLayout(record, scalarOf);
    known.set(record, layout);
  }
  return layout;
}

function computeLayout(record, scalarOf) {
  if (record.fields === undefined) {
    throw new NoLayout(`'${record.name ?? 'a struct'}' is not complete`);
  }
  let align = record.align ?? 1;
  let end = 0;
  const bits = [];
  for (const field of record.fields) {
    const type = layoutOf(field.type, scalarOf);
    const start = record.union ? 0 : end;
    let at;
    if (field.width !== undefined) {
      const placed = placeBits(field, start, type, record.packed || field.packed);
      at = placed.at;
      align = Math.max(align, placed.align, field.align ?? 1);
      end = Math.max(end, at + field.width);
    } else {
      const own = Math.max(capped(type.align, field.packed || record.packed), field.align ?? 1);
      at = up(start, 8 * own);
      align = Math.max(align, own);
      end = Math.max(end, at + 8 * type.size);
    }
    bits.push(at);
  }
  return { size: up(Math.ceil(end / 8), align), align, bits };
}

module.exports = { layoutOf, capped, computeLayout, recordLayout, up, IS_ARM, NoLayout };
