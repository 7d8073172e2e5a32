// system_error: errors of `throws: 'errno'`, as Node's own functions have them.
//
// The body of a function (binding, parts), run once per environment before forms.js. Isolate thread
// only.
'use strict';

const { Error, Object } = globalThis;
const { defineProperty } = Object;
const { apply } = Reflect;
const { charCodeAt, slice, toLowerCase } = String.prototype;

// block[1] is errno of the last call that kept it.
const { block } = binding;

class SystemError extends Error {}
defineProperty(SystemError.prototype, 'name', {
  __proto__: null,
  value: 'SystemError',
  configurable: true,
  writable: true,
});

// The C library begins its texts with a capital letter, which Node's messages do not: "EIO: i/o
// error", but what begins with an abbreviation stays.
function decapitalized(text) {
  const second = apply(charCodeAt, text, [1]);
  const isLower = second >= 97 && second <= 122;
  return isLower ? apply(toLowerCase, apply(slice, text, [0, 1]), []) + apply(slice, text, [1])
                 : text;
}

const property = (value) =>
    ({ __proto__: null, value, configurable: true, enumerable: true, writable: true });

// The error of a call of `syscall` after which errno was `number`. Like Node's, its `errno` is
// negative, as the system itself returns it.
function systemError(syscall, number) {
  const name = binding.errorName(number);
  const code = name === '' ? `E${number}` : name;
  const error = new SystemError(`${code}: ${decapitalized(binding.errorText(number))}, ${syscall}`);
  defineProperty(error, 'errno', property(number === 0 ? 0 : -number));
  defineProperty(error, 'code', property(code));
  return defineProperty(error, 'syscall', property(syscall));
}

// The text that calls `callee`, an expression, and makes its result `r`. A result that says that
// the call failed (JsSignature::Failure; the pointer of all ones is mmap()'s) is thrown. `call` and
// `forms` are those of forms.js.
function callText(callee, call, forms) {
  const { nonblocking, throws, errno } = forms;
  const kept = errno || throws !== 0;
  let text = `const r = ${callee};`;
  let number = `${call.bind(block)}[1]`;
  if (nonblocking && kept) {
    text = `const a = await ${callee}; const r = a.result;`;
    number = 'a.errno';
  } else if (nonblocking) {
    text = `const r = await ${callee};`;
  }
  if (throws === 0) return text;
  const failed = ['', 'r === -1', 'r === -1n',
    throws === 3 ? `r === null || ${call.bind(binding.isMinusOne)}(r)` : ''][throws];
  return `${text}
    if (${failed}) throw ${call.bind(systemError)}(${call.bind(call.name)}, ${number});`;
}

// What JavaScript gets where the result is `value`, an expression.
const valueText = (value, forms) =>
    forms.nonblocking && forms.errno ? `{ result: ${value}, errno: a.errno }` : value;

return { SystemError, block, callText, valueText };
