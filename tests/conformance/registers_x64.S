/* Thunks that call a function with known values in all registers. See registers.h and, for the
 * offsets, RegisterFrame in registers.cc. Any thread. */

#if defined(__x86_64__)

    .intel_syntax noprefix
    .text

/* \entry holds the RegisterFrame's address; \a0 to \a2 are the convention's argument registers.
 * Every register that any convention preserves is saved, so one frame serves both:
 *   rsp + 0    home space
 *   rsp + 32   the RegisterFrame's address
 *   rsp + 40   the function
 *   rsp + 48   xmm6 to xmm15 */
    .macro THUNK name, entry, a0, a1, a2
    .globl \name
    .balign 16
\name:
    push rbx
    push rbp
    push rdi
    push rsi
    push r12
    push r13
    push r14
    push r15
    sub rsp, 216
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups [rsp + 48 + 16 * (\n - 6)], xmm\n
    .endr
    mov [rsp + 32], \entry
    mov rax, \entry
    mov rcx, [rax]
    mov [rsp + 40], rcx
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups xmm\n, [rax + 288 + 16 * \n]
    .endr
    mov rcx, [rax + 32 + 8 * 1]
    mov rdx, [rax + 32 + 8 * 2]
    mov rbx, [rax + 32 + 8 * 3]
    mov rbp, [rax + 32 + 8 * 5]
    mov rsi, [rax + 32 + 8 * 6]
    mov rdi, [rax + 32 + 8 * 7]
    .irp n, 8, 9, 10, 11, 12, 13, 14, 15
    mov r\n, [rax + 32 + 8 * \n]
    .endr
    mov \a0, [rax + 8]
    mov \a1, [rax + 16]
    mov \a2, [rax + 24]
    mov rax, [rax + 32]
    call [rsp + 40]
    mov rax, [rsp + 32]
    mov [rax + 800 + 8 * 3], rbx
    mov [rax + 800 + 8 * 5], rbp
    mov [rax + 800 + 8 * 6], rsi
    mov [rax + 800 + 8 * 7], rdi
    .irp n, 12, 13, 14, 15
    mov [rax + 800 + 8 * \n], r\n
    .endr
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups [rax + 1056 + 16 * \n], xmm\n
    .endr
    /* fninit: what one function left on the x87 stack must not fail its successors. */
    fnstenv [rax + 1568]
    fninit
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups xmm\n, [rsp + 48 + 16 * (\n - 6)]
    .endr
    add rsp, 216
    pop r15
    pop r14
    pop r13
    pop r12
    pop rsi
    pop rdi
    pop rbp
    pop rbx
    ret
    .endm

    THUNK SpringboardCallAsSysv, rdi, rdi, rsi, rdx
    THUNK SpringboardCallAsWin64, rcx, rcx, rdx, r8

#endif

#if defined(__ELF__)
    .section .note.GNU-stack,"",%progbits
#endif
