/* The entries of the callee and the caller of placed.cc: registers to and from PlacedFrames, whose
 * offsets are asserted there. They touch no register that their convention preserves, so that what
 * a stub does to one is seen by whoever called. One thread. */

#if defined(__x86_64__)

    .intel_syntax noprefix
    .text

    .set VECTOR, 128
    .set X87, 384
    .set STACK, 416
    .set STACK_BYTES, 424
    .set STACK_ALIGN, 432
    .set FUNCTION, 440
    .set X87_COUNT, 448

/* What Win64 preserves and System V does not lies below rbp while C++ code runs. */
    .set SAVED, 192

    .macro SAVE
    mov [rbp - 8], rdi
    mov [rbp - 16], rsi
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups [rbp - 32 - 16 * (\n - 5)], xmm\n
    .endr
    .endm

    .macro RESTORE
    mov rdi, [rbp - 8]
    mov rsi, [rbp - 16]
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups xmm\n, [rbp - 32 - 16 * (\n - 5)]
    .endr
    .endm

    .macro CALL_CPP function
    lea rsp, [rbp - SAVED]
    and rsp, -16
    cld
    call \function
    .endm

    .macro STORE_ALL frame
    mov [rip + \frame], rax
    mov [rip + \frame + 8 * 1], rcx
    mov [rip + \frame + 8 * 2], rdx
    mov [rip + \frame + 8 * 6], rsi
    mov [rip + \frame + 8 * 7], rdi
    .irp n, 8, 9, 10, 11
    mov [rip + \frame + 8 * \n], r\n
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups [rip + \frame + VECTOR + 16 * \n], xmm\n
    .endr
    .endm

/* Only what the convention lets a function change. */
    .macro LOAD_VOLATILE frame, is_sysv
    mov rax, [rip + \frame]
    mov rcx, [rip + \frame + 8 * 1]
    mov rdx, [rip + \frame + 8 * 2]
    .irp n, 8, 9, 10, 11
    mov r\n, [rip + \frame + 8 * \n]
    .endr
    .irp n, 0, 1, 2, 3, 4, 5
    movups xmm\n, [rip + \frame + VECTOR + 16 * \n]
    .endr
    .if \is_sysv
    mov rsi, [rip + \frame + 8 * 6]
    mov rdi, [rip + \frame + 8 * 7]
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups xmm\n, [rip + \frame + VECTOR + 16 * \n]
    .endr
    .endif
    .endm

/* Called by a stub: what it brought goes to SpringboardPlacedIn, what SpringboardPlacedReceive
 * leaves in SpringboardPlacedOut is returned. */
    .macro CALLEE name, is_sysv
    .globl \name
    .hidden \name
    .balign 16
\name:
    push rbp
    mov rbp, rsp
    sub rsp, SAVED
    STORE_ALL SpringboardPlacedIn
    lea rax, [rbp + 16]
    mov [rip + SpringboardPlacedIn + STACK], rax
    SAVE
    CALL_CPP SpringboardPlacedReceive
    RESTORE
    LOAD_VOLATILE SpringboardPlacedOut, \is_sysv
    cmp qword ptr [rip + SpringboardPlacedOut + X87_COUNT], 1
    jb 2f
    je 1f
    fld tbyte ptr [rip + SpringboardPlacedOut + X87 + 16]
1:
    fld tbyte ptr [rip + SpringboardPlacedOut + X87]
2:
    leave
    ret
    .endm

/* Calls a stub with what SpringboardPlacedPrepare left in SpringboardPlacedIn; what it returns goes
 * to SpringboardPlacedOut and SpringboardPlacedFinish. */
    .macro CALLER name, is_sysv
    .globl \name
    .hidden \name
    .balign 16
\name:
    push rbp
    mov rbp, rsp
    sub rsp, SAVED
    SAVE
    CALL_CPP SpringboardPlacedPrepare
    lea rsp, [rbp - SAVED]
    mov rcx, [rip + SpringboardPlacedIn + STACK_BYTES]
    sub rsp, rcx
    mov rax, [rip + SpringboardPlacedIn + STACK_ALIGN]
    neg rax
    and rsp, rax
    mov rsi, [rip + SpringboardPlacedIn + STACK]
    mov rdi, rsp
    rep movsb
    RESTORE
    LOAD_VOLATILE SpringboardPlacedIn, \is_sysv
    call [rip + SpringboardPlacedIn + FUNCTION]
    STORE_ALL SpringboardPlacedOut
    cmp qword ptr [rip + SpringboardPlacedOut + X87_COUNT], 1
    jb 2f
    fstp tbyte ptr [rip + SpringboardPlacedOut + X87]
    je 2f
    fstp tbyte ptr [rip + SpringboardPlacedOut + X87 + 16]
2:
    SAVE
    CALL_CPP SpringboardPlacedFinish
    RESTORE
    leave
    ret
    .endm

    CALLEE SpringboardPlacedCalleeSysv, 1
    CALLEE SpringboardPlacedCalleeWin64, 0
    CALLER SpringboardPlacedCallerSysv, 1
    CALLER SpringboardPlacedCallerWin64, 0

#endif

#if defined(__ELF__)
    .section .note.GNU-stack,"",%progbits
#endif
