/* Where the runner and generated code meet: one struct at a fixed address, so that code of a
 * foreign compiler, copied to memory and run in place, reaches it without a relocation.
 *
 * C, included by generated sources and by the runner, which maps the memory (zeroed, readable and
 * writable) before it loads any code. One thread.
 *
 * Of signature number n the generated code has two functions, both of the convention under test (so
 * with __attribute__((ms_abi)) where Win64 is tested inside a System V process):
 *   f<n>  the callee: stores the bytes of each argument in `arguments`, changes its own aggregates,
 *         and returns the bytes in `reply`;
 *   c<n>  the caller, `void c<n>(void)`: loads the arguments from `arguments`, calls `function`,
 * and stores the bytes of what it returned in `reply`. */

#ifndef SPRINGBOARD_TESTS_CONFORMANCE_EXCHANGE_H_
#define SPRINGBOARD_TESTS_CONFORMANCE_EXCHANGE_H_

#define EXCHANGE_ADDRESS 0x50000000

enum {
  kArgumentStride = 64,      /* each argument begins at a multiple of this */
  kReplyBytes = 65536,       /* the largest value there is */
  kArgumentsBytes = 1 << 20, /* the most that a call stub passes on the stack */
};

struct Exchange {
  __attribute__((aligned(64))) void (*function)(void); /* what c<n> calls */
  __attribute__((aligned(64))) unsigned char reply[kReplyBytes];
  __attribute__((aligned(64))) unsigned char arguments[kArgumentsBytes];
};

#define EXCHANGE ((struct Exchange*)EXCHANGE_ADDRESS)

#endif /* SPRINGBOARD_TESTS_CONFORMANCE_EXCHANGE_H_ */
