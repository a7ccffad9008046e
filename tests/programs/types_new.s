	.file	"types_new.cpp"
	.file	0 "." "types_new.cpp" md5 0x75d2493ba2d5f0959629764eb84c2d73
	.text
	.globl	main
	.p2align	4
	.type	main,@function
main:
.Lfunc_begin0:
	.loc	0 14 0
	.cfi_sections .debug_frame
	.cfi_startproc
	pushq	%r15
	.cfi_def_cfa_offset 16
	pushq	%r14
	.cfi_def_cfa_offset 24
	pushq	%rbx
	.cfi_def_cfa_offset 32
	.cfi_offset %rbx, -32
	.cfi_offset %r14, -24
	.cfi_offset %r15, -16
	movl	%edi, %ebx
.Ltmp0:
	xorl	%r14d, %r14d
	leaq	kept(%rip), %r15
.Ltmp1:
	.loc	0 0 0 is_stmt 0
.Ltmp2:
	.p2align	4
.LBB0_1:
	.loc	0 17 0 prologue_end is_stmt 1
	movl	$24, %edi
	callq	_Znwm@PLT
.Ltmp3:
	.loc	0 17 0
	movq	%rax, (%r14,%r15)
	.loc	0 16 0
	addq	$8, %r14
.Ltmp4:
	cmpq	$24, %r14
.Ltmp5:
	.loc	0 16 0
	jne	.LBB0_1
.Ltmp6:
	.loc	0 18 0
	movl	$32, %edi
	callq	_Znwm@PLT
.Ltmp7:
	.loc	0 18 0
	movq	%rax, kept+24(%rip)
	.loc	0 19 0
	movl	$40, %edi
	callq	_Znam@PLT
.Ltmp8:
	.loc	0 19 0
	movq	%rax, kept+32(%rip)
	.loc	0 20 0
	leal	1(%rbx), %eax
	cltq
	movl	$24, %ecx
	mulq	%rcx
	movq	$-1, %r14
	cmovoq	%r14, %rax
	movq	%rax, %rdi
	callq	_Znam@PLT
.Ltmp9:
	.loc	0 20 0
	movq	%rax, kept+40(%rip)
	.loc	0 21 0
	movslq	%ebx, %rbx
.Ltmp10:
	leaq	2(%rbx), %r15
	movq	%r15, %rdi
	shlq	$4, %rdi
	orq	$8, %rdi
	cmpl	$-2, %ebx
	cmovlq	%r14, %rdi
	callq	_Znam@PLT
.Ltmp11:
	.loc	0 21 0
	movq	%r15, (%rax)
	addq	$8, %rax
.Ltmp12:
	movq	%rax, kept+48(%rip)
.Ltmp13:
	.loc	0 9 0
	movl	$40, %edi
	callq	malloc@PLT
.Ltmp14:
	.loc	0 22 0
	movq	%rax, kept+56(%rip)
	.loc	0 23 0
	movq	%rbx, %rdi
	callq	_Znam@PLT
.Ltmp15:
	.loc	0 23 0
	movq	%rax, kept+64(%rip)
	.loc	0 24 0
	xorl	%eax, %eax
	.loc	0 24 0 epilogue_begin is_stmt 0
	popq	%rbx
	.cfi_def_cfa_offset 24
	popq	%r14
	.cfi_def_cfa_offset 16
	popq	%r15
	.cfi_def_cfa_offset 8
	retq
.Ltmp16:
.Lfunc_end0:
	.size	main, .Lfunc_end0-main
	.cfi_endproc

	.type	kept,@object
	.bss
	.globl	kept
	.p2align	4, 0x0
kept:
	.zero	128
	.size	kept, 128

	.section	.debug_loclists,"",@progbits
	.long	.Ldebug_list_header_end0-.Ldebug_list_header_start0
.Ldebug_list_header_start0:
	.short	5
	.byte	8
	.byte	0
	.long	4
.Lloclists_table_base0:
	.long	.Ldebug_loc0-.Lloclists_table_base0
	.long	.Ldebug_loc1-.Lloclists_table_base0
	.long	.Ldebug_loc2-.Lloclists_table_base0
	.long	.Ldebug_loc3-.Lloclists_table_base0
.Ldebug_loc0:
	.byte	4
	.uleb128 .Lfunc_begin0-.Lfunc_begin0
	.uleb128 .Ltmp1-.Lfunc_begin0
	.byte	1
	.byte	85
	.byte	4
	.uleb128 .Ltmp1-.Lfunc_begin0
	.uleb128 .Ltmp10-.Lfunc_begin0
	.byte	1
	.byte	83
	.byte	4
	.uleb128 .Ltmp10-.Lfunc_begin0
	.uleb128 .Lfunc_end0-.Lfunc_begin0
	.byte	4
	.byte	163
	.byte	1
	.byte	85
	.byte	159
	.byte	0
.Ldebug_loc1:
	.byte	4
	.uleb128 .Lfunc_begin0-.Lfunc_begin0
	.uleb128 .Ltmp1-.Lfunc_begin0
	.byte	1
	.byte	84
	.byte	4
	.uleb128 .Ltmp1-.Lfunc_begin0
	.uleb128 .Lfunc_end0-.Lfunc_begin0
	.byte	4
	.byte	163
	.byte	1
	.byte	84
	.byte	159
	.byte	0
.Ldebug_loc2:
	.byte	4
	.uleb128 .Ltmp0-.Lfunc_begin0
	.uleb128 .Ltmp1-.Lfunc_begin0
	.byte	3
	.byte	17
	.byte	0
	.byte	159
	.byte	4
	.uleb128 .Ltmp1-.Lfunc_begin0
	.uleb128 .Ltmp3-.Lfunc_begin0
	.byte	6
	.byte	126
	.byte	0
	.byte	17
	.byte	8
	.byte	27
	.byte	159
	.byte	4
	.uleb128 .Ltmp3-.Lfunc_begin0
	.uleb128 .Ltmp4-.Lfunc_begin0
	.byte	9
	.byte	126
	.byte	0
	.byte	17
	.byte	8
	.byte	27
	.byte	17
	.byte	1
	.byte	34
	.byte	159
	.byte	4
	.uleb128 .Ltmp7-.Lfunc_begin0
	.uleb128 .Ltmp8-.Lfunc_begin0
	.byte	5
	.byte	17
	.byte	3
	.byte	35
	.byte	1
	.byte	159
	.byte	4
	.uleb128 .Ltmp8-.Lfunc_begin0
	.uleb128 .Ltmp9-.Lfunc_begin0
	.byte	5
	.byte	17
	.byte	3
	.byte	35
	.byte	2
	.byte	159
	.byte	4
	.uleb128 .Ltmp9-.Lfunc_begin0
	.uleb128 .Ltmp12-.Lfunc_begin0
	.byte	5
	.byte	17
	.byte	3
	.byte	35
	.byte	3
	.byte	159
	.byte	4
	.uleb128 .Ltmp12-.Lfunc_begin0
	.uleb128 .Ltmp14-.Lfunc_begin0
	.byte	5
	.byte	17
	.byte	3
	.byte	35
	.byte	4
	.byte	159
	.byte	4
	.uleb128 .Ltmp14-.Lfunc_begin0
	.uleb128 .Ltmp15-.Lfunc_begin0
	.byte	5
	.byte	17
	.byte	3
	.byte	35
	.byte	5
	.byte	159
	.byte	4
	.uleb128 .Ltmp15-.Lfunc_begin0
	.uleb128 .Lfunc_end0-.Lfunc_begin0
	.byte	5
	.byte	17
	.byte	3
	.byte	35
	.byte	6
	.byte	159
	.byte	0
.Ldebug_loc3:
	.byte	4
	.uleb128 .Ltmp1-.Lfunc_begin0
	.uleb128 .Ltmp4-.Lfunc_begin0
	.byte	13
	.byte	126
	.byte	0
	.byte	168
	.asciz	"\247\200\200"
	.byte	168
	.asciz	"\253\200\200"
	.byte	159
	.byte	0
.Ldebug_list_header_end0:
	.section	.debug_abbrev,"",@progbits
	.byte	1
	.byte	17
	.byte	1
	.byte	37
	.byte	37
	.byte	19
	.byte	5
	.byte	3
	.byte	37
	.byte	114
	.byte	23
	.byte	16
	.byte	23
	.byte	27
	.byte	37
	.byte	17
	.byte	27
	.byte	18
	.byte	6
	.byte	115
	.byte	23
	.ascii	"\214\001"
	.byte	23
	.byte	0
	.byte	0
	.byte	2
	.byte	36
	.byte	0
	.byte	3
	.byte	37
	.byte	62
	.byte	11
	.byte	11
	.byte	11
	.byte	0
	.byte	0
	.byte	3
	.byte	52
	.byte	0
	.byte	3
	.byte	37
	.byte	73
	.byte	19
	.byte	63
	.byte	25
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	2
	.byte	24
	.byte	0
	.byte	0
	.byte	4
	.byte	1
	.byte	1
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	5
	.byte	33
	.byte	0
	.byte	73
	.byte	19
	.byte	55
	.byte	11
	.byte	0
	.byte	0
	.byte	6
	.byte	53
	.byte	0
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	7
	.byte	15
	.byte	0
	.byte	0
	.byte	0
	.byte	8
	.byte	36
	.byte	0
	.byte	3
	.byte	37
	.byte	11
	.byte	11
	.byte	62
	.byte	11
	.byte	0
	.byte	0
	.byte	9
	.byte	19
	.byte	1
	.byte	54
	.byte	11
	.byte	3
	.byte	37
	.byte	11
	.byte	11
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	0
	.byte	0
	.byte	10
	.byte	13
	.byte	0
	.byte	3
	.byte	37
	.byte	73
	.byte	19
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	56
	.byte	11
	.byte	0
	.byte	0
	.byte	11
	.byte	46
	.byte	1
	.byte	110
	.byte	37
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	60
	.byte	25
	.byte	63
	.byte	25
	.byte	0
	.byte	0
	.byte	12
	.byte	5
	.byte	0
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	13
	.byte	22
	.byte	0
	.byte	73
	.byte	19
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	0
	.byte	0
	.byte	14
	.byte	46
	.byte	1
	.byte	71
	.byte	19
	.byte	32
	.byte	33
	.byte	1
	.byte	0
	.byte	0
	.byte	15
	.byte	5
	.byte	0
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	16
	.byte	46
	.byte	1
	.byte	17
	.byte	27
	.byte	18
	.byte	6
	.byte	64
	.byte	24
	.byte	122
	.byte	25
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	63
	.byte	25
	.byte	0
	.byte	0
	.byte	17
	.byte	5
	.byte	0
	.byte	2
	.byte	34
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	18
	.byte	5
	.byte	0
	.byte	2
	.byte	34
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	19
	.byte	52
	.byte	0
	.byte	2
	.byte	34
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	20
	.byte	11
	.byte	1
	.byte	17
	.byte	27
	.byte	18
	.byte	6
	.byte	0
	.byte	0
	.byte	21
	.byte	29
	.byte	1
	.byte	49
	.byte	19
	.byte	17
	.byte	27
	.byte	18
	.byte	6
	.byte	88
	.byte	11
	.byte	89
	.byte	11
	.byte	0
	.byte	0
	.byte	22
	.byte	5
	.byte	0
	.byte	28
	.byte	15
	.byte	49
	.byte	19
	.byte	0
	.byte	0
	.byte	23
	.byte	72
	.byte	1
	.byte	127
	.byte	19
	.byte	125
	.byte	27
	.ascii	"\216|"
	.byte	19
	.byte	0
	.byte	0
	.byte	24
	.byte	73
	.byte	0
	.byte	2
	.byte	24
	.byte	126
	.byte	24
	.byte	0
	.byte	0
	.byte	25
	.byte	72
	.byte	0
	.byte	127
	.byte	19
	.byte	125
	.byte	27
	.ascii	"\216|"
	.byte	19
	.byte	0
	.byte	0
	.byte	26
	.byte	72
	.byte	1
	.byte	127
	.byte	19
	.byte	125
	.byte	27
	.byte	0
	.byte	0
	.byte	27
	.byte	46
	.byte	1
	.byte	110
	.byte	37
	.byte	3
	.byte	37
	.byte	73
	.byte	19
	.byte	60
	.byte	25
	.byte	52
	.byte	25
	.byte	63
	.byte	25
	.byte	0
	.byte	0
	.byte	28
	.byte	15
	.byte	0
	.byte	73
	.byte	19
	.byte	0
	.byte	0
	.byte	29
	.byte	57
	.byte	1
	.byte	3
	.byte	37
	.byte	0
	.byte	0
	.byte	30
	.byte	47
	.byte	0
	.byte	73
	.byte	19
	.byte	3
	.byte	37
	.byte	0
	.byte	0
	.byte	31
	.byte	46
	.byte	1
	.byte	110
	.byte	37
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	60
	.byte	25
	.byte	63
	.byte	25
	.byte	0
	.byte	0
	.byte	32
	.byte	5
	.byte	0
	.byte	73
	.byte	19
	.byte	52
	.byte	25
	.byte	0
	.byte	0
	.byte	33
	.byte	46
	.byte	1
	.byte	3
	.byte	37
	.byte	58
	.byte	11
	.byte	59
	.byte	11
	.byte	73
	.byte	19
	.byte	60
	.byte	25
	.byte	63
	.byte	25
	.byte	0
	.byte	0
	.byte	0
	.section	.debug_info,"",@progbits
.Lcu_begin0:
	.long	.Ldebug_info_end0-.Ldebug_info_start0
.Ldebug_info_start0:
	.short	5
	.byte	1
	.byte	8
	.long	.debug_abbrev
	.byte	1
	.byte	0
	.short	33
	.byte	1
	.long	.Lstr_offsets_base0
	.long	.Lline_table_start0
	.byte	2
	.byte	1
	.long	.Lfunc_end0-.Lfunc_begin0
	.long	.Laddr_table_base0
	.long	.Lloclists_table_base0
	.byte	2
	.byte	34
	.byte	7
	.byte	8
	.byte	2
	.byte	33
	.byte	7
	.byte	4
	.byte	3
	.byte	3
	.long	58

	.byte	0
	.byte	12
	.byte	2
	.byte	161
	.byte	0
	.byte	4
	.long	70
	.byte	5
	.long	76
	.byte	16
	.byte	0
	.byte	6
	.long	75
	.byte	7
	.byte	8
	.byte	4
	.byte	8
	.byte	7
	.byte	9
	.byte	5
	.byte	11
	.byte	24
	.byte	0
	.byte	7
	.byte	10
	.byte	5
	.long	111
	.byte	0
	.byte	8
	.byte	0
	.byte	11
	.byte	7
	.byte	8
	.byte	0
	.byte	9
	.long	75


	.byte	12
	.long	127
	.byte	0
	.byte	0
	.byte	4
	.long	123
	.byte	5
	.long	76
	.byte	3
	.byte	0
	.byte	2
	.byte	6
	.byte	5
	.byte	8
	.byte	13
	.long	135
	.byte	10
	.byte	0
	.byte	3
	.byte	2
	.byte	9
	.byte	7
	.byte	8
	.byte	14
	.long	95

	.byte	15
	.byte	12
	.byte	0
	.byte	9
	.long	127
	.byte	0
	.byte	16
	.byte	1
	.long	.Lfunc_end0-.Lfunc_begin0
	.byte	1
	.byte	87

	.byte	35
	.byte	0
	.byte	13
	.long	377

	.byte	17
	.byte	0
	.byte	22
	.byte	0
	.byte	13
	.long	377
	.byte	18
	.byte	1
	.byte	0
	.byte	13
	.long	492
	.byte	19
	.byte	2
	.byte	36
	.byte	0
	.byte	15
	.long	377
	.byte	20
	.byte	2
	.long	.Ltmp6-.Ltmp1
	.byte	19
	.byte	3
	.byte	37
	.byte	0
	.byte	16
	.long	377
	.byte	0
	.byte	21
	.long	139
	.byte	3
	.long	.Ltmp14-.Ltmp13
	.byte	0
	.byte	22
	.byte	22
	.byte	24
	.long	144
	.byte	0
	.byte	23
	.long	330
	.byte	4
	.long	343
	.byte	24
	.byte	1
	.byte	85
	.byte	1
	.byte	72
	.byte	0
	.byte	23
	.long	330
	.byte	5
	.long	388
	.byte	24
	.byte	1
	.byte	85
	.byte	2
	.byte	16
	.byte	32
	.byte	0
	.byte	23
	.long	420
	.byte	6
	.long	123
	.byte	24
	.byte	1
	.byte	85
	.byte	2
	.byte	16
	.byte	40
	.byte	0
	.byte	25
	.long	420
	.byte	7
	.long	343
	.byte	25
	.long	420
	.byte	8
	.long	433
	.byte	26
	.long	474
	.byte	9
	.byte	24
	.byte	1
	.byte	85
	.byte	2
	.byte	16
	.byte	40
	.byte	0
	.byte	23
	.long	420
	.byte	10
	.long	488
	.byte	24
	.byte	1
	.byte	85
	.byte	2
	.byte	115
	.byte	0
	.byte	0
	.byte	0
	.byte	27
	.byte	13
	.byte	8
	.long	75



	.byte	12
	.long	135
	.byte	0
	.byte	9
	.byte	5
	.byte	18
	.byte	24
	.byte	0
	.byte	5
	.byte	10
	.byte	14
	.long	377
	.byte	0
	.byte	5
	.byte	0
	.byte	10
	.byte	16
	.long	381
	.byte	0
	.byte	5
	.byte	8
	.byte	10
	.byte	17
	.long	75
	.byte	0
	.byte	5
	.byte	16
	.byte	0
	.byte	2
	.byte	15
	.byte	5
	.byte	4
	.byte	28
	.long	343
	.byte	29
	.byte	19
	.byte	9
	.byte	5
	.byte	23
	.byte	32
	.byte	0
	.byte	11
	.byte	30
	.long	343
	.byte	20
	.byte	10
	.byte	21
	.long	343
	.byte	0
	.byte	11
	.byte	0
	.byte	10
	.byte	22
	.long	123
	.byte	0
	.byte	11
	.byte	24
	.byte	0
	.byte	0
	.byte	27
	.byte	24
	.byte	25
	.long	75



	.byte	12
	.long	135
	.byte	0
	.byte	9
	.byte	4
	.byte	30
	.byte	16
	.byte	0
	.byte	6
	.byte	10
	.byte	26
	.long	123
	.byte	0
	.byte	6
	.byte	0
	.byte	10
	.byte	27
	.long	123
	.byte	0
	.byte	6
	.byte	8
	.byte	31
	.byte	28
	.byte	29
	.byte	0
	.byte	6


	.byte	32
	.long	469

	.byte	0
	.byte	0
	.byte	28
	.long	433
	.byte	33
	.byte	31
	.byte	0
	.byte	4
	.long	75


	.byte	12
	.long	127
	.byte	0
	.byte	2
	.byte	32
	.byte	6
	.byte	1
	.byte	28
	.long	497
	.byte	28
	.long	488
	.byte	0
.Ldebug_info_end0:
	.section	.debug_str_offsets,"",@progbits
	.long	156
	.short	5
	.short	0
.Lstr_offsets_base0:
	.section	.debug_str,"MS",@progbits,1
.Linfo_string0:
	.byte	0
.Linfo_string1:
	.asciz	"types_new.cpp"
.Linfo_string2:
	.asciz	"."
.Linfo_string3:
	.asciz	"kept"
.Linfo_string4:
	.asciz	"__ARRAY_SIZE_TYPE__"
.Linfo_string5:
	.asciz	"value"
.Linfo_string6:
	.asciz	"long"
.Linfo_string7:
	.asciz	"_ZN6FramednwEm"
.Linfo_string8:
	.asciz	"operator new"
.Linfo_string9:
	.asciz	"unsigned long"
.Linfo_string10:
	.asciz	"size_t"
.Linfo_string11:
	.asciz	"Framed"
.Linfo_string12:
	.asciz	"size"
.Linfo_string13:
	.asciz	"_Znwm"
.Linfo_string14:
	.asciz	"key"
.Linfo_string15:
	.asciz	"int"
.Linfo_string16:
	.asciz	"next"
.Linfo_string17:
	.asciz	"owner"
.Linfo_string18:
	.asciz	"Plain"
.Linfo_string19:
	.asciz	"app"
.Linfo_string20:
	.asciz	"T"
.Linfo_string21:
	.asciz	"held"
.Linfo_string22:
	.asciz	"count"
.Linfo_string23:
	.asciz	"Box<Plain>"
.Linfo_string24:
	.asciz	"_Znam"
.Linfo_string25:
	.asciz	"operator new[]"
.Linfo_string26:
	.asciz	"what"
.Linfo_string27:
	.asciz	"more"
.Linfo_string28:
	.asciz	"_ZN5FreedD4Ev"
.Linfo_string29:
	.asciz	"~Freed"
.Linfo_string30:
	.asciz	"Freed"
.Linfo_string31:
	.asciz	"malloc"
.Linfo_string32:
	.asciz	"char"
.Linfo_string33:
	.asciz	"DW_ATE_unsigned_32"
.Linfo_string34:
	.asciz	"DW_ATE_unsigned_64"
.Linfo_string35:
	.asciz	"main"
.Linfo_string36:
	.asciz	"at"
.Linfo_string37:
	.asciz	"i"
	.section	.debug_str_offsets,"",@progbits
	.long	.Linfo_string0
	.long	.Linfo_string1
	.long	.Linfo_string2
	.long	.Linfo_string3
	.long	.Linfo_string4
	.long	.Linfo_string5
	.long	.Linfo_string6
	.long	.Linfo_string7
	.long	.Linfo_string8
	.long	.Linfo_string9
	.long	.Linfo_string10
	.long	.Linfo_string11
	.long	.Linfo_string12
	.long	.Linfo_string13
	.long	.Linfo_string14
	.long	.Linfo_string15
	.long	.Linfo_string16
	.long	.Linfo_string17
	.long	.Linfo_string18
	.long	.Linfo_string19
	.long	.Linfo_string20
	.long	.Linfo_string21
	.long	.Linfo_string22
	.long	.Linfo_string23
	.long	.Linfo_string24
	.long	.Linfo_string25
	.long	.Linfo_string26
	.long	.Linfo_string27
	.long	.Linfo_string28
	.long	.Linfo_string29
	.long	.Linfo_string30
	.long	.Linfo_string31
	.long	.Linfo_string32
	.long	.Linfo_string33
	.long	.Linfo_string34
	.long	.Linfo_string35
	.long	.Linfo_string36
	.long	.Linfo_string37
	.section	.debug_addr,"",@progbits
	.long	.Ldebug_addr_end0-.Ldebug_addr_start0
.Ldebug_addr_start0:
	.short	5
	.byte	8
	.byte	0
.Laddr_table_base0:
	.quad	kept
	.quad	.Lfunc_begin0
	.quad	.Ltmp1
	.quad	.Ltmp13
	.quad	.Ltmp3
	.quad	.Ltmp7
	.quad	.Ltmp8
	.quad	.Ltmp9
	.quad	.Ltmp11
	.quad	.Ltmp14
	.quad	.Ltmp15
.Ldebug_addr_end0:
	.section	".note.GNU-stack","",@progbits
	.section	.debug_line,"",@progbits
.Lline_table_start0:
