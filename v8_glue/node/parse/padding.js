// padding: the fields of a struct for a definition, which has neither attributes of single fields
// nor bit-fields without a name. Others between them put them where C does. Internal to the
// package.
//
// A bit-field of no bits takes none and aligns what follows, so it leaves the classes of the psABI
// (AMD64 3.2.3) what they are; bytes are INTEGER, and stand only where nothing else would do.
'use strict';

const { layoutOf, capped, recordLayout, up, IS_ARM, NoLayout } = require('./layout.js');

// What aligns the next field to so many bits.
const UNITS = [[16, 'u16'], [32, 'u32'], [64, 'u64']];
const EIGHTBYTE = 64;

// Fields from bit `from` to bit `to`.
function paddingTo(to, from) {
  const fields = [];
  for (let at = from; at < to;) {
    const unit = UNITS.find(([bits]) => up(at, bits) === to);
    const next = up(at, EIGHTBYTE);
    if (unit !== undefined || (next > at && next < to)) {
      fields.push({ native: unit?.[1] ?? 'u64', width: 0 });
      at = unit === undefined ? next : to;
    } else if (at % 8 === 0 && to - at >= 8) {
      const length = Math.floor((to - at) / 8);
      fields.push({ native: { array: 'u8', length } });
      at += 8 * length;
    } else {
      const width = Math.min(to - at, 8 - at % 8);
      fields.push({ native: 'u8', width });
      at += width;
    }
  }
  return fields;
}

const isUnnamedBits = ({ name, width }) => width !== undefined && name === undefined;

// In a union the bits of one without a name count for its size only.
function ofUnion(record) {
  return record.fields.flatMap((field) => {
    if (!isUnnamedBits(field)) return [field];
    const length = Math.ceil(field.width / 8);
    return length === 0 ? [] : [{ native: { array: 'u8', length } }];
  });
}

function ofStruct(record, packed, { align, bits, size }, scalarOf) {
  const fields = [];
  let end = 0;
  record.fields.forEach((field, i) => {
    if (isUnnamedBits(field)) return;
    const type = layoutOf(field.type, scalarOf);
    const natural = field.width !== undefined ? end : up(end, 8 * capped(type.align, packed));
    if (bits[i] !== natural) fields.push(...paddingTo(bits[i], end));
    fields.push(field);
    end = bits[i] + (field.width ?? 8 * type.size);
  });
  if (up(end, 8 * align) < 8 * size) fields.push(...paddingTo(8 * size, end));
  return fields;
}

// { fields, packed?, align? } of a record.
function withPadding(record, scalarOf) {
  const isOdd = ({ align, packed }) => align !== undefined || packed === true;
  const odd = record.fields.some(isOdd);
  const unnamed = !IS_ARM && record.fields.some((field) => isUnnamedBits(field) && field.width > 0);
  if (!odd && !unnamed) {
    return {
      fields: record.fields,
      ...(record.packed && { packed: record.packed }),
      ...(record.align !== undefined && { align: record.align }),
    };
  }
  const layout = recordLayout(record, scalarOf);
  if (odd && record.fields.some(({ width }) => width !== undefined)) {
    throw new NoLayout(
        "'packed' and 'aligned' of single fields beside bit-fields are not supported");
  }
  // AAPCS64 6.8.2, C.10: 16 bytes that a field aligns so begin at an even register.
  if (IS_ARM && layout.size === 16 && record.fields.some((field) => field.align > 8)) {
    throw new NoLayout("'aligned' of single fields in a struct of 16 bytes is not supported");
  }
  const packed = record.fields.some((field) => field.packed) || record.packed;
  return {
    fields: record.union ? ofUnion(record) : ofStruct(record, packed, layout, scalarOf),
    ...(packed && { packed }),
    ...((odd || record.align !== undefined || packed) && { align: layout.align }),
  };
}

module.exports = { withPadding };
