// deno_program: habits of programs that were written against Deno's own types: they still check.

// UnsafePointer as the type of a pointer, and keys that only older Denos knew.
const library = Deno.dlopen('libexample.so', {
  first: { parameters: ['pointer'], result: 'pointer', callback: true },
  later: { parameters: [], result: 'pointer', nonblocking: true },
  wait: { parameters: [], result: 'void', nonblocking: true },
});
const first: Deno.UnsafePointer | null = library.symbols.first({} as Deno.PointerValue);
library.symbols.later().then((pointer: Deno.UnsafePointer | null) => pointer ?? first);
const waited: Promise<void> = library.symbols.wait();
await waited;

// Enums and opaque handles.
const enum Mode { read, write }
const mode = 'u8' as Deno.NativeU8Enum<Mode>;
declare const isFile: unique symbol;
type File = Deno.PointerObject & { [isFile]: true };
const file = 'pointer' as Deno.NativeTypedPointer<File>;
type OnOpen = Deno.UnsafeCallbackDefinition<[typeof mode, 'u32'], typeof file>;
const onOpen = 'function' as Deno.NativeTypedFunction<OnOpen>;
type Files = Deno.DynamicLibrary<{
  open: { parameters: [typeof mode, typeof onOpen]; result: typeof file };
}>;
const openFile = (files: Files, handler: Deno.PointerObject<OnOpen> | null): File | null =>
  files.symbols.open(Mode.write, handler);
void openFile;

// Wrappers around dlopen(), with and without `const` parameters.
function symbolsOf<S extends Deno.ForeignLibraryInterface>(
  definitions: S,
): Deno.StaticForeignLibraryInterface<S> {
  return Deno.dlopen('libexample.so', definitions).symbols;
}
const one: number = symbolsOf({ f: { parameters: ['i32'], result: 'i32' } } as const).f(1);
class Lazy<S extends Deno.ForeignLibraryInterface> {
  #library: Deno.DynamicLibrary<S> | undefined;
  constructor(readonly path: string, readonly definitions: S) {}
  get symbols(): Deno.StaticForeignLibraryInterface<S> {
    this.#library ??= Deno.dlopen(this.path, this.definitions);
    return this.#library.symbols;
  }
}
const definition = {
  parameters: ['pointer', 'i32'], result: 'void',
} as const satisfies Deno.ForeignFunction;
const lazy = new Lazy('libexample.so', { f: definition, count: { type: 'u32' } });
lazy.symbols.f(null, lazy.symbols.count + one);

// Definitions that are built as data, and callbacks that are made later.
const table: Record<string, Deno.ForeignFunction> = {};
table['f'] = { parameters: ['u8', { struct: ['f64', 'f64'] }], result: 'bool' };
for (const [name, entry] of Object.entries(table)) entry.name ??= `example_${name}`;
const { symbols } = Deno.dlopen('libexample.so', table);
void symbols['f']?.(1, new Uint8Array(16));
let callback: Deno.UnsafeCallback<typeof definition> | null = null;
callback = Deno.UnsafeCallback.threadSafe(definition, (pointer, count: number) => {
  void [pointer, count];
});
const closeLater = (closing: Deno.UnsafeCallback<any>) => closing.close();
closeLater(callback);
const function_: Deno.UnsafeFnPointer<typeof definition> =
  new Deno.UnsafeFnPointer(callback.pointer, definition);
function_.call(null, 1);
