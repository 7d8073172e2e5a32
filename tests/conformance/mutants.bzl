"""The mutants: mistakes made on purpose, each in one source file, that the suite must notice.

Data only, read by Bazel (mutant_runners.bzl) and by Python (mutate.py).
name: of the runner, mutant_<name>. mistake: for people. file: whose `text`, which must occur there
exactly once, becomes `replacement`. abis: the targets that must each notice it.
"""

MUTANTS = [
    {
        "name": "everything_integer",
        "mistake": "floating-point numbers travel as integers",
        "file": "abi/classify_sysv.cc",
        "text": "if (type->kind() == TypeKind::kVector || type->is_floating()) {",
        "replacement": "if (type->kind() == TypeKind::kVector) {",
        "abis": ["sysv_x64"],
    },
    {
        "name": "merge_prefers_sse",
        "mistake": "a union of integer and float is SSE",
        "file": "abi/classify_sysv.cc",
        "text": "if (a == SysvClass::kInteger || b == SysvClass::kInteger) return SysvCla" +
                "ss::kInteger;",
        "replacement": "if (a == SysvClass::kInteger || b == SysvClass::kInteger) return SysvCla" +
                       "ss::kSse;",
        "abis": ["sysv_x64"],
    },
    {
        "name": "misaligned_field_ignored",
        "mistake": "a packed aggregate with a misaligned field stays in registers",
        "file": "abi/classify_sysv.cc",
        "text": "if (offset % layout->align != 0) return kInMemory;",
        "replacement": "",
        "abis": ["sysv_x64"],
    },
    {
        "name": "sysv_no_back_fill",
        "mistake": "registers that a value did not use stay unused",
        "file": "abi/place_sysv.cc",
        "text": "if (left.general.empty()) return false;",
        "replacement": "if (left.general.empty()) {\n" +
                       "          *free = left;\n" +
                       "          return false;\n" +
                       "        }",
        "abis": ["sysv_x64"],
    },
    {
        "name": "sysv_split",
        "mistake": "two longs are split between the last register and the stack",
        "file": "abi/place_sysv.cc",
        "text": "    value.pieces = {OnStack(value)};",
        "replacement": "    if (classes[1] == SysvClass::kInteger && arguments_.general.size() =" +
                       "= 1) {\n" +
                       "      const uint32_t at = placement_.stack_bytes;\n" +
                       "      placement_.stack_bytes += kSlotBytes;\n" +
                       "      value.pieces = {InRegister(RegisterFile::kGeneral, arguments_.gene" +
                       "ral[0], 0, kSlotBytes),\n" +
                       "                      {Piece::Place::kStack, RegisterFile::kGeneral, 0, " +
                       "at, kSlotBytes,\n" +
                       "                       value.size - kSlotBytes}};\n" +
                       "      arguments_.general = {};\n" +
                       "      return Status::Ok();\n" +
                       "    }\n" +
                       "    value.pieces = {OnStack(value)};",
        "abis": ["sysv_x64"],
    },
    {
        "name": "sysv_sret_not_returned",
        "mistake": "the address of a result in memory is not returned",
        "file": "abi/place_sysv.cc",
        "text": "if (convention_.sret_returned) {",
        "replacement": "if (false) {",
        "abis": ["sysv_x64"],
    },
    {
        "name": "win64_sret_not_returned",
        "mistake": "the address of a result in memory is not returned",
        "file": "abi/place_win64.cc",
        "text": "    placement_.result_address =\n" +
                "        InRegister(RegisterFile::kGeneral, convention_.general_results[0" +
                "], kSlotBytes);\n",
        "replacement": "",
        "abis": ["win64"],
    },
    {
        "name": "sysv_stack_alignment",
        "mistake": "what is aligned to 16 or more lies in the next slot",
        "file": "abi/place_sysv.cc",
        "text": "const uint32_t align = std::max(value.align, kSlotBytes);",
        "replacement": "const uint32_t align = kSlotBytes;",
        "abis": ["sysv_x64"],
    },
    {
        "name": "results_swapped",
        "mistake": "the second result register comes first",
        "file": "abi/convention.cc",
        "text": "kSysvGeneralResults[] = {kRax, kRdx};",
        "replacement": "kSysvGeneralResults[] = {kRdx, kRax};",
        "abis": ["sysv_x64"],
    },
    {
        "name": "zero_extended",
        "mistake": "signed narrow integers are zero-extended",
        "file": "ffi_jit/value_moves.cc",
        "text": "return type->is_signed() ? Conversion::kSignExtend : Conversion::kZeroExtend;",
        "replacement": "return Conversion::kZeroExtend;",
        "abis": ["sysv_x64", "win64", "aapcs64", "apple_arm64", "win_arm64"],
    },
    {
        "name": "arguments_not_extended",
        "mistake": "narrow arguments and results keep what lies above them",
        "file": "ffi_jit/value_moves.cc",
        "text": "if (IsSlotInteger(value) && value.size < width) {",
        "replacement": "if (false) {",
        "abis": ["sysv_x64", "apple_arm64"],
    },
    {
        "name": "upper_bits_believed",
        "mistake": "the upper bits of a narrow integer are taken for its value",
        "file": "ffi_jit/value_moves.cc",
        "text": "ExtensionOf(value.type), value.size, 8));",
        "replacement": "ExtensionOf(value.type),\n" +
                       "          value.size < 4 && from.is_register() ? 4 : value.size, 8));",
        "abis": ["sysv_x64", "win64", "msvc_x64", "aapcs64", "win_arm64"],
    },
    {
        "name": "past_result_end",
        "mistake": "a result in registers is stored in whole registers",
        "file": "ffi_jit/value_moves.cc",
        "text": "PieceLocation(piece, stack), piece.size));\n" +
                "  }\n" +
                "}",
        "replacement": "PieceLocation(piece, stack),\n" +
                       "                               piece.file == abi::RegisterFile::kGeneral" +
                       " ? 8 : piece.size));\n" +
                       "  }\n" +
                       "}",
        "abis": ["sysv_x64", "aapcs64"],
    },
    {
        "name": "no_copy",
        "mistake": "the callee gets the address of the original",
        "file": "ffi_jit/value_moves.cc",
        "text": "  moves.push_back(Move::Address(PieceLocation(value.pieces[0], Location:" +
                ":Kind::kOutgoing), copy));",
        "replacement": "  moves.push_back(Move::Address(PieceLocation(value.pieces[0], Location:" +
                       ":Kind::kOutgoing), memory));",
        "abis": ["win64", "msvc_x64", "aapcs64", "apple_arm64", "win_arm64"],
    },
    {
        "name": "moves_unordered",
        "mistake": "parallel moves happen in the order of the arguments",
        "file": "ffi_jit/move_plan.cc",
        "text": "while (index < pending.size() && !IsReady(pending, index)) ++index;",
        "replacement": "",
        "abis": ["sysv_x64", "aapcs64"],
    },
    {
        "name": "scratch_shared",
        "mistake": "the target shares a scratch register with pointers",
        "file": "ffi_jit/move_plan.cc",
        "text": ".cycle = generals.back(),",
        "replacement": ".cycle = generals[0],",
        "abis": ["sysv_x64", "win64", "aapcs64"],
    },
    {
        "name": "stack_misaligned",
        "mistake": "frames are a multiple of 8 bytes",
        "file": "ffi_jit/frame.cc",
        "text": "local_bytes_ += RoundUp(bytes, 16);",
        "replacement": "local_bytes_ += RoundUp(bytes, 8);",
        "abis": ["sysv_x64", "win64"],
    },
    {
        "name": "x64_over_read",
        "mistake": "5 to 7 bytes are read with an access of 8",
        "file": "ffi_jit/x64_mover.cc",
        "text": "  assert(size >= 1 && size <= 8);\n" +
                "  // The upper part first",
        "replacement": "  if (size > 4 && size < 8) {\n" +
                       "    a_.mov(destination, source);\n" +
                       "    return;\n" +
                       "  }\n" +
                       "  // The upper part first",
        "abis": ["sysv_x64"],
    },
    {
        "name": "x64_copy_overrun",
        "mistake": "the last access of a copy passes the end",
        "file": "ffi_jit/x64_mover.cc",
        "text": "if (size - done < step) done = size - step;",
        "replacement": "",
        "abis": ["sysv_x64", "win64"],
    },
    {
        "name": "al_zero",
        "mistake": "a variadic call says that it uses no vector register",
        "file": "ffi_jit/emitter_x64.cc",
        "text": "a_.mov(x86::eax, *plan_.vector_count);",
        "replacement": "a_.mov(x86::eax, 0);",
        "abis": ["sysv_x64"],
    },
    {
        "name": "home_space_forgotten",
        "mistake": "stack arguments begin where the home space should",
        "file": "abi/place_win64.cc",
        "text": "0, slot * kSlotBytes, 0, size};",
        "replacement": "0,\n" +
                       "            (slot - 4) * kSlotBytes, 0, size};",
        "abis": ["win64", "msvc_x64"],
    },
    {
        "name": "home_space_unused",
        "mistake": "calls without stack arguments leave no home space",
        "file": "abi/place_win64.cc",
        "text": "std::max(slots_ * kSlotBytes, convention_.home_bytes);",
        "replacement": "slots_ > 4 ? slots_ * kSlotBytes : 0;",
        "abis": ["win64"],
    },
    {
        "name": "win64_odd_sizes",
        "mistake": "structs of 3, 5, 6 and 7 bytes travel in registers",
        "file": "abi/place_win64.cc",
        "text": "return size == 1 || size == 2 || size == 4 || size == 8;",
        "replacement": "return size <= 8;",
        "abis": ["win64", "msvc_x64"],
    },
    {
        "name": "win64_positions",
        "mistake": "vector registers do not follow the position",
        "file": "abi/place_win64.cc",
        "text": "if (slot < registers.size()) return InRegister(file, registers[slot], size);",
        "replacement": "if (slot < registers.size()) {\n" +
                       "      const bool back = file == RegisterFile::kVector && slot > 0;\n" +
                       "      return InRegister(file, registers[slot - (back ? 1 : 0)], size);\n" +
                       "    }",
        "abis": ["win64", "msvc_x64"],
    },
    {
        "name": "win64_not_duplicated",
        "mistake": "variadic doubles are in the vector register only",
        "file": "abi/place_win64.cc",
        "text": "if (variadic_ && first.place == Piece::Place::kRegister) {",
        "replacement": "if (false) {",
        "abis": ["win64"],
    },
    {
        "name": "win64_int128_in_memory",
        "mistake": "an __int128 is returned in memory",
        "file": "abi/place_win64.cc",
        "text": "      case TypeKind::kI128:\n" +
                "      case TypeKind::kU128:\n" +
                "        return Carrier::kVector;",
        "replacement": "        return Carrier::kVector;",
        "abis": ["win64"],
    },
    {
        "name": "win64_sret_no_slot",
        "mistake": "the address of a result takes no slot",
        "file": "abi/place_win64.cc",
        "text": "    ++slots_;\n" +
                "    placement_.result.how",
        "replacement": "    placement_.result.how",
        "abis": ["win64", "msvc_x64"],
    },
    {
        "name": "nonvolatile_not_saved",
        "mistake": "rdi, rsi and xmm6 to xmm15 are not preserved for a Win64 caller",
        "file": "ffi_jit/saved_registers.cc",
        "text": "if (registers.empty()) return;",
        "replacement": "return;",
        "abis": ["win64"],
    },
    {
        "name": "hfa_five",
        "mistake": "five floats are a homogeneous aggregate",
        "file": "abi/classify_aapcs64.cc",
        "text": "constexpr uint32_t kMaxElements = 4;",
        "replacement": "constexpr uint32_t kMaxElements = 5;",
        "abis": ["aapcs64", "apple_arm64", "win_arm64"],
    },
    {
        "name": "hfa_union",
        "mistake": "the members of a union are counted one after another",
        "file": "abi/classify_aapcs64.cc",
        "text": "*count = is_union ? std::max(*count, own) : *count + own;",
        "replacement": "*count = *count + own;",
        "abis": ["aapcs64", "apple_arm64", "win_arm64"],
    },
    {
        "name": "pairs_odd",
        "mistake": "16-byte aligned values begin in any register",
        "file": "abi/convention.cc",
        "text": "    .pairs_begin_even = true,",
        "replacement": "    .pairs_begin_even = false,",
        "abis": ["aapcs64", "win_arm64"],
    },
    {
        "name": "apple_pairs_even",
        "mistake": "Apple: 16-byte aligned values begin in an even register",
        "file": "abi/convention.cc",
        "text": "row.pairs_begin_even = false;",
        "replacement": "row.pairs_begin_even = true;",
        "abis": ["apple_arm64"],
    },
    {
        "name": "a64_word_aligned",
        "mistake": "16-byte aligned values lie at any multiple of 8",
        "file": "abi/classify_aapcs64.cc",
        "text": "{ return align >= kPairBytes ? kPairBytes : kWordBytes; }",
        "replacement": "{ return align >= kPairBytes ? kWordBytes : kWordBytes; }",
        "abis": ["aapcs64", "apple_arm64"],
    },
    {
        "name": "x8_wrong",
        "mistake": "the address of a result in memory is in x9",
        "file": "abi/convention.cc",
        "text": ".sret_register = 8,",
        "replacement": ".sret_register = 9,",
        "abis": ["aapcs64", "apple_arm64", "win_arm64"],
    },
    {
        "name": "a64_small_by_reference",
        "mistake": "composites of 9 to 16 bytes go by reference",
        "file": "abi/classify_aapcs64.cc",
        "text": "kMaxDirectBytes = 16;",
        "replacement": "kMaxDirectBytes = 8;",
        "abis": ["aapcs64", "apple_arm64", "win_arm64"],
    },
    {
        "name": "a64_split",
        "mistake": "a value is split between x7 and the stack",
        "file": "abi/place_aapcs64.cc",
        "text": "const uint32_t split = general_only_ ? static_cast<uint32_t>(left.size()" +
                ") * kWordBytes : 0;",
        "replacement": "const auto split = static_cast<uint32_t>(left.size()) * kWordBytes;",
        "abis": ["aapcs64", "apple_arm64"],
    },
    {
        "name": "a64_general_back_fill",
        "mistake": "later arguments take x registers again",
        "file": "abi/place_aapcs64.cc",
        "text": "    generals_used_ = all;\n",
        "replacement": "",
        "abis": ["aapcs64", "apple_arm64"],
    },
    {
        "name": "a64_vector_back_fill",
        "mistake": "later arguments take v registers again",
        "file": "abi/place_aapcs64.cc",
        "text": "    vectors_used_ = static_cast<uint32_t>(convention_.vector_arguments.s" +
                "ize());\n",
        "replacement": "",
        "abis": ["aapcs64", "apple_arm64", "win_arm64"],
    },
    {
        "name": "apple_slots",
        "mistake": "Apple: stack arguments take slots of 8 bytes",
        "file": "abi/convention.cc",
        "text": "row.packs_stack_arguments = true;",
        "replacement": "row.packs_stack_arguments = false;",
        "abis": ["apple_arm64"],
    },
    {
        "name": "apple_variadic",
        "mistake": "Apple: variadic arguments travel as named ones",
        "file": "abi/convention.cc",
        "text": "VariadicRule::kOnStack;",
        "replacement": "VariadicRule::kAsNamed;",
        "abis": ["apple_arm64"],
    },
    {
        "name": "windows_variadic",
        "mistake": "Windows arm64: variadic calls use vector registers",
        "file": "abi/convention.cc",
        "text": "row.variadic = VariadicRule::kGeneralOnly;",
        "replacement": "row.variadic = VariadicRule::kAsNamed;",
        "abis": ["win_arm64"],
    },
    {
        "name": "a64_over_read",
        "mistake": "5 to 7 bytes are read with an access of 8",
        "file": "ffi_jit/a64_mover.cc",
        "text": "assert(size >= 1 && size <= 8 && (rest == 0 || destination != data()));",
        "replacement": "if (size > 4 && rest != 0) return LoadPower(a_, destination, At(source, " +
                       "0, 8), 8);",
        "abis": ["aapcs64"],
    },
    {
        "name": "a64_copy_overrun",
        "mistake": "the last access of a copy passes the end",
        "file": "ffi_jit/a64_mover.cc",
        "text": "if (size - done < step) done = size - step;",
        "replacement": "",
        "abis": ["aapcs64"],
    },
]
