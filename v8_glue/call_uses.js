// call_uses: what calls under way use, so that it is given back however they end.
//
// The body of a function (binding, parts), run once per environment before forms.js. What is used
// is an *item*: an object with `uses`, how many calls use it; `owner`, which is kept as long; and
// `rest`, a function of it for when no call does any more, which may come more than once, and not
// at all unless `needsRest`. A call lists what it uses, the innermost call's last, and gives back
// what is above its mark. A nonblocking call's is taken off the list when it starts
// (Environment::UnlistUses), because such calls do not end in order; the call gives it back by
// itself.
//
// A termination (a timeout of node:vm) ends a call without that, as it passes `finally`. The call
// around it then gives back both calls' items; where there is none, the next call that lists
// something does, or whoever asks about an item. That a call is over shows in two ways: JavaScript
// below its native function would run deeper than the call was made, and its wrapper would be on
// the stack. The first is looked at before the second, which takes long. Isolate thread only.
'use strict';

const { defineProperty } = Object;
const { calls, callsOnStack, report } = binding;

// The wrappers' url.
const URL = 'springboard:call';

// In place of a depth: no longer counted in `uses`, but `rest` may not have been called.
const COUNTED_OFF = 2 ** 30 - 1;

// How many are listed. Beyond that the arrays have what they had.
const { listed } = binding;
const items = [];
const depths = [];

// An element of an array; assigning it would meet setters of Array.prototype.
function put(array, index, value) {
  defineProperty(array, index,
      { __proto__: null, value, configurable: true, enumerable: true, writable: true });
}

// Apart, like what else is rare, so that V8 inlines the rest.
function grow(index) {
  put(items, index, undefined);
  put(depths, index, 0);
}

// Lists `item` for the call that is about to be made, which keeps `owner`.
function use(item, owner) {
  const index = listed[0];
  if (index === items.length) grow(index);
  // Nothing is called from here on, so no termination comes between.
  items[index] = item;
  depths[index] = calls[0];
  item.owner = owner;
  item.uses += 1;
  listed[0] = index + 1;
}

// Gives back what is listed from `mark` on.
function giveBack(mark) {
  for (let index = listed[0] - 1; index >= mark; index -= 1) {
    const item = items[index];
    const uses = item.uses - 1;
    if ((uses === 0 && item.needsRest) || depths[index] === COUNTED_OFF) {
      giveBackResting(mark);
      return;
    }
    item.uses = uses;
    if (uses === 0) item.owner = undefined;
    listed[0] = index;
  }
}

// The same where something may have to be called. Terminations may come there, as at the end of
// each round of a loop.
function giveBackResting(mark) {
  let failed = false;
  let failure;
  while (listed[0] > mark) {
    const index = listed[0] - 1;
    const item = items[index];
    if (depths[index] !== COUNTED_OFF) {
      depths[index] = COUNTED_OFF;
      item.uses -= 1;
    }
    if (item.uses === 0) {
      item.owner = undefined;
      try {
        item.rest(item);
      } catch (error) {
        if (failed) report('what a call had used was not given back', error);
        else failure = error;
        failed = true;
      }
    }
    items[index] = undefined;
    // Calls that `rest` led to may have given back more.
    if (listed[0] > index) listed[0] = index;
  }
  if (failed) throw failure;
}

// Gives back one item of a nonblocking call, or nothing.
function giveOne(item) {
  if (item === undefined || item === null) return;
  item.uses -= 1;
  if (item.uses > 0) return;
  item.owner = undefined;
  item.rest(item);
}

// Gives back what calls that are over have left, if there are `own` calls on the stack and no more.
function giveLeft(own) {
  if (listed[0] === 0 || callsOnStack(URL) > own) return;
  try {
    giveBack(0);
  } catch (error) {
    report('what a terminated call had used was not given back', error);
  }
}

// The mark of a call that begins while something is listed.
function begin() {
  if (depths[listed[0] - 1] >= calls[0]) giveLeft(1);
  return listed[0];
}

// The same for `item` alone, which a call on the stack is about to use.
function giveLeftOf(item) {
  if (callsOnStack(URL) > 1) return;
  for (let i = 0; i < listed[0]; i += 1) {
    if (items[i] === item && depths[i] !== COUNTED_OFF) {
      depths[i] = COUNTED_OFF;
      item.uses -= 1;
    }
  }
}

// Whether every call but the one that asks is over. Below a native function none is said to be.
const isOver = () => calls[0] === 0 && callsOnStack(URL) <= 1;

return { URL, listed, begin, use, giveBack, giveOne, giveLeft, giveLeftOf, isOver };
