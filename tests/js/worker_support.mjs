// worker_support: waiting for what a worker does. Both promises reject with what it throws.
//
// A busy process may get a worker's last message and its end at once: who waits for both asks for
// both before the first comes.

const eventOf = (worker, event) => new Promise((resolve, reject) => {
  worker.once('error', reject);
  worker.once(event, resolve);
});

// The exit code.
export const endOf = (worker) => eventOf(worker, 'exit');
export const messageOf = (worker) => eventOf(worker, 'message');
