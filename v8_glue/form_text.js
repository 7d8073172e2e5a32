// form_text: the text of a wrapper, put together from the pieces that forms give (forms.js).
//
// The body of a function (binding, parts), run once per environment before forms.js.
'use strict';

const { defineProperty } = Object;
const { apply } = Reflect;
const { join } = Array.prototype;
const { systemError, callUses } = parts;

const joined = (list, separator = ', ') => apply(join, list, [separator]);
// Not by push(), which would meet setters of Object.prototype.
const append = (list, value) => {
  defineProperty(list, list.length,
      { __proto__: null, value, configurable: true, enumerable: true, writable: true });
};

// What a call gives: the result and what the parameters give, or only that where there is nothing
// else.
function valuesOf(result, outs, returnsVoid) {
  if (returnsVoid && outs.length > 0) return outs;
  const values = [result];
  for (let i = 0; i < outs.length; i += 1) append(values, outs[i]);
  return values;
}
const valueText = (values) => (values.length === 1 ? values[0] : `[${joined(values)}]`);

// Statements that return `values`; `nothing` is an expression that is undefined. An array that has
// had numbers alone would be one of doubles, which V8 makes even if it is taken apart at once.
function returnText(values, nothing) {
  if (values.length === 1) return `return ${values[0]};`;
  let text = '';
  let places = '';
  for (let i = 0; i < values.length; i += 1) {
    places += `${nothing},`;
    text += `all[${i}] = ${values[i]};`;
  }
  return `const all = [${places}]; ${text} return all;`;
}

// Statements that run `cleanup` after `body`, however that ends, and `failed` before if it throws.
// Not by `finally`, in which V8 joins both ways, and so puts numbers that have been made by then on
// the heap.
const endingText = (body, cleanup, failed) =>
    `try { ${body} } catch (error) { ${failed} ${cleanup} throw error; } ${cleanup}`;

// `expression`, evaluated after `effects`, expressions for their effects alone, or before them.
const beforeText = (expression, effects) =>
    (effects.length === 0 ? expression : `(${joined(effects)}, ${expression})`);
const afterText = (expression, effects) =>
    (effects.length === 0 ? expression : `(last = ${expression}, ${joined(effects)}, last)`);

// What a call has to note, to know where it was when something threw, and what it then does:
// { declare, callee, failed, cleanup }. `before` is undefined until the arguments are there, then
// the count of entries, and -1 when the native function has returned (of a nonblocking call, when
// it has been started). Conversions of the core types are the native call's, so only the count
// tells whether they were what threw.
function endingOf(all, native, call) {
  const { nonblocking } = call;
  const uses = all.uses.length > 0;
  const tracked = all.undo !== '' || all.lost !== '' || (uses && nonblocking);
  const calls = tracked ? call.bind(binding.calls) : '';
  const listed = uses ? call.bind(callUses.listed) : '';
  const giveBack = uses ? call.bind(callUses.giveBack) : '';
  const effects = [];
  if (tracked) append(effects, `before = ${calls}[1]`);
  if (all.lost !== '') {
    const block = call.bind(systemError.block);
    append(effects, `${calls}[2] = ${block}[2] = ${block}[3] = 0`);
  }
  let cleanup = uses ? `${giveBack}(mark);` : '';
  if (uses && nonblocking) {
    const give = call.bind(callUses.giveOne);
    let each = '';
    for (let i = 0; i < all.uses.length; i += 1) each += `${give}(${all.uses[i]});`;
    cleanup = `if (before === undefined) ${giveBack}(mark); else { ${each} }`;
  }
  const given = [];
  for (let i = 0; i < all.arguments.length - 1; i += 1) append(given, all.arguments[i]);
  let callee;
  if (all.arguments.length === 0) {
    callee = beforeText(`${native}()`, effects);
  } else {
    append(given, afterText(all.arguments[all.arguments.length - 1], effects));
    if (uses && nonblocking) append(given, `${listed}, mark`);
    callee = `${native}(${joined(given)})`;
  }
  let failed = '';
  if (tracked) {
    const unchanged = `before === ${calls}[1]`;
    const unlist = uses ? `${listed}[0] = mark,` : '';
    callee = nonblocking ? `(given = ${callee}, ${unlist} ${unchanged} || (before = -1), given)`
      : `(given = ${callee}, before = -1, given)`;
    const outcome = nonblocking ? `${call.bind(binding.outcomeOf)}(error)` : '';
    const refused = nonblocking ? `before !== -1 || ${outcome} === 'refused'`
      : `before === undefined || ${unchanged}`;
    const returned = nonblocking ? `${outcome} === 'returned'`
      : `before >= 0 && ${calls}[2] === 1`;
    if (all.undo !== '') failed += `if (${refused}) { ${all.undo} }`;
    if (all.lost !== '') failed += `if (${returned}) { ${all.lost} }`;
  }
  const mark = uses ? `const mark = ${listed}[0] === 0 ? 0 : ${call.bind(callUses.begin)}();` : '';
  return {
    __proto__: null,
    declare: `${mark} ${tracked ? 'let last, before, given;' : ''}`,
    callee,
    failed,
    cleanup,
  };
}

// The wrapper that calls `other` while one of its own calls, whose body are the statements `run`,
// is under way. The array of values is made in one place: otherwise V8 does not see that one who
// takes it apart at once needs none.
function keepingText(all, other, values, run, call) {
  const parameters = joined(all.parameters);
  let taken = '';
  let set = '';
  const names = [];
  for (let i = 0; i < values.length; i += 1) {
    append(names, `v${i}`);
    taken += `v${i} = ${values.length === 1 ? 'a' : `a[${i}]`};`;
    set += `v${i} = ${values[i]};`;
  }
  return `(() => {
    let busy = false;
    return (${parameters}) => {
      let ${joined(names)};
      if (busy && !${call.bind(callUses.isOver)}()) {
        const a = ${other}(${parameters});
        ${taken}
      } else {
        ${all.declare}
        busy = true;
        ${endingText(`${run} ${set}`, `busy = false; ${all.cleanup}`, all.failed)}
      }
      ${returnText(names, call.bind(undefined))}
    };
  })()`;
}

// The text of the wrapper around `native`, an expression, and `other`, which gives an expression
// for the same wrapper without memory of its own. `all` has the pieces of all parameters together,
// `result` is the expression that makes the result of `r`.
function wrapperText(all, native, result, call, forms, other) {
  const ending = endingOf(all, native, call);
  const whole = {
    __proto__: null,
    parameters: all.parameters,
    declare: ending.declare + all.declare,
    failed: ending.failed,
    cleanup: ending.cleanup + all.cleanup,
  };
  const values = valuesOf(result, all.outs, forms.returnsVoid);
  const run = `${all.before} ${systemError.callText(ending.callee, call, forms)} ${all.after}`;
  if (all.keeps) return keepingText(whole, other(), values, run, call);
  const value = systemError.valueText(valueText(values), forms);
  const guarded = whole.cleanup === '' && whole.failed === '' ? `${run} return ${value};`
    : `let value; ${endingText(`${run} value = ${value};`, whole.cleanup, whole.failed)}
      return value;`;
  return `${forms.nonblocking ? 'async ' : ''}(${joined(whole.parameters)}) => { ${
    whole.declare} ${guarded} }`;
}

return { joined, append, wrapperText };
