// The C functions of callees.c, as tests see them. callees.c is compiled by gcc and by clang,
// on x86-64 for both of its conventions; each compilation exports one table and its two buffers.
//
// A case is a signature with two functions. The callee appends each argument's bytes to `record`
// and returns the bytes in `reply`; the caller takes the arguments for a function pointer from
// `record`, calls it, and leaves its result in `reply`. In `record` each value begins at a multiple
// of 64 bytes.

#ifndef SPRINGBOARD_FFI_JIT_TESTDATA_CALLEES_H_
#define SPRINGBOARD_FFI_JIT_TESTDATA_CALLEES_H_

#ifdef __cplusplus
extern "C" {
#endif

enum { kRecordStride = 64, kRecordBytes = 400000 };

struct CalleeCase {
  const char* signature;
  void (*callee)(void);            // of that signature
  void (*caller)(void (*)(void));  // calls a function of that signature
};

struct CalleeTable {
  const char* compiler;
  const struct CalleeCase* cases;
  int count;
  unsigned char* record;
  unsigned char* reply;
  // long f(narrow): what the callee sees of a narrow argument, {i8, u8, i16, u16, bool}, and with
  // six longs before it, on the stack.
  void (*widen[5])(void);
  void (*widen_stack[5])(void);
  // narrow f(long): returns its argument's low bytes with the upper ones as they come.
  void (*narrow[5])(void);
  // long f(narrow (*)(long), long): what a native caller sees of a narrow result.
  void (*call_narrow[5])(void);
};

const struct CalleeTable* gcc_callees(void);
const struct CalleeTable* clang_callees(void);
#ifdef __x86_64__
// Their functions have Win64's convention; the callers are called as this system's own.
const struct CalleeTable* gcc_win64_callees(void);
const struct CalleeTable* clang_win64_callees(void);
#endif

#ifdef __cplusplus
}
#endif

#endif  // SPRINGBOARD_FFI_JIT_TESTDATA_CALLEES_H_
