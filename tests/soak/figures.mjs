// figures: what of a process is alive, and how much of it may stay after a soak.
//
// Compared are the figures after warming up with those at the end, both with everything closed and
// collected. Linux only: maps and descriptors come from /proc.

import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import v8 from 'node:v8';

import { collect, counts } from '../js/support.mjs';

// By how much each may exceed what it was after warming up. What is not here is printed only.
const bounds = {
  liveStubs: 0,
  closures: 0,
  // Of the functions that V8 instantiated from templates it keeps some, with their symbols. Which
  // of them these are is chance.
  ownedObjects: 16,
  retiredObjects: 0,
  pendingCalls: 0,
  shapes: 0,
  callStubs: 0,
  templates: 0,
  environments: 0,
  openLibraries: 0,
  // The allocator keeps one empty block of code for each of the three unwind shapes, none larger
  // than all of what the closed callbacks need.
  unwindRecords: 3,
  codeBytesMapped: 3 * 2 ** 19,
  codeMaps: 3 * 2,
  contexts: 0,
  // Node.js' own, of what waits for events.
  handleBytes: 8192,
  files: 2,
  libraryMaps: 0,
  maps: 3 * 2,  // as codeMaps
  // Pages of V8's heap, of 256 KiB, and stacks of threads that the C library keeps for the next.
  otherMaps: 512,
  // The pool starts threads when they are needed and has 32 at most.
  threads: 32,
};

export function figures() {
  const { ordinaryCalls, ...alive } = counts();
  const all = readFileSync('/proc/self/maps', 'utf8').trim().split('\n');
  // All that Springboard maps has a file: libraries, and the memory of its code. The rest is V8's
  // heap, the C library's, and stacks, which come and go and are kept for the next.
  const maps = all.filter((line) => line.includes('/'));
  const mapsOf = (part) => maps.filter((line) => line.includes(part)).length;
  const heap = v8.getHeapStatistics();
  return {
    ...alive,
    ordinaryCalls,
    contexts: heap.number_of_native_contexts + heap.number_of_detached_contexts,
    handleBytes: heap.used_global_handles_size,
    heapBytes: heap.used_heap_size,
    files: readdirSync('/proc/self/fd').length,
    maps: maps.length,
    otherMaps: all.length - maps.length,
    codeMaps: mapsOf('/memfd:'),
    libraryMaps: mapsOf('.so'),
    threads: readdirSync('/proc/self/task').length,
    residentBytes: process.memoryUsage.rss(),
  };
}

// What of `now` is more than `before` allows, as text.
export const excess = (before, now) => Object.entries(bounds)
  .filter(([name, bound]) => now[name] > before[name] + bound)
  .map(([name, bound]) => `${name}: ${before[name]}, at the end ${now[name]}` +
    (bound === 0 ? '' : `, ${bound} more are allowed`));

// Lets threads end and the collector work, and then on until `isEnough`, or for ten seconds.
export async function settled(isEnough) {
  for (let i = 0; i < 110; i += 1) {
    collect();
    await delay(i < 10 ? 20 : 100);
    if (i >= 10 && isEnough(figures())) break;
  }
  return figures();
}
