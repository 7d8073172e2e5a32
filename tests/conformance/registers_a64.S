/* A thunk that calls a function with known values in all registers. See registers.h and, for the
 * offsets, RegisterFrame in registers.cc. Any thread. */

#if defined(__aarch64__)

    .text
    .globl SpringboardCallAsA64
    .balign 16
/* x0 holds the RegisterFrame's address. The frame: x29, x30, x19 to x28, d8 to d15, x0. */
SpringboardCallAsA64:
    hint 34 /* bti c */
    stp x29, x30, [sp, #-176]!
    mov x29, sp
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    stp x0, x18, [sp, #160]
    add x17, x0, #288
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ldr q\n, [x17, #16 * \n]
    .endr
    mov x17, x0
    .irp n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
    ldr x\n, [x17, #32 + 8 * \n]
    .endr
    ldr x0, [x17, #8]
    ldr x1, [x17, #16]
    ldr x2, [x17, #24]
    ldr x16, [x17]
    blr x16
    ldr x0, [sp, #160]
    add x1, x0, #800
    .irp n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
    str x\n, [x1, #8 * \n]
    .endr
    add x1, x0, #1056
    .irp n, 8, 9, 10, 11, 12, 13, 14, 15
    str q\n, [x1, #16 * \n]
    .endr
    ldr x18, [sp, #168]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #176
    ret

#endif

#if defined(__ELF__)
    .section .note.GNU-stack,"",%progbits
#endif
