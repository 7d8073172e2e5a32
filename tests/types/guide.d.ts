// guide: what the guide's callbacks.ts leaves out: the library that its lines speak of.

declare const dylib: Deno.DynamicLibrary<{
  setCallback: { parameters: ['function']; result: 'void' };
  runCallback: { parameters: []; result: 'void' };
}>;
