// accessors: classes of structs, strings and variadic functions.

import { alloc, dlopen, struct, union, type Accessor } from 'springboard-ffi';
import { holds, type Same } from './same.mjs';

const Point = struct({ x: 'f64', y: 'f64' }, { name: 'Point' });
const Line = struct({
  ends: { array: Point, length: 2 },
  weights: { array: 'f32', length: 3 },
  color: { enum: { RED: 0 } },
  width: { bits: 'u32', width: 3 },
  id: 'i64',
  label: 'cstring',
});
const Pen = struct({
  color: { bits: { enum: { RED: 0, BLUE: 1 }, type: 'unsigned' }, width: 2 },
  raw: { struct: ['u8', 'u16'] },
});
const pen = Pen.from({ color: 'BLUE', raw: new Uint8Array(4) });
pen.color = 0;
pen.raw.fill(0);
const Either = union({ i: 'i32', f: 'f32' });

const point = Point.from({ x: 1 });
holds<Same<typeof point.x, number>>();
point.x = 2;
const line = new Line();
holds<Same<typeof line.weights, Float32Array>>();
holds<Same<typeof line.id, bigint>>();
holds<Same<typeof line.width, number>>();
holds<Same<typeof line.label, string | null>>();
const end: Accessor<{ readonly x: 'f64'; readonly y: 'f64' }> = line.ends.at(1);
end.y = Line.offsets.id + Line.size;
new Either().f = Either.at(new Uint8Array(8), 4).i;
for (const each of Point.array(3)) each.x += 1;
holds<Same<ReturnType<typeof Point.array>['bytes'], Uint8Array>>();
// @ts-expect-error: no field of it
point.z = 1;
// @ts-expect-error: no number
Point.from({ x: '1' });

const library = dlopen('libexample.so', {
  move: { parameters: [Point, { struct: { dx: 'f64' } }], result: Point },
  later: { parameters: [Point], result: Line, nonblocking: true },
  say: { parameters: ['cstring', { cstring: 'u16' }], result: { cstring: 'u8', free: 'give' } },
  print: { parameters: ['cstring', '...', 'i32', 'f64'], result: 'i32' },
});
const moved = library.symbols.move({ x: 1, y: 2 }, { dx: 3 });
holds<Same<typeof moved.y, number>>();
library.symbols.move(moved, new Uint8Array(8));
library.symbols.move(point, { dx: 1 }, moved).x += 1;
library.symbols.move(point, {}, new Uint8Array(16)).y += 1;
// @ts-expect-error: no struct of that kind
library.symbols.move(point, {}, { z: 1 });
Point.at(alloc(Point, 2), 16).x = Point.from(point).x;
const said = library.symbols.say('a', null);
holds<Same<typeof said, string | null>>();
library.symbols.print('%d %f', 1, 2.5);
// @ts-expect-error: a type without its value
library.symbols.print('%d %f', 1);
library.symbols.later(point).then((made) => made.ends.length);
const print = library.variadic('printf', ['cstring'], 'i32');
const count: number = print('%d', 'i32', 1);
// @ts-expect-error: no string
print(count);
