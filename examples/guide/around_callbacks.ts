// Not from the guide: the lines around callbacks.ts that the guide leaves out. Its program speaks
// of a library `dylib` that somebody has opened with its `signatures`, and never closes it.

const signatures = {
  setCallback: { parameters: ["function"], result: "void" },
  runCallback: { parameters: [], result: "void" },
} as const;

const dylib = Deno.dlopen("./libcallbacks.so", signatures);
Object.assign(globalThis, { dylib });
await import("./callbacks.ts");
dylib.close();

export {};
