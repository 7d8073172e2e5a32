// deno_refused: what must not compile in a script of `springboard run`; marked as in refused.mts.

const library = Deno.dlopen('libexample.so', {
  add: { parameters: ['i32', 'i32'], result: 'i32' },
});
// @ts-expect-error 2345
library.symbols.add('1', 2);
// @ts-expect-error 2339
library.symbols.missing();
// @ts-expect-error 2322
Deno.dlopen('libexample.so', { f: { parameters: ['num'], result: 'void' } });
// @ts-expect-error 2339
Deno.serve(() => {});
// @ts-expect-error 2345
Deno.UnsafePointerView.getCString(Deno.UnsafePointer.create(1n));
// @ts-expect-error 2540
Deno.build.os = 'linux';
// @ts-expect-error 2322
const home: string = Deno.env.get('HOME');
// @ts-expect-error 2345
Deno.readTextFileSync(home.length);

export {};
