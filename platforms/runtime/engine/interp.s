	.cpu cortex-m7
	.arch armv7e-m
	.fpu softvfp
	.eabi_attribute 20, 1
	.eabi_attribute 21, 1
	.eabi_attribute 23, 3
	.eabi_attribute 24, 1
	.eabi_attribute 25, 1
	.eabi_attribute 26, 1
	.eabi_attribute 30, 2
	.eabi_attribute 34, 1
	.eabi_attribute 18, 4
	.file	"interp.c"
	.text
	.section	.text.bulk,"ax",%progbits
	.align	1
	.p2align 2,,3
	.syntax unified
	.thumb
	.thumb_func
	.type	bulk, %function
bulk:
	@ args = 8, pretend = 0, frame = 0
	@ frame_needed = 0, uses_anonymous_args = 0
	push	{r4, r5, r6, r7, lr}
	mov	r7, r1
	mov	r5, r2
	mov	r1, r3
	ldrd	r2, r3, [sp, #20]
	mov	lr, #0
	mov	r6, lr
.L2:
	ldrb	r4, [r5], #1	@ zero_extendqisi2
	and	ip, r4, #127
	lsl	ip, ip, lr
	orr	ip, ip, r6
	mov	r6, ip
	add	lr, lr, #7
	lsls	r4, r4, #24
	bmi	.L2
	sub	r4, r7, #8
	cmp	r4, #4
	bhi	.L3
	tbb	[pc, r4]
.L5:
	.byte	(.L8-.L5)/2
	.byte	(.L3-.L5)/2
	.byte	(.L7-.L5)/2
	.byte	(.L6-.L5)/2
	.byte	(.L4-.L5)/2
	.p2align 1
.L4:
	str	r3, [sp, #20]
	mov	r3, r2
	mov	r2, r1
	mov	r1, ip
	pop	{r4, r5, r6, r7, lr}
	b	wr_table_init
.L6:
	pop	{r4, r5, r6, r7, lr}
	b	wr_memory_fill
.L7:
	pop	{r4, r5, r6, r7, lr}
	b	wr_memory_copy
.L8:
	str	r3, [sp, #20]
	mov	r3, r2
	mov	r2, r1
	mov	r1, ip
	pop	{r4, r5, r6, r7, lr}
	b	wr_memory_init
.L3:
	pop	{r4, r5, r6, r7, lr}
	b	wr_table_copy
	.size	bulk, .-bulk
	.section	.text.leb.constprop.0,"ax",%progbits
	.align	1
	.p2align 2,,3
	.syntax unified
	.thumb
	.thumb_func
	.type	leb.constprop.0, %function
leb.constprop.0:
	@ args = 0, pretend = 0, frame = 0
	@ frame_needed = 0, uses_anonymous_args = 0
	push	{r4, r5, lr}
	mov	r5, r0
	mov	ip, #0
	mov	r0, ip
	mov	r1, ip
.L13:
	ldrb	r4, [r5], #1	@ zero_extendqisi2
	and	r2, r4, #127
	sub	r3, ip, #32
	rsb	lr, ip, #32
	lsl	r3, r2, r3
	lsr	lr, r2, lr
	orr	r3, r3, lr
	lsl	r2, r2, ip
	orrs	r0, r0, r2
	orrs	r1, r1, r3
	add	ip, ip, #7
	lsls	r2, r4, #24
	bmi	.L13
	lsls	r3, r4, #25
	bpl	.L12
	cmp	ip, #63
	bls	.L17
.L12:
	pop	{r4, r5, pc}
.L17:
	mov	r3, #-1
	sub	r5, ip, #32
	rsb	r4, ip, #32
	lsl	r2, r3, ip
	lsl	r5, r3, r5
	orrs	r2, r2, r5
	lsr	r4, r3, r4
	orrs	r2, r2, r4
	lsl	r3, r3, ip
	orrs	r0, r0, r3
	orrs	r1, r1, r2
	pop	{r4, r5, pc}
	.size	leb.constprop.0, .-leb.constprop.0
	.global	__aeabi_ldivmod
	.global	__aeabi_uldivmod
	.section	.text.wr_run,"ax",%progbits
	.align	1
	.p2align 2,,3
	.global	wr_run
	.syntax unified
	.thumb
	.thumb_func
	.type	wr_run, %function
wr_run:
	@ args = 0, pretend = 0, frame = 112
	@ frame_needed = 0, uses_anonymous_args = 0
	push	{r4, r5, r6, r7, r8, r9, r10, fp, lr}
	sub	sp, sp, #124
	mov	lr, r0
	str	r0, [sp, #20]
	ldr	r3, [r0]
	ldr	r0, [r3]
	str	r0, [sp, #32]
	movs	r6, #0
	ldr	r4, [r3, #8]
	str	r4, [sp, #44]
	ldr	r3, [r4, #8]
	lsls	r3, r3, #3
	adds	r3, r3, #24
	ldr	r0, [r4, #12]
	add	r0, r0, r0, lsl #2
	add	r0, r3, r0, lsl #2
	str	r0, [sp, #48]
	add	r0, r1, r1, lsl #2
	add	r3, r3, r0, lsl #2
	adds	r3, r4, r3
	str	r3, [sp, #8]
	ldrb	r0, [r3, #18]	@ zero_extendqisi2
	mvn	r7, #-536870912
	add	r7, r7, r0
	add	r7, r2, r7, lsl #3
	mov	r8, r6
	ldr	r9, .L1102
	mov	ip, r6
	.syntax unified
@ 551 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r3, [lr, #4]
	cmp	r3, #0
	beq	.L19
	ldrd	r10, r3, [r3]
	cmp	r3, #0
	beq	.L21
	cmp	r3, #65536
	beq	.L731
	lsls	r3, r3, #16
	sub	fp, r3, #256
.L22:
	movs	r3, #0
	str	r3, [sp, #52]
	str	r3, [sp, #24]
	strd	r3, r3, [sp, #36]
.L23:
	.syntax unified
@ 556 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	lr, [sp, #8]
	ldrb	r2, [lr, #18]	@ zero_extendqisi2
	rsb	r3, r2, #1
	add	r0, r7, r3, lsl #3
	str	r0, [sp, #28]
	ldr	r3, [lr]
	str	r3, [sp, #16]
	cmp	r3, #0
	bne	.L24
	ldrb	r3, [lr, #19]	@ zero_extendqisi2
	cmp	r3, r2
	it	cc
	movcc	r3, r2
	ldr	r5, [sp, #20]
	ldr	r2, [r5, #60]
	subs	r2, r2, r0
	cmp	r3, r2, asr #3
	bcs	.L732
	ldr	r4, [r5, #56]
	mov	r2, r0
	add	r3, r0, r3, lsl #3
	str	r3, [r5, #56]
	add	r1, r1, r1, lsl #1
	ldr	r3, [r5, #48]
	add	r1, r3, r1, lsl #2
	mov	r0, r5
	bl	wr_call_import
	str	r4, [r5, #56]
	cbnz	r0, .L25
	ldr	r3, [r5, #4]
	cmp	r3, #0
	beq	.L1076
	ldrd	r10, r3, [r3]
	cbz	r3, .L27
	cmp	r3, #65536
	beq	.L733
	lsls	r3, r3, #16
	sub	r3, r3, #256
	str	r3, [sp, #16]
.L27:
	ldr	fp, [sp, #16]
	ldr	r3, [sp, #8]
	ldrb	r3, [r3, #19]	@ zero_extendqisi2
	mvn	r7, #-536870912
	add	r7, r7, r3
	ldr	r3, [sp, #28]
	add	r7, r3, r7, lsl #3
	ldr	r3, [sp, #24]
	cmp	r3, #0
	beq	.L730
	.syntax unified
@ 570 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
.L32:
	str	r9, [sp, #16]
	orr	r3, r3, #1
	bx	r3
.L19:
	mov	r10, r3
.L21:
	mov	fp, #0
	b	.L22
.L732:
	movs	r0, #62
.L25:
	mov	r3, r6
	cbz	r6, .L75
.L60:
	ldr	r2, [sp, #32]
	subs	r3, r3, r2
.L75:
	ldr	r2, [sp, #20]
	str	r3, [r2, #76]
.L40:
	add	sp, sp, #124
	@ sp needed
	pop	{r4, r5, r6, r7, r8, r9, r10, fp, pc}
.L537:
.L66:
	.syntax unified
@ 685 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, ip
	asrs	r5, r4, #31
	ldrb	r3, [r6, #-1]	@ zero_extendqisi2
	ldr	r2, [sp, #16]
	ldr	r3, [r2, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L337:
.L65:
	.syntax unified
@ 680 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
@ 681 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [ip]
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6, #-1]	@ zero_extendqisi2
	ldr	r2, [sp, #16]
	ldr	r3, [r2, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L24:
	ldr	r3, [sp, #8]
	ldrh	lr, [r3, #14]
	str	lr, [sp, #40]
	ldr	r0, [sp, #20]
	ldr	r3, [r0, #60]
	ldr	r1, [sp, #28]
	subs	r2, r3, r1
	ldr	r3, [sp, #8]
	ldrh	r3, [r3, #16]
	add	r3, r3, lr
	adds	r3, r3, #4
	cmp	r3, r2, asr #3
	bhi	.L734
	ldrd	r3, r2, [r0, #64]
	cmp	r3, r2
	beq	.L735
	adds	r3, r3, #1
	str	r3, [r0, #64]
	add	r3, r1, lr, lsl #3
	add	r0, r7, #8
	cmp	r3, r0
	bls	.L33
	subs	r2, r3, r7
	str	r3, [sp, #56]
	subs	r2, r2, #9
	bic	r2, r2, #7
	adds	r2, r2, #8
	movs	r1, #0
	bl	memset
	ldr	r3, [sp, #56]
.L33:
	ldr	r2, [sp, #28]
	ldr	r1, [sp, #40]
	str	r6, [r2, r1, lsl #3]
	ldr	r1, [sp, #36]
	strd	r1, r8, [r3, #4]
	ldr	r1, [sp, #24]
	str	r1, [r3, #12]
	mov	r8, r2
	add	r7, r3, #8
	ldr	r2, [sp, #32]
	ldr	r1, [sp, #16]
	adds	r6, r2, r1
	ldr	lr, [sp, #8]
	ldr	r3, [lr, #4]
	adds	r3, r3, #1
	adds	r3, r2, r3
	str	r3, [sp, #40]
	ldr	r3, [lr, #8]
	ldr	r0, [sp, #48]
	add	r3, r0, r3, lsl #3
	ldr	r0, [sp, #44]
	adds	r3, r0, r3
	str	r3, [sp, #36]
	adds	r6, r6, #1
	ldrb	r3, [r2, r1]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	lr, [sp, #24]
	b	.L32
.L1076:
	ldr	r10, [sp, #16]
	b	.L27
.L733:
	mvn	r3, #255
	str	r3, [sp, #16]
	b	.L27
.L731:
	mvn	fp, #255
	b	.L22
.L34:
.L35:
	mov	r3, r8
	ldr	r0, [sp, #24]
	ldrh	r1, [r0, #14]
	add	r2, r8, r1, lsl #3
	ldr	r6, [r8, r1, lsl #3]
	ldr	r1, [r2, #4]
	str	r1, [sp, #36]
	ldrd	r8, lr, [r2, #8]
	str	lr, [sp, #8]
	ldr	r1, [sp, #20]
	ldr	r2, [r1, #64]
	subs	r2, r2, #1
	str	r2, [r1, #64]
	ldrb	r1, [r0, #19]	@ zero_extendqisi2
	cmp	r1, #1
	bne	.L36
	sub	r7, r3, #8
	mov	r2, lr
	cmp	r2, #0
	beq	.L37
.L38:
	ldr	r1, [sp, #8]
	ldr	r3, [r1, #4]
	adds	r3, r3, #1
	ldr	r2, [sp, #32]
	adds	r3, r2, r3
	str	r3, [sp, #40]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	r1, [sp, #24]
	orr	r3, r3, #1
	bx	r3
.L420:
	ldrd	r2, r3, [ip]
	cmp	r3, r5
	it	eq
	cmpeq	r2, r4
	ite	eq
	moveq	r4, #1
	movne	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L421:
	ldrd	r2, r3, [ip]
	cmp	r3, r5
	it	eq
	cmpeq	r2, r4
	ite	ne
	movne	r4, #1
	moveq	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L422:
	ldrd	r2, r3, [ip]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	lt
	movlt	r4, #1
	movge	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L423:
	ldrd	r2, r3, [ip]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	cc
	movcc	r4, #1
	movcs	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L424:
	ldrd	r2, r3, [ip]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	lt
	movlt	r4, #1
	movge	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L425:
	ldrd	r2, r3, [ip]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	cc
	movcc	r4, #1
	movcs	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L426:
	ldrd	r2, r3, [ip]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	ge
	movge	r4, #1
	movlt	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1103:
	.align	2
.L1102:
	.word	.LANCHOR0
.L427:
	ldrd	r2, r3, [ip]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	cs
	movcs	r4, #1
	movcc	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L428:
	ldrd	r2, r3, [ip]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	ge
	movge	r4, #1
	movlt	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L429:
	ldrd	r2, r3, [ip]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	cs
	movcs	r4, #1
	movcc	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L430:
	b	.L65
.L431:
	b	.L65
.L432:
	b	.L65
.L433:
	b	.L65
.L434:
	b	.L65
.L435:
	b	.L65
.L436:
	b	.L65
.L437:
	b	.L65
.L438:
	b	.L65
.L439:
	b	.L65
.L440:
	b	.L65
.L441:
	b	.L65
.L442:
	b	.L65
.L443:
	b	.L65
.L444:
	b	.L65
.L445:
	ldr	r3, [ip]
	add	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L446:
	ldr	r3, [ip]
	subs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L447:
	ldr	r3, [ip]
	mul	r4, r3, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L448:
	b	.L65
.L449:
	b	.L65
.L450:
	b	.L65
.L451:
	b	.L65
.L452:
	ldr	r3, [ip]
	ands	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L453:
	ldr	r3, [ip]
	orrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L454:
	ldr	r3, [ip]
	eors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L455:
	ldr	r3, [ip]
	and	r3, r3, #31
	lsls	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L456:
	ldr	r3, [ip]
	and	r3, r3, #31
	asrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L457:
	ldr	r3, [ip]
	and	r3, r3, #31
	lsrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L458:
	ldr	r3, [ip]
	and	r3, r3, #31
	rsb	r3, r3, #32
	rors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L459:
	ldr	r3, [ip]
	and	r3, r3, #31
	rors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L460:
	b	.L65
.L461:
	b	.L65
.L462:
	b	.L65
.L463:
	ldrd	r2, r3, [ip]
	adds	r4, r4, r2
	adc	r5, r3, r5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L464:
	ldrd	r2, r3, [ip]
	subs	r4, r4, r2
	sbc	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L465:
	mov	r3, r4
	ldrd	r4, r2, [ip]
	mul	r2, r3, r2
	mla	r5, r5, r4, r2
	umull	r4, r3, r4, r3
	add	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L466:
	b	.L65
.L467:
	b	.L65
.L468:
	b	.L65
.L469:
	b	.L65
.L470:
	ldrd	r2, r3, [ip]
	ands	r4, r4, r2
	ands	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L471:
	ldrd	r2, r3, [ip]
	orrs	r4, r4, r2
	orrs	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L472:
	ldrd	r2, r3, [ip]
	eors	r4, r4, r2
	eors	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L473:
	ldr	r3, [ip]
	and	r3, r3, #63
	sub	r0, r3, #32
	rsb	r1, r3, #32
	lsls	r5, r5, r3
	lsl	r0, r4, r0
	orrs	r5, r5, r0
	lsr	r1, r4, r1
	lsls	r4, r4, r3
	orrs	r5, r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L474:
	ldr	r3, [ip]
	and	r3, r3, #63
	rsb	r1, r3, #32
	subs	r2, r3, #32
	lsr	r4, r4, r3
	lsl	r1, r5, r1
	orr	r4, r4, r1
	bmi	.L475
	asr	r2, r5, r2
	orrs	r4, r4, r2
.L475:
	asrs	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L476:
	mov	r2, r4
	ldr	r3, [ip]
	and	r3, r3, #63
	rsb	r1, r3, #32
	sub	r4, r3, #32
	lsrs	r2, r2, r3
	lsl	r1, r5, r1
	orrs	r2, r2, r1
	lsr	r4, r5, r4
	orrs	r4, r4, r2
	lsrs	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L477:
	mov	r1, r5
	mov	r2, r4
	ldr	r3, [ip]
	and	r3, r3, #63
	sub	r5, r3, #32
	rsb	r4, r3, #32
	lsl	r0, r1, r3
	lsl	r5, r2, r5
	orrs	r0, r0, r5
	lsr	r4, r2, r4
	orrs	r0, r0, r4
	lsl	r4, r2, r3
	rsbs	r3, r3, #0
	and	r3, r3, #63
	rsb	lr, r3, #32
	sub	r5, r3, #32
	lsrs	r2, r2, r3
	lsl	lr, r1, lr
	orr	r2, r2, lr
	lsr	r5, r1, r5
	orrs	r2, r2, r5
	lsrs	r1, r1, r3
	orrs	r4, r4, r2
	orr	r5, r0, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L478:
	mov	r2, r4
	ldr	r3, [ip]
	and	r3, r3, #63
	rsb	r4, r3, #32
	sub	r0, r3, #32
	lsr	r1, r2, r3
	lsl	r4, r5, r4
	orrs	r1, r1, r4
	lsr	r0, r5, r0
	orrs	r1, r1, r0
	lsr	lr, r5, r3
	rsbs	r3, r3, #0
	and	r3, r3, #63
	sub	r4, r3, #32
	rsb	r0, r3, #32
	lsls	r5, r5, r3
	lsl	r4, r2, r4
	orrs	r5, r5, r4
	lsr	r0, r2, r0
	orrs	r5, r5, r0
	lsls	r2, r2, r3
	orr	r4, r1, r2
	orr	r5, lr, r5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L479:
	b	.L65
.L480:
	b	.L65
.L481:
	b	.L65
.L482:
	b	.L65
.L483:
	b	.L65
.L484:
	b	.L65
.L485:
	b	.L65
.L486:
	b	.L65
.L487:
	b	.L65
.L488:
	b	.L65
.L489:
	b	.L65
.L490:
	b	.L65
.L491:
	b	.L65
.L492:
	b	.L65
.L493:
	b	.L65
.L494:
	b	.L65
.L495:
	b	.L65
.L496:
	b	.L65
.L497:
	b	.L65
.L498:
	b	.L65
.L499:
	b	.L65
.L500:
	b	.L65
.L501:
	b	.L65
.L502:
	b	.L65
.L503:
	b	.L65
.L504:
	b	.L65
.L505:
	b	.L65
.L506:
	b	.L65
.L507:
	ldr	r3, [ip]
	.syntax unified
@ 178 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L508:
	b	.L65
.L509:
	b	.L65
.L510:
	b	.L65
.L511:
	b	.L65
.L512:
	ldr	r3, [ip]
	.syntax unified
@ 183 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, r3
	asrs	r5, r3, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L513:
	ldr	r3, [ip]
	.syntax unified
@ 184 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, r3
	movs	r5, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L514:
	b	.L65
.L515:
	b	.L65
.L516:
	b	.L65
.L517:
	b	.L65
.L518:
	b	.L65
.L519:
	b	.L65
.L520:
	b	.L65
.L521:
	b	.L65
.L522:
	b	.L65
.L523:
	b	.L65
.L524:
	b	.L65
.L525:
	b	.L65
.L526:
	b	.L65
.L527:
	b	.L65
.L528:
	b	.L65
.L529:
	b	.L65
.L530:
	b	.L65
.L531:
	b	.L65
.L532:
	b	.L65
.L533:
	b	.L65
.L534:
	b	.L65
.L535:
	b	.L65
.L536:
	b	.L65
.L538:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L539:
	b	.L66
.L540:
	b	.L66
.L541:
	b	.L66
.L542:
	b	.L66
.L543:
	b	.L66
.L544:
	b	.L66
.L545:
	b	.L66
.L546:
	b	.L66
.L547:
	b	.L66
.L548:
	b	.L66
.L549:
	b	.L66
.L550:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L551:
	b	.L66
.L552:
	.syntax unified
@ 34 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, ip
	asrs	r5, r4, #31
	.syntax unified
@ 34 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r1, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r1, #24
	bmi	.L1077
.L553:
	add	ip, r8, r1, lsl #3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #256
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L555:
	.syntax unified
@ 35 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1078
.L557:
	add	r0, r8, r3, lsl #3
	asr	lr, ip, #31
	str	ip, [r8, r3, lsl #3]
	str	lr, [r0, #4]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L576:
	.syntax unified
@ 51 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 51 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsh	r4, [r10, r3]	@ unaligned
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L568:
	b	.L66
.L584:
	.syntax unified
@ 59 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, r4
	bls	.L566
	add	r3, r4, r2, lsr #8
	strb	ip, [r10, r3]
	.syntax unified
@ 59 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L585:
	.syntax unified
@ 60 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, r4
	bls	.L566
	add	r3, r4, r2, lsr #8
	strh	ip, [r10, r3]	@ unaligned
	.syntax unified
@ 60 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L586:
	.syntax unified
@ 61 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, r4
	bls	.L566
	add	r3, r4, r2, lsr #8
	strb	ip, [r10, r3]
	.syntax unified
@ 61 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L587:
	.syntax unified
@ 62 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, r4
	bls	.L566
	add	r3, r4, r2, lsr #8
	strh	ip, [r10, r3]	@ unaligned
	.syntax unified
@ 62 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L588:
	.syntax unified
@ 63 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, r4
	bls	.L566
	add	r3, r4, r2, lsr #8
	str	ip, [r10, r3]	@ unaligned
	.syntax unified
@ 63 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L589:
	b	.L66
.L590:
	b	.L66
.L591:
	.syntax unified
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, ip
	asrs	r5, r4, #31
	.syntax unified
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb ip, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	ip, #127
	bhi	.L592
	sbfx	ip, ip, #0, #7
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L580:
	.syntax unified
@ 55 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, r4
	bls	.L566
	add	r3, r4, r2, lsr #8
	str	ip, [r10, r3]	@ unaligned
	.syntax unified
@ 55 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L578:
	.syntax unified
@ 53 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 53 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r4, [r10, r3]	@ unaligned
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L579:
	.syntax unified
@ 54 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 54 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r4, [r10, r3]	@ unaligned
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L577:
	.syntax unified
@ 52 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 52 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrh	r4, [r10, r3]	@ unaligned
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L582:
	b	.L66
.L583:
	b	.L66
.L581:
	.syntax unified
@ 56 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, r4
	bls	.L566
	add	r3, r4, r2, lsr #8
	mov	r2, r10
	mov	r1, ip
	asrs	r4, r1, #31
	adds	r0, r2, r3
	str	ip, [r10, r3]	@ unaligned
	str	r4, [r0, #4]	@ unaligned
	.syntax unified
@ 56 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L563:
	b	.L66
.L564:
	b	.L66
.L565:
	.syntax unified
@ 41 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 41 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L567:
	.syntax unified
@ 42 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	mov	r2, r10
	.syntax unified
@ 42 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	adds	r1, r2, r3
	ldr	r4, [r10, r3]	@ unaligned
	ldr	r5, [r1, #4]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L559:
	.syntax unified
@ 36 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1079
.L561:
	add	r0, r8, r3, lsl #3
	asr	lr, ip, #31
	str	ip, [r8, r3, lsl #3]
	str	lr, [r0, #4]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L572:
	.syntax unified
@ 47 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 47 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsh	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L570:
	.syntax unified
@ 45 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 45 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsb	r4, [r10, r3]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L571:
	.syntax unified
@ 46 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 46 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r4, [r10, r3]	@ zero_extendqisi2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L569:
	b	.L66
.L574:
	.syntax unified
@ 49 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 49 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsb	r4, [r10, r3]
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L575:
	.syntax unified
@ 50 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 50 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r4, [r10, r3]	@ zero_extendqisi2
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L573:
	.syntax unified
@ 48 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L566
	cmp	fp, ip
	bls	.L566
	add	r3, ip, r2, lsr #8
	.syntax unified
@ 48 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrh	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L595:
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, ip
	asrs	r5, r4, #31
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb ip, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	ip, #127
	bhi	.L596
	sbfx	ip, ip, #0, #7
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L599:
	b	.L66
.L662:
	b	.L66
.L663:
	mov	r3, ip
	ands	r4, r4, r3
	and	r5, r5, ip, asr #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L664:
	mov	r3, ip
	orrs	r4, r4, r3
	orr	r5, r5, ip, asr #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L665:
	mov	r3, ip
	eors	r4, r4, r3
	eor	r5, r5, ip, asr #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L666:
	mov	r2, r5
	and	r3, ip, #63
	sub	r1, r3, #32
	rsb	r5, r3, #32
	lsls	r2, r2, r3
	lsl	r1, r4, r1
	orrs	r2, r2, r1
	lsr	r5, r4, r5
	lsls	r4, r4, r3
	orrs	r5, r5, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L667:
	and	r3, ip, #63
	rsb	r1, r3, #32
	subs	r2, r3, #32
	lsr	r4, r4, r3
	lsl	r1, r5, r1
	orr	r4, r4, r1
	bmi	.L668
	asr	r2, r5, r2
	orrs	r4, r4, r2
.L668:
	asrs	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L669:
	mov	r2, r4
	and	r3, ip, #63
	rsb	r1, r3, #32
	sub	r4, r3, #32
	lsrs	r2, r2, r3
	lsl	r1, r5, r1
	orrs	r2, r2, r1
	lsr	r4, r5, r4
	orrs	r4, r4, r2
	lsrs	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L670:
	mov	r1, r5
	mov	r2, r4
	and	r3, ip, #63
	sub	r5, r3, #32
	rsb	r4, r3, #32
	lsl	r0, r1, r3
	lsl	r5, r2, r5
	orrs	r0, r0, r5
	lsr	r4, r2, r4
	orrs	r0, r0, r4
	lsl	r4, r2, r3
	rsbs	r3, r3, #0
	and	r3, r3, #63
	rsb	lr, r3, #32
	sub	r5, r3, #32
	lsrs	r2, r2, r3
	lsl	lr, r1, lr
	orr	r2, r2, lr
	lsr	r5, r1, r5
	orrs	r2, r2, r5
	lsrs	r1, r1, r3
	orrs	r4, r4, r2
	orr	r5, r0, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L671:
	mov	r2, r4
	and	r3, ip, #63
	rsb	r4, r3, #32
	sub	r0, r3, #32
	lsr	r1, r2, r3
	lsl	r4, r5, r4
	orrs	r1, r1, r4
	lsr	r0, r5, r0
	orrs	r1, r1, r0
	lsr	lr, r5, r3
	rsbs	r3, r3, #0
	and	r3, r3, #63
	sub	r4, r3, #32
	rsb	r0, r3, #32
	lsls	r5, r5, r3
	lsl	r4, r2, r4
	orrs	r5, r5, r4
	lsr	r0, r2, r0
	orrs	r5, r5, r0
	lsls	r2, r2, r3
	orr	r4, r1, r2
	orr	r5, lr, r5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L672:
	b	.L66
.L673:
	b	.L66
.L674:
	b	.L66
.L675:
	b	.L66
.L676:
	b	.L66
.L677:
	b	.L66
.L678:
	b	.L66
.L679:
	b	.L66
.L680:
	b	.L66
.L681:
	b	.L66
.L682:
	b	.L66
.L683:
	b	.L66
.L684:
	b	.L66
.L685:
	b	.L66
.L686:
	b	.L66
.L687:
	b	.L66
.L688:
	b	.L66
.L689:
	b	.L66
.L690:
	b	.L66
.L691:
	b	.L66
.L692:
	b	.L66
.L264:
.L74:
	movs	r0, #53
	b	.L25
.L265:
	b	.L74
.L266:
	b	.L74
.L267:
	b	.L74
.L268:
	b	.L74
.L269:
	b	.L74
.L270:
	b	.L74
.L271:
	b	.L74
.L272:
	b	.L74
.L273:
	b	.L74
.L274:
	b	.L74
.L275:
	b	.L74
.L276:
	b	.L74
.L277:
	b	.L74
.L278:
	b	.L74
.L279:
	b	.L74
.L280:
	b	.L74
.L281:
	b	.L74
.L282:
	b	.L74
.L283:
	b	.L74
.L284:
	b	.L74
.L285:
	b	.L74
.L286:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L287:
	b	.L74
.L288:
	b	.L74
.L289:
	b	.L74
.L290:
	b	.L74
.L291:
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L292:
	movs	r5, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L293:
	b	.L74
.L294:
	b	.L74
.L295:
	b	.L74
.L296:
	b	.L74
.L297:
	b	.L74
.L630:
	b	.L66
.L631:
	b	.L66
.L632:
	b	.L66
.L633:
	b	.L66
.L634:
	b	.L66
.L635:
	b	.L66
.L636:
	b	.L66
.L637:
	b	.L66
.L638:
	add	r4, r4, ip
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L639:
	sub	r4, r4, ip
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L640:
	mul	r4, r4, ip
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L641:
	b	.L66
.L642:
	b	.L66
.L643:
	b	.L66
.L644:
	b	.L66
.L645:
	and	r4, ip, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L646:
	orr	r4, ip, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L647:
	eor	r4, ip, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L648:
	and	r3, ip, #31
	lsls	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L649:
	and	r3, ip, #31
	asrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L650:
	and	r3, ip, #31
	lsrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L651:
	and	r3, ip, #31
	rsb	r3, r3, #32
	rors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L652:
	and	r3, ip, #31
	rors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L653:
	b	.L66
.L654:
	b	.L66
.L655:
	b	.L66
.L656:
	mov	r3, ip
	adds	r4, r4, r3
	adc	r5, r5, ip, asr #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L657:
	subs	r4, r4, ip
	sbc	r5, r5, ip, asr #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L658:
	mov	r2, ip
	asrs	r1, r2, #31
	mul	r1, r4, r1
	mla	r5, ip, r5, r1
	umull	r4, r3, r4, ip
	add	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L659:
	b	.L66
.L660:
	b	.L66
.L661:
	b	.L66
.L614:
	asr	r3, ip, #31
	cmp	r3, r5
	it	eq
	cmpeq	r4, ip
	ite	ne
	movne	r4, #1
	moveq	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L615:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	r4, ip
	sbcs	r3, r5, r2
	ite	lt
	movlt	r4, #1
	movge	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L616:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	r4, ip
	sbcs	r3, r5, r2
	ite	cc
	movcc	r4, #1
	movcs	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L617:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	ip, r4
	sbcs	r2, r2, r5
	ite	lt
	movlt	r4, #1
	movge	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L618:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	ip, r4
	sbcs	r2, r2, r5
	ite	cc
	movcc	r4, #1
	movcs	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L619:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	ip, r4
	sbcs	r2, r2, r5
	ite	ge
	movge	r4, #1
	movlt	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L620:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	ip, r4
	sbcs	r2, r2, r5
	ite	cs
	movcs	r4, #1
	movcc	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L621:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	r4, ip
	sbcs	r3, r5, r2
	ite	ge
	movge	r4, #1
	movlt	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L622:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	r4, ip
	sbcs	r3, r5, r2
	ite	cs
	movcs	r4, #1
	movcc	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L623:
	b	.L66
.L624:
	b	.L66
.L625:
	b	.L66
.L626:
	b	.L66
.L627:
	b	.L66
.L628:
	b	.L66
.L629:
	b	.L66
.L606:
	cmp	r4, ip
	ite	le
	movle	r4, #0
	movgt	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L607:
	cmp	ip, r4
	ite	cs
	movcs	r4, #0
	movcc	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L608:
	cmp	r4, ip
	ite	gt
	movgt	r4, #0
	movle	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L609:
	cmp	ip, r4
	ite	cc
	movcc	r4, #0
	movcs	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L610:
	cmp	r4, ip
	ite	lt
	movlt	r4, #0
	movge	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L611:
	cmp	ip, r4
	ite	hi
	movhi	r4, #0
	movls	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L612:
	b	.L66
.L613:
	mov	r3, ip
	asrs	r2, r3, #31
	cmp	r5, r2
	it	eq
	cmpeq	r4, r3
	ite	eq
	moveq	r4, #1
	movne	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L602:
	sub	r4, ip, r4
	clz	r4, r4
	lsrs	r4, r4, #5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L603:
	subs	r4, ip, r4
	it	ne
	movne	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L604:
	cmp	r4, ip
	ite	ge
	movge	r4, #0
	movlt	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L605:
	cmp	ip, r4
	ite	ls
	movls	r4, #0
	movhi	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L600:
	b	.L66
.L601:
	b	.L66
.L298:
	b	.L74
.L299:
	b	.L74
.L300:
	b	.L74
.L301:
	b	.L74
.L302:
	b	.L74
.L303:
	b	.L74
.L304:
	b	.L74
.L305:
	b	.L74
.L306:
	b	.L74
.L307:
	b	.L74
.L308:
	b	.L74
.L309:
	b	.L74
.L310:
	b	.L74
.L311:
	sxtb	r4, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L312:
	sxth	r4, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L313:
	mov	r5, r4
	sxtb	r4, r4
	sbfx	r5, r5, #7, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L314:
	mov	r5, r4
	sxth	r4, r4
	sbfx	r5, r5, #15, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L315:
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L316:
	b	.L74
.L317:
	b	.L74
.L318:
	b	.L74
.L319:
	b	.L74
.L320:
	b	.L74
.L321:
	b	.L74
.L322:
	b	.L74
.L323:
	b	.L74
.L324:
	mov	r1, r4
	mov	r3, r7
	ldr	r0, [r7], #-16
	ldr	r3, [r3, #-8]
	.syntax unified
@ 220 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r2, r6
	strd	r0, r1, [sp]
	str	r6, [sp, #8]
	ldr	r1, [sp, #52]
	ldr	r0, [sp, #20]
	bl	bulk
	ldr	r2, [sp, #8]
	cmp	r0, #0
	bne	.L25
.L70:
.L71:
	ldrsb	r3, [r2], #1
	cmp	r3, #0
	blt	.L71
	ldr	r3, [sp, #52]
	cmp	r3, #11
	bne	.L73
.L72:
	mov	r6, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L73:
	ldrsb	r3, [r2], #1
	cmp	r3, #0
	bge	.L72
	ldrsb	r3, [r2], #1
	cmp	r3, #0
	blt	.L73
	b	.L72
.L325:
	.syntax unified
@ 221 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r1, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r1, #24
	bmi	.L1080
.L327:
	ldr	r3, [sp, #20]
	ldr	r3, [r3, #52]
	movs	r2, #1
	strb	r2, [r3, r1]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L329:
	mov	r1, r4
	mov	r3, r7
	ldr	r0, [r7], #-16
	ldr	r3, [r3, #-8]
	.syntax unified
@ 222 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r2, r6
	strd	r0, r1, [sp]
	str	r6, [sp, #8]
	ldr	r1, [sp, #52]
	ldr	r0, [sp, #20]
	bl	bulk
	ldr	r2, [sp, #8]
	cmp	r0, #0
	beq	.L71
	b	.L25
.L331:
	mov	r1, r4
	mov	r3, r7
	ldr	r0, [r7], #-16
	ldr	r3, [r3, #-8]
	.syntax unified
@ 224 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r2, r6
	strd	r0, r1, [sp]
	str	r6, [sp, #8]
	ldr	r1, [sp, #52]
	ldr	r0, [sp, #20]
	bl	bulk
	ldr	r2, [sp, #8]
	cmp	r0, #0
	beq	.L71
	b	.L25
.L332:
	.syntax unified
@ 225 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1081
.L334:
	ldr	r2, [sp, #20]
	ldr	r1, [r2]
	ldr	r2, [r2, #52]
	ldr	r1, [r1, #84]
	add	r2, r2, r3
	movs	r3, #1
	strb	r3, [r2, r1]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L330:
	mov	r1, r4
	mov	r3, r7
	ldr	r0, [r7], #-16
	ldr	r3, [r3, #-8]
	.syntax unified
@ 223 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r2, r6
	strd	r0, r1, [sp]
	str	r6, [sp, #8]
	ldr	r1, [sp, #52]
	ldr	r0, [sp, #20]
	bl	bulk
	ldr	r2, [sp, #8]
	cmp	r0, #0
	beq	.L71
	b	.L25
.L336:
	mov	r1, r4
	mov	r3, r7
	ldr	r0, [r7], #-16
	ldr	r3, [r3, #-8]
	.syntax unified
@ 226 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r2, r6
	strd	r0, r1, [sp]
	str	r6, [sp, #8]
	ldr	r1, [sp, #52]
	ldr	r0, [sp, #20]
	bl	bulk
	ldr	r2, [sp, #8]
	cmp	r0, #0
	beq	.L71
	b	.L25
.L338:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #256
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L339:
	b	.L65
.L340:
	b	.L65
.L341:
	ldr	r3, [ip]
	cmp	r3, #0
	bne	.L342
	mov	r1, r6
	ldr	r3, [sp, #36]
	ldr	r0, [r3]
	add	r6, r6, r0
	ldrsh	r2, [r3, #4]
	add	r2, r3, r2, lsl #3
	ldrh	r3, [r3, #6]
	cmp	r3, #0
	bne	.L1082
	adds	r6, r6, #1
	ldrb	r3, [r1, r0]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	r2, [sp, #36]
	orr	r3, r3, #1
	bx	r3
.L345:
	b	.L65
.L346:
	b	.L65
.L359:
	.syntax unified
@ 34 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
@ 34 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [ip]
@ 0 "" 2
@ 34 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r1, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r1, #24
	bmi	.L1083
.L360:
	add	ip, r8, r1, lsl #3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #256
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L362:
	ldrd	r2, [ip]
	strd	r2, [sp, #8]
	.syntax unified
@ 35 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1084
.L364:
	add	r3, r8, r3, lsl #3
	ldrd	r1, [sp, #8]
	strd	r1, [r3]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L366:
	.syntax unified
@ 36 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
@ 36 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [ip]
@ 0 "" 2
@ 36 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1085
.L368:
	add	r1, r8, r3, lsl #3
	str	r4, [r8, r3, lsl #3]
	str	r5, [r1, #4]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L370:
	b	.L65
.L371:
	b	.L65
.L372:
	ldr	r3, [ip]
	.syntax unified
@ 41 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 41 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L374:
	ldr	r3, [ip]
	.syntax unified
@ 42 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	mov	r2, r10
	.syntax unified
@ 42 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	adds	r1, r2, r3
	ldr	r4, [r10, r3]	@ unaligned
	ldr	r5, [r1, #4]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L375:
	b	.L65
.L376:
	b	.L65
.L377:
	ldr	r3, [ip]
	.syntax unified
@ 45 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 45 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsb	r4, [r10, r3]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L378:
	ldr	r3, [ip]
	.syntax unified
@ 46 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 46 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r4, [r10, r3]	@ zero_extendqisi2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L379:
	ldr	r3, [ip]
	.syntax unified
@ 47 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 47 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsh	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L380:
	ldr	r3, [ip]
	.syntax unified
@ 48 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 48 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrh	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L381:
	ldr	r3, [ip]
	.syntax unified
@ 49 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 49 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsb	r4, [r10, r3]
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L382:
	ldr	r3, [ip]
	.syntax unified
@ 50 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 50 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r4, [r10, r3]	@ zero_extendqisi2
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L383:
	ldr	r3, [ip]
	.syntax unified
@ 51 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 51 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrsh	r4, [r10, r3]	@ unaligned
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L347:
	b	.L65
.L348:
	ldr	r3, [ip]
	cmp	r3, #0
	beq	.L349
	mov	r1, r6
	ldr	r3, [sp, #36]
	ldr	r0, [r3]
	add	r6, r6, r0
	ldrsh	r2, [r3, #4]
	add	r2, r3, r2, lsl #3
	ldrh	r3, [r3, #6]
	cmp	r3, #0
	bne	.L1086
	adds	r6, r6, #1
	ldrb	r3, [r1, r0]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	r2, [sp, #36]
	orr	r3, r3, #1
	bx	r3
.L352:
	b	.L65
.L353:
	b	.L65
.L354:
	b	.L65
.L355:
	b	.L65
.L356:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L357:
	ldr	r3, [ip]
	cbz	r3, .L358
	.syntax unified
@ 31 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7]
@ 0 "" 2
	.thumb
	.syntax unified
.L358:
	subs	r7, r7, #8
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L384:
	ldr	r3, [ip]
	.syntax unified
@ 52 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 52 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrh	r4, [r10, r3]	@ unaligned
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L385:
	ldr	r3, [ip]
	.syntax unified
@ 53 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 53 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r4, [r10, r3]	@ unaligned
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L386:
	ldr	r3, [ip]
	.syntax unified
@ 54 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L373
	cmp	fp, r3
	bls	.L373
	add	r3, r3, r2, lsr #8
	.syntax unified
@ 54 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r4, [r10, r3]	@ unaligned
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L387:
	.syntax unified
@ 55 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r4
	bls	.L373
	add	r3, r4, r2, lsr #8
	ldr	r1, [ip]
	str	r1, [r10, r3]	@ unaligned
	.syntax unified
@ 55 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L388:
	.syntax unified
@ 56 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r4
	bls	.L373
	add	r3, r4, r2, lsr #8
	mov	r2, r10
	ldrd	r4, r0, [ip]
	adds	r1, r2, r3
	str	r4, [r10, r3]	@ unaligned
	str	r0, [r1, #4]	@ unaligned
	.syntax unified
@ 56 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L389:
	b	.L65
.L390:
	b	.L65
.L391:
	.syntax unified
@ 59 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r4
	bls	.L373
	add	r3, r4, r2, lsr #8
	ldr	r1, [ip]
	strb	r1, [r10, r3]
	.syntax unified
@ 59 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L392:
	.syntax unified
@ 60 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r4
	bls	.L373
	add	r3, r4, r2, lsr #8
	ldrh	r1, [ip]
	strh	r1, [r10, r3]	@ unaligned
	.syntax unified
@ 60 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L393:
	.syntax unified
@ 61 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r4
	bls	.L373
	add	r3, r4, r2, lsr #8
	ldr	r1, [ip]
	strb	r1, [r10, r3]
	.syntax unified
@ 61 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L394:
	.syntax unified
@ 62 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r4
	bls	.L373
	add	r3, r4, r2, lsr #8
	ldrh	r1, [ip]
	strh	r1, [r10, r3]	@ unaligned
	.syntax unified
@ 62 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L395:
	.syntax unified
@ 63 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L373
	cmp	fp, r4
	bls	.L373
	add	r3, r4, r2, lsr #8
	ldr	r1, [ip]
	str	r1, [r10, r3]	@ unaligned
	.syntax unified
@ 63 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L396:
	b	.L65
.L397:
	b	.L65
.L398:
	.syntax unified
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [ip]
@ 0 "" 2
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb ip, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	ip, #127
	bhi	.L399
	sbfx	ip, ip, #0, #7
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L402:
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [ip]
@ 0 "" 2
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb ip, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	ip, #127
	bhi	.L403
	sbfx	ip, ip, #0, #7
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L406:
	b	.L65
.L186:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	lt
	movlt	r4, #1
	movge	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L187:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	cc
	movcc	r4, #1
	movcs	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L188:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	lt
	movlt	r4, #1
	movge	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L189:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	cc
	movcc	r4, #1
	movcs	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L190:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	ge
	movge	r4, #1
	movlt	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L191:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r4, r2
	sbcs	r3, r5, r3
	ite	cs
	movcs	r4, #1
	movcc	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L192:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	ge
	movge	r4, #1
	movlt	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L193:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r2, r4
	sbcs	r3, r3, r5
	ite	cs
	movcs	r4, #1
	movcc	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L194:
	b	.L74
.L195:
	b	.L74
.L196:
	b	.L74
.L197:
	b	.L74
.L198:
	b	.L74
.L199:
	b	.L74
.L200:
	b	.L74
.L201:
	b	.L74
.L202:
	b	.L74
.L203:
	b	.L74
.L204:
	b	.L74
.L205:
	b	.L74
.L206:
	clz	r4, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L208:
	rbit	r4, r4
	clz	r4, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L210:
	lsrs	r2, r4, #1
	and	r2, r2, #1431655765
	subs	r3, r4, r2
	and	r4, r3, #858993459
	lsrs	r3, r3, #2
	and	r3, r3, #858993459
	add	r4, r4, r3
	add	r4, r4, r4, lsr #4
	and	r4, r4, #252645135
	add	r4, r4, r4, lsl #8
	add	r4, r4, r4, lsl #16
	lsrs	r4, r4, #24
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L211:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	add	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L212:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	subs	r4, r3, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L213:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	mul	r4, r3, r4
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L214:
	mov	r3, r4
	mov	r2, r7
	subs	r7, r7, #8
	ldr	r4, [r2]
	cmp	r3, #0
	beq	.L218
	cmp	r4, #-2147483648
	bne	.L216
	adds	r2, r3, #1
	beq	.L243
.L216:
	sdiv	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L217:
	mov	r3, r4
	mov	r2, r7
	subs	r7, r7, #8
	ldr	r4, [r2]
	cmp	r3, #0
	beq	.L218
	udiv	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L219:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r2, [r3]
	cmp	r4, #0
	beq	.L218
	adds	r3, r4, #1
	beq	.L742
	sdiv	r1, r2, r4
	mls	r4, r4, r1, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L221:
	mov	r2, r7
	subs	r7, r7, #8
	ldr	r2, [r2]
	mov	r3, r4
	cmp	r4, #0
	beq	.L218
	udiv	r4, r2, r4
	mls	r4, r3, r4, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L222:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	ands	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L223:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	orrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L414:
	ldr	r3, [ip]
	cmp	r3, r4
	ite	cs
	movcs	r4, #0
	movcc	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L415:
	ldr	r3, [ip]
	cmp	r4, r3
	ite	gt
	movgt	r4, #0
	movle	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L416:
	ldr	r3, [ip]
	cmp	r3, r4
	ite	cc
	movcc	r4, #0
	movcs	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L417:
	ldr	r3, [ip]
	cmp	r4, r3
	ite	lt
	movlt	r4, #0
	movge	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L418:
	ldr	r3, [ip]
	cmp	r3, r4
	ite	hi
	movhi	r4, #0
	movls	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L419:
	ldrd	r2, r3, [ip]
	.syntax unified
@ 85 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	orrs	r2, r2, r3
	ite	eq
	moveq	r4, #1
	movne	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L184:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r3, r5
	it	eq
	cmpeq	r2, r4
	ite	eq
	moveq	r4, #1
	movne	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L185:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	cmp	r3, r5
	it	eq
	cmpeq	r2, r4
	ite	ne
	movne	r4, #1
	moveq	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L410:
	ldr	r3, [ip]
	subs	r4, r3, r4
	it	ne
	movne	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L411:
	ldr	r3, [ip]
	cmp	r4, r3
	ite	ge
	movge	r4, #0
	movlt	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L412:
	ldr	r3, [ip]
	cmp	r3, r4
	ite	ls
	movls	r4, #0
	movhi	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L413:
	ldr	r3, [ip]
	cmp	r4, r3
	ite	le
	movle	r4, #0
	movgt	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L408:
	ldr	r3, [ip]
	.syntax unified
@ 74 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	clz	r4, r3
	lsrs	r4, r4, #5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L409:
	ldr	r3, [ip]
	subs	r4, r3, r4
	clz	r4, r4
	lsrs	r4, r4, #5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L407:
	b	.L65
.L224:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	eors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L225:
	mov	r2, r7
	subs	r7, r7, #8
	and	r3, r4, #31
	ldr	r4, [r2]
	lsls	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L226:
	mov	r2, r7
	subs	r7, r7, #8
	and	r3, r4, #31
	ldr	r4, [r2]
	asrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L227:
	mov	r2, r7
	subs	r7, r7, #8
	and	r3, r4, #31
	ldr	r4, [r2]
	lsrs	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L228:
	mov	r2, r7
	subs	r7, r7, #8
	and	r3, r4, #31
	ldr	r4, [r2]
	rsb	r3, r3, #32
	rors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L229:
	mov	r2, r7
	subs	r7, r7, #8
	and	r3, r4, #31
	ldr	r4, [r2]
	rors	r4, r4, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L230:
	mov	r3, r4
	cmp	r5, #0
	beq	.L231
	clz	r4, r5
.L232:
	movs	r5, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L234:
	cmp	r4, #0
	beq	.L235
	rbit	r4, r4
	clz	r4, r4
.L236:
	movs	r5, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L238:
	lsrs	r3, r4, #1
	and	r3, r3, #1431655765
	subs	r1, r4, r3
	and	r3, r1, #858993459
	lsrs	r1, r1, #2
	and	r1, r1, #858993459
	add	r3, r3, r1
	lsrs	r1, r5, #1
	and	r1, r1, #1431655765
	subs	r2, r5, r1
	and	r4, r2, #858993459
	lsrs	r2, r2, #2
	and	r2, r2, #858993459
	add	r4, r4, r2
	add	r4, r4, r4, lsr #4
	and	r4, r4, #252645135
	add	r4, r4, r4, lsl #8
	add	r4, r4, r4, lsl #16
	add	r3, r3, r3, lsr #4
	and	r3, r3, #252645135
	add	r3, r3, r3, lsl #8
	add	r3, r3, r3, lsl #16
	lsrs	r3, r3, #24
	add	r4, r3, r4, lsr #24
	movs	r5, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L113:
	.syntax unified
@ 34 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r1, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r1, #24
	bmi	.L1087
.L114:
	add	ip, r8, r1, lsl #3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #256
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L116:
	.syntax unified
@ 35 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1088
.L117:
	add	r3, r8, r3, lsl #3
	.syntax unified
@ 35 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r3]
@ 0 "" 2
@ 35 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L119:
	.syntax unified
@ 36 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1089
.L120:
	add	r3, r8, r3, lsl #3
	.syntax unified
@ 36 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r3]
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L122:
	.syntax unified
@ 37 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1090
.L123:
	.syntax unified
@ 37 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r1, [sp, #20]
	ldr	r2, [r1]
	ldr	r2, [r2, #80]
	cmp	r2, r3
	bls	.L125
	ldr	r2, [r1, #44]
	ldr	r3, [r2, r3, lsl #3]
.L126:
	ldrd	r4, r5, [r3]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L127:
	.syntax unified
@ 38 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r0, r3, #24
	bmi	.L1091
.L128:
	ldr	r1, [sp, #20]
	ldr	r2, [r1]
	ldr	r2, [r2, #80]
	cmp	r2, r3
	bls	.L130
	ldr	r2, [r1, #44]
	ldr	r3, [r2, r3, lsl #3]
.L131:
	strd	r4, r5, [r3]
	.syntax unified
@ 38 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L132:
	.syntax unified
@ 41 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldr	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L373:
	.syntax unified
@ 655 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
@ 656 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [ip]
@ 0 "" 2
	.thumb
	.syntax unified
.L52:
	subs	r3, r6, #2
	ldrb	r2, [r6, #-3]	@ zero_extendqisi2
	subs	r2, r2, #40
	mov	r1, r2
	str	r2, [sp, #8]
	ldr	r2, .L1104
	add	r2, r2, r1
	ldrb	r2, [r2, #3072]	@ zero_extendqisi2
.L53:
	ldrsb	r1, [r3], #1
	cmp	r1, #0
	blt	.L53
	ldr	r1, [sp, #8]
	cmp	r1, #13
	bls	.L54
	ldr	lr, [r7]
	mov	ip, #0
	str	r4, [sp, #60]
	mov	r6, ip
.L55:
	mov	r4, r3
	movs	r1, #0
	mov	r0, r1
	str	r2, [sp, #28]
	str	r3, [sp, #56]
.L56:
	ldrb	r2, [r4], #1	@ zero_extendqisi2
	and	r3, r2, #127
	lsls	r3, r3, r1
	orrs	r0, r0, r3
	adds	r1, r1, #7
	lsls	r3, r2, #24
	bmi	.L56
	ldr	r2, [sp, #28]
	ldr	r3, [sp, #56]
	adds	r0, r0, lr
	adc	ip, ip, #0
	orrs	r5, r5, r6
	ldr	r1, [sp, #60]
	strd	r1, r5, [sp, #64]
.L57:
	ldrsb	r1, [r3], #1
	cmp	r1, #0
	blt	.L57
	mov	r6, r3
	ldr	r1, [sp, #20]
	ldr	r1, [r1, #4]
	cmp	r1, #0
	beq	.L58
	adds	r5, r2, r0
	adc	ip, ip, #0
	ldr	r1, [r1, #4]
	lsrs	r4, r1, #16
	lsls	r1, r1, #16
	cmp	r1, r5
	sbcs	r4, r4, ip
	bcc	.L58
	str	r3, [sp, #28]
	ldr	r3, [sp, #8]
	cmp	r3, #13
	bls	.L61
	add	r1, sp, #64
	add	r0, r0, r10
	bl	memcpy
	subs	r7, r7, #8
	.syntax unified
@ 668 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r3, [sp, #28]
	mov	r6, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L145:
	.syntax unified
@ 52 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrh	r4, [r10, r3]	@ unaligned
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L146:
	.syntax unified
@ 53 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldr	r4, [r10, r3]	@ unaligned
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L698:
	b	.L66
.L699:
	b	.L66
.L700:
	b	.L66
.L701:
	b	.L66
.L702:
	b	.L66
.L703:
	b	.L66
.L704:
	b	.L66
.L705:
	b	.L66
.L706:
	b	.L66
.L707:
	b	.L66
.L708:
	b	.L66
.L709:
	b	.L66
.L710:
	b	.L66
.L711:
	b	.L66
.L712:
	b	.L66
.L713:
	b	.L66
.L714:
	b	.L66
.L715:
	b	.L66
.L716:
	b	.L66
.L717:
	b	.L66
.L718:
	b	.L66
.L719:
	b	.L66
.L720:
	b	.L66
.L721:
	b	.L66
.L722:
	b	.L66
.L724:
	b	.L66
.L723:
	b	.L66
.L76:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L77:
	mov	r3, r6
.L78:
	mov	r6, r3
	ldrsb	r2, [r3], #1
	cmp	r2, #0
	blt	.L78
	adds	r6, r6, #2
	ldrb	r3, [r3]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L79:
	mov	r3, r6
.L80:
	mov	r6, r3
	ldrsb	r2, [r3], #1
	cmp	r2, #0
	blt	.L80
	adds	r6, r6, #2
	ldrb	r3, [r3]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L67:
	mov	lr, r6
	movs	r1, #0
	mov	r3, r1
.L68:
	ldrb	r0, [lr], #1	@ zero_extendqisi2
	and	r2, r0, #127
	lsls	r2, r2, r1
	orrs	r2, r2, r3
	mov	r3, r2
	adds	r1, r1, #7
	lsls	r0, r0, #24
	bmi	.L68
	str	r2, [sp, #52]
.L69:
	ldrsb	r3, [r6], #1
	cmp	r3, #0
	blt	.L69
	ldr	r3, .L1104
	add	r3, r3, r2, lsl #2
	ldr	r3, [r3, #3096]
	orr	r3, r3, #1
	bx	r3
.L87:
	ldr	r3, [sp, #40]
	cmp	r6, r3
	beq	.L34
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L88:
	mov	r1, r6
	ldr	r3, [sp, #36]
	ldr	r0, [r3]
	add	r6, r6, r0
	ldrsh	r2, [r3, #4]
	add	r2, r3, r2, lsl #3
	ldrh	r3, [r3, #6]
	cmp	r3, #0
	bne	.L1092
	adds	r6, r6, #1
	ldrb	r3, [r1, r0]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	r2, [sp, #36]
	orr	r3, r3, #1
	bx	r3
.L90:
	mov	r3, r4
	.syntax unified
@ 25 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #0
	beq	.L91
	mov	r1, r6
	ldr	r3, [sp, #36]
	ldr	r0, [r3]
	add	r6, r6, r0
	ldrsh	r2, [r3, #4]
	add	r2, r3, r2, lsl #3
	ldrh	r3, [r3, #6]
	cmp	r3, #0
	bne	.L1093
	adds	r6, r6, #1
	ldrb	r3, [r1, r0]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	r2, [sp, #36]
	orr	r3, r3, #1
	bx	r3
.L137:
	b	.L74
.L138:
	.syntax unified
@ 45 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrsb	r4, [r10, r3]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L727:
	b	.L66
.L728:
	b	.L66
.L729:
	b	.L66
.L693:
	b	.L66
.L694:
	b	.L66
.L695:
	b	.L66
.L696:
	b	.L66
.L697:
	b	.L66
.L99:
	mov	lr, r6
	movs	r2, #0
	mov	r1, r2
.L100:
	ldrb	r0, [lr], #1	@ zero_extendqisi2
	and	r3, r0, #127
	lsls	r3, r3, r2
	orrs	r3, r3, r1
	mov	r1, r3
	adds	r2, r2, #7
	lsls	r0, r0, #24
	bmi	.L100
.L101:
	ldrsb	r2, [r6], #1
	cmp	r2, #0
	blt	.L101
	ldr	r2, [sp, #20]
	ldr	r2, [r2]
	ldr	r0, [r2, #8]
	ldr	r2, [r0, #8]
	lsls	r2, r2, #3
	adds	r2, r2, #24
	add	r3, r3, r3, lsl #2
	add	r3, r2, r3, lsl #2
	adds	r3, r0, r3
	str	r3, [sp, #8]
	b	.L23
.L1105:
	.align	2
.L1104:
	.word	.LANCHOR0
.L102:
	mov	r5, r6
	mov	lr, r6
	movs	r1, #0
	mov	r3, r1
.L103:
	ldrb	r0, [lr], #1	@ zero_extendqisi2
	and	r2, r0, #127
	lsls	r2, r2, r1
	orrs	r3, r3, r2
	adds	r1, r1, #7
	lsls	r2, r0, #24
	bmi	.L103
	str	r4, [sp, #28]
	ldr	lr, [sp, #20]
	ldr	r2, [lr]
	ldr	r1, [r2, #8]
	ldr	r2, [lr, #24]
	ldr	r0, [r2, #4]
	cmp	r4, r0
	bcs	.L104
	ldr	r2, [r2]
	str	r2, [sp, #56]
	add	r0, r2, r4, lsl #3
	str	r0, [sp, #8]
	ldr	r2, [r2, r4, lsl #3]
	cmp	r2, #0
	beq	.L105
	cmp	lr, r2
	beq	.L1094
	str	r3, [sp, #60]
	ldr	r4, [r2]
	ldr	r3, [sp, #8]
	ldr	r1, [r3, #4]
	mov	r0, r4
	bl	wr_func_type_index
	mov	r2, r0
	mov	r1, r4
	add	r0, sp, #88
	bl	wr_type_at
	ldr	r3, [sp, #60]
	mov	r2, r3
	ldr	r3, [sp, #20]
	ldr	r1, [r3]
	add	r0, sp, #104
	bl	wr_type_at
	add	r1, sp, #104
	add	r0, sp, #88
	bl	wr_sig_equal
	cmp	r0, #0
	beq	.L107
.L42:
	mov	r6, r5
	ldrsb	r3, [r5], #1
	cmp	r3, #0
	blt	.L42
	adds	r6, r6, #2
	.syntax unified
@ 618 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r3, [sp, #8]
	ldr	r1, [r3, #4]
	ldr	lr, [sp, #56]
	ldr	r3, [sp, #28]
	ldr	r2, [lr, r3, lsl #3]
	str	r2, [sp, #56]
	ldr	r3, [r2]
	ldr	r0, [r3, #8]
	add	r3, r1, r1, lsl #2
	lsls	r3, r3, #2
	adds	r3, r3, #24
	ldr	r2, [r0, #8]
	add	r3, r3, r2, lsl #3
	adds	r3, r0, r3
	str	r3, [sp, #8]
	ldr	r0, [sp, #20]
	ldr	r2, [sp, #56]
	cmp	r2, r0
	beq	.L23
	.syntax unified
@ 622 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r2, [r3, #18]	@ zero_extendqisi2
	rsb	r4, r2, #1
	add	r4, r7, r4, lsl #3
	ldrb	r3, [r3, #19]	@ zero_extendqisi2
	cmp	r3, r2
	it	cc
	movcc	r3, r2
	ldr	r2, [r0, #60]
	subs	r2, r2, r4
	cmp	r3, r2, asr #3
	bcs	.L736
	movs	r2, #0
	str	r2, [sp, #76]
	ldr	r2, [sp, #28]
	ldr	r2, [lr, r2, lsl #3]
	strd	r2, r1, [sp, #80]
	mov	r10, r0
	ldr	r5, [r0, #56]
	add	r3, r4, r3, lsl #3
	str	r3, [r0, #56]
	mov	r2, r4
	add	r1, sp, #76
	bl	wr_call_import
	str	r5, [r10, #56]
	cmp	r0, #0
	bne	.L25
	ldr	r3, [r10, #4]
	cmp	r3, #0
	beq	.L1095
	ldrd	r10, r3, [r3]
	cmp	r3, #0
	bne	.L1096
.L48:
	mov	fp, #0
.L47:
	ldr	r3, [sp, #8]
	ldrb	r3, [r3, #19]	@ zero_extendqisi2
	mvn	r7, #-536870912
	add	r7, r7, r3
	add	r7, r4, r7, lsl #3
	.syntax unified
@ 634 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L725:
	b	.L66
.L726:
	b	.L66
.L94:
	mov	r0, r4
	mov	r5, r6
	movs	r2, #0
	mov	r1, r2
.L95:
	ldrb	r4, [r5], #1	@ zero_extendqisi2
	and	r3, r4, #127
	lsls	r3, r3, r2
	orrs	r1, r1, r3
	adds	r2, r2, #7
	lsls	r4, r4, #24
	bmi	.L95
	.syntax unified
@ 26 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r0, r1
	ite	cc
	lslcc	r1, r0, #3
	lslcs	r1, r1, #3
	ldr	r0, [sp, #36]
	adds	r3, r0, r1
	mov	r2, r6
	ldr	r1, [r0, r1]
	add	r6, r6, r1
	ldrsh	r0, [r3, #4]
	add	r0, r3, r0, lsl #3
	str	r0, [sp, #36]
	ldrh	r3, [r3, #6]
	cmp	r3, #0
	bne	.L49
	adds	r6, r6, #1
	ldrb	r3, [r2, r1]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L135:
	.syntax unified
@ 42 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	mov	r2, r10
	adds	r1, r2, r3
	ldr	r4, [r10, r3]	@ unaligned
	ldr	r5, [r1, #4]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L141:
	.syntax unified
@ 48 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrh	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L142:
	.syntax unified
@ 49 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrsb	r4, [r10, r3]
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L81:
	mov	r3, r4
	.syntax unified
@ 21 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #0
	bne	.L82
	mov	r1, r6
	ldr	r3, [sp, #36]
	ldr	r0, [r3]
	add	r6, r6, r0
	ldrsh	r2, [r3, #4]
	add	r2, r3, r2, lsl #3
	ldrh	r3, [r3, #6]
	cmp	r3, #0
	bne	.L1097
	adds	r6, r6, #1
	ldrb	r3, [r1, r0]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	r2, [sp, #36]
	orr	r3, r3, #1
	bx	r3
.L85:
	mov	r1, r6
	ldr	r3, [sp, #36]
	ldr	r0, [r3]
	add	r6, r6, r0
	ldrsh	r2, [r3, #4]
	add	r2, r3, r2, lsl #3
	ldrh	r3, [r3, #6]
	cmp	r3, #0
	bne	.L1098
	adds	r6, r6, #1
	ldrb	r3, [r1, r0]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	str	r2, [sp, #36]
	orr	r3, r3, #1
	bx	r3
.L139:
	.syntax unified
@ 46 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrb	r4, [r10, r3]	@ zero_extendqisi2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L136:
	b	.L74
.L140:
	.syntax unified
@ 47 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrsh	r4, [r10, r3]	@ unaligned
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L249:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	ands	r4, r4, r2
	ands	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L250:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	orrs	r4, r4, r2
	orrs	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L251:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	eors	r4, r4, r2
	eors	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L252:
	mov	r2, r7
	subs	r7, r7, #8
	and	r3, r4, #63
	ldrd	r4, r2, [r2]
	sub	r1, r3, #32
	rsb	r5, r3, #32
	lsls	r2, r2, r3
	lsl	r1, r4, r1
	orrs	r2, r2, r1
	lsr	r5, r4, r5
	lsls	r4, r4, r3
	orrs	r5, r5, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L253:
	mov	r3, r7
	subs	r7, r7, #8
	and	r2, r4, #63
	ldrd	r4, r5, [r3]
	rsb	r1, r2, #32
	subs	r3, r2, #32
	lsr	r4, r4, r2
	lsl	r1, r5, r1
	orr	r4, r4, r1
	bmi	.L254
	asr	r3, r5, r3
	orrs	r4, r4, r3
.L254:
	asrs	r5, r5, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L255:
	mov	r2, r7
	subs	r7, r7, #8
	and	r1, r4, #63
	ldrd	r3, r5, [r2]
	rsb	r2, r1, #32
	sub	r4, r1, #32
	lsrs	r3, r3, r1
	lsl	r2, r5, r2
	orrs	r3, r3, r2
	lsr	r4, r5, r4
	orrs	r4, r4, r3
	lsrs	r5, r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L256:
	mov	r1, r7
	subs	r7, r7, #8
	and	r3, r4, #63
	ldrd	r2, r1, [r1]
	sub	r5, r3, #32
	rsb	r4, r3, #32
	lsl	r0, r1, r3
	lsl	r5, r2, r5
	orrs	r0, r0, r5
	lsr	r4, r2, r4
	orrs	r0, r0, r4
	lsl	r4, r2, r3
	rsbs	r3, r3, #0
	and	r3, r3, #63
	rsb	lr, r3, #32
	sub	r5, r3, #32
	lsrs	r2, r2, r3
	lsl	lr, r1, lr
	orr	r2, r2, lr
	lsr	r5, r1, r5
	orrs	r2, r2, r5
	lsrs	r1, r1, r3
	orrs	r4, r4, r2
	orr	r5, r0, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L257:
	mov	r2, r7
	subs	r7, r7, #8
	and	r3, r4, #63
	ldrd	r1, r2, [r2]
	rsb	r5, r3, #32
	sub	r4, r3, #32
	lsr	r0, r1, r3
	lsl	r5, r2, r5
	orrs	r0, r0, r5
	lsr	r4, r2, r4
	orrs	r0, r0, r4
	lsr	r5, r2, r3
	rsbs	r3, r3, #0
	and	r3, r3, #63
	sub	lr, r3, #32
	rsb	r4, r3, #32
	lsls	r2, r2, r3
	lsl	lr, r1, lr
	orr	r2, r2, lr
	lsr	r4, r1, r4
	orrs	r2, r2, r4
	lsls	r1, r1, r3
	orr	r4, r0, r1
	orrs	r5, r5, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L258:
	b	.L74
.L259:
	b	.L74
.L260:
	b	.L74
.L261:
	b	.L74
.L262:
	b	.L74
.L263:
	b	.L74
.L143:
	.syntax unified
@ 50 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrb	r4, [r10, r3]	@ zero_extendqisi2
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L144:
	.syntax unified
@ 51 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldrsh	r4, [r10, r3]	@ unaligned
	asrs	r5, r4, #31
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L242:
	mov	r3, r5
	mov	r2, r4
	mov	r1, r7
	subs	r7, r7, #8
	ldrd	r0, r1, [r1]
	orrs	r4, r2, r5
	beq	.L218
	add	r4, r1, #-2147483648
	orrs	r4, r4, r0
	bne	.L746
	and	r4, r2, r5
	adds	r4, r4, #1
	beq	.L243
.L746:
	bl	__aeabi_ldivmod
	mov	r4, r0
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L245:
	mov	r3, r5
	mov	r2, r4
	mov	r1, r7
	subs	r7, r7, #8
	ldrd	r0, [r1]
	orrs	r4, r2, r5
	beq	.L218
	bl	__aeabi_uldivmod
	mov	r4, r0
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L246:
	mov	r3, r5
	mov	r2, r4
	mov	r1, r7
	subs	r7, r7, #8
	ldrd	r0, [r1]
	orrs	r4, r2, r5
	beq	.L218
	cmp	r5, #-1
	it	eq
	cmpeq	r2, #-1
	beq	.L745
	bl	__aeabi_ldivmod
	mov	r5, r3
	mov	r4, r2
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L248:
	mov	r3, r5
	mov	r2, r4
	mov	r1, r7
	subs	r7, r7, #8
	ldrd	r0, [r1]
	orrs	r4, r2, r5
	beq	.L218
	bl	__aeabi_uldivmod
	mov	r4, r2
	mov	r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L240:
	mov	r1, r5
	mov	r2, r7
	subs	r7, r7, #8
	ldrd	r3, r5, [r2]
	subs	r4, r3, r4
	sbc	r5, r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L241:
	mov	r3, r4
	mov	r2, r7
	subs	r7, r7, #8
	ldrd	r4, r2, [r2]
	mul	r2, r3, r2
	mla	r5, r5, r4, r2
	umull	r4, r3, r4, r3
	add	r5, r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L239:
	mov	r3, r7
	subs	r7, r7, #8
	ldrd	r2, r3, [r3]
	adds	r4, r4, r2
	adc	r5, r3, r5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L170:
	b	.L74
.L171:
	b	.L74
.L172:
	clz	r4, r4
	lsrs	r4, r4, #5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L173:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	subs	r4, r3, r4
	clz	r4, r4
	lsrs	r4, r4, #5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L174:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	subs	r4, r3, r4
	it	ne
	movne	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L175:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r3, r4
	ite	ge
	movge	r4, #0
	movlt	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L176:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r4, r3
	ite	ls
	movls	r4, #0
	movhi	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L177:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r3, r4
	ite	le
	movle	r4, #0
	movgt	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L178:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r4, r3
	ite	cs
	movcs	r4, #0
	movcc	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L179:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r3, r4
	ite	gt
	movgt	r4, #0
	movle	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L180:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r4, r3
	ite	cc
	movcc	r4, #0
	movcs	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L181:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r3, r4
	ite	lt
	movlt	r4, #0
	movge	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L182:
	mov	r3, r7
	subs	r7, r7, #8
	ldr	r3, [r3]
	cmp	r4, r3
	ite	hi
	movhi	r4, #0
	movls	r4, #1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L183:
	orrs	r4, r4, r5
	ite	eq
	moveq	r4, #1
	movne	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L109:
	.syntax unified
@ 30 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L110:
	cmp	r4, #0
	beq	.L111
	mov	r3, r7
	sub	r4, r7, #8
.L112:
	sub	r7, r3, #16
	.syntax unified
@ 31 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r4]
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L153:
	ldr	r3, [r7]
	.syntax unified
@ 60 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r3
	bls	.L52
	add	r3, r3, r2, lsr #8
	strh	r4, [r10, r3]	@ unaligned
	subs	r7, r7, #8
	.syntax unified
@ 60 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L149:
	ldr	r3, [r7]
	.syntax unified
@ 56 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r3
	bls	.L52
	add	r3, r3, r2, lsr #8
	mov	r2, r10
	adds	r1, r2, r3
	str	r4, [r10, r3]	@ unaligned
	str	r5, [r1, #4]	@ unaligned
	subs	r7, r7, #8
	.syntax unified
@ 56 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L150:
	b	.L74
.L151:
	b	.L74
.L152:
	ldr	r3, [r7]
	.syntax unified
@ 59 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r3
	bls	.L52
	add	r3, r3, r2, lsr #8
	strb	r4, [r10, r3]
	subs	r7, r7, #8
	.syntax unified
@ 59 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L147:
	.syntax unified
@ 54 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	ands	r1, r2, #-2139062144
	bne	.L52
	cmp	fp, r4
	bls	.L52
	add	r3, r4, r2, lsr #8
	ldr	r4, [r10, r3]	@ unaligned
	mov	r5, r1
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L148:
	ldr	r3, [r7]
	.syntax unified
@ 55 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r3
	bls	.L52
	add	r3, r3, r2, lsr #8
	str	r4, [r10, r3]	@ unaligned
	subs	r7, r7, #8
	.syntax unified
@ 55 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L157:
	adds	r6, r6, #1
	.syntax unified
@ 64 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	ldr	r3, [sp, #20]
	ldr	r3, [r3, #4]
	ldr	r4, [r3, #4]
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L158:
	adds	r6, r6, #1
	mov	r1, r4
	ldr	r10, [sp, #20]
	mov	r0, r10
	bl	wr_memory_grow
	mov	r4, r0
	ldr	r3, [r10, #4]
	cmp	r3, #0
	beq	.L1099
	ldrd	r10, r3, [r3]
	cmp	r3, #0
	bne	.L1100
.L161:
	mov	fp, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L162:
	.syntax unified
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb ip, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	ip, #127
	bhi	.L163
	sbfx	ip, ip, #0, #7
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L166:
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb ip, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	ip, #127
	bhi	.L167
	sbfx	ip, ip, #0, #7
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L155:
	ldr	r3, [r7]
	.syntax unified
@ 62 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r3
	bls	.L52
	add	r3, r3, r2, lsr #8
	strh	r4, [r10, r3]	@ unaligned
	subs	r7, r7, #8
	.syntax unified
@ 62 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L154:
	ldr	r3, [r7]
	.syntax unified
@ 61 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r3
	bls	.L52
	add	r3, r3, r2, lsr #8
	strb	r4, [r10, r3]
	subs	r7, r7, #8
	.syntax unified
@ 61 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L156:
	ldr	r3, [r7]
	.syntax unified
@ 63 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrh r2, [r6], #2
@ 0 "" 2
	.thumb
	.syntax unified
	tst	r2, #-2139062144
	bne	.L52
	cmp	fp, r3
	bls	.L52
	add	r3, r3, r2, lsr #8
	str	r4, [r10, r3]	@ unaligned
	subs	r7, r7, #8
	.syntax unified
@ 63 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1098:
	str	r2, [sp, #36]
.L49:
	lsrs	r2, r3, #10
	ubfx	r3, r3, #0, #10
	cmp	r2, #1
	bne	.L50
	sub	r7, r7, r3, lsl #3
.L51:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L54:
	mov	lr, r4
	mov	ip, #0
	str	r4, [sp, #60]
	mov	r6, ip
	b	.L55
.L61:
	movs	r4, #0
	movs	r5, #0
	strd	r4, [sp, #64]
	str	r2, [sp, #28]
	add	r1, r10, r0
	add	r0, sp, #64
	bl	memcpy
	movw	r3, #5456
	ldr	r2, [sp, #8]
	lsrs	r3, r3, r2
	tst	r3, #1
	ldr	r2, [sp, #28]
	bne	.L62
	ldrd	r4, r5, [sp, #64]
.L63:
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L566:
	.syntax unified
@ 651 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, ip
	asrs	r5, r4, #31
	b	.L52
.L62:
	rsb	r3, r2, #8
	lsls	r3, r3, #3
	ldr	r1, [sp, #64]
	sub	r4, r3, #32
	rsb	r0, r3, #32
	ldr	r2, [sp, #68]
	lsls	r2, r2, r3
	lsl	r4, r1, r4
	orrs	r2, r2, r4
	lsr	r0, r1, r0
	orrs	r2, r2, r0
	lsls	r1, r1, r3
	rsb	r0, r3, #32
	subs	r5, r3, #32
	lsr	r4, r1, r3
	lsl	r0, r2, r0
	orr	r4, r4, r0
	bmi	.L64
	asr	r5, r2, r5
	orrs	r4, r4, r5
.L64:
	asr	r5, r2, r3
	strd	r4, r5, [sp, #64]
	b	.L63
.L36:
	.syntax unified
@ 600 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	lsls	r2, r1, #3
	rsb	r1, r1, #1
	str	r2, [sp, #28]
	add	r1, r7, r1, lsl #3
	mov	r0, r3
	bl	memmove
	mov	r3, r0
	ldr	r2, [sp, #28]
	subs	r2, r2, #8
	adds	r7, r0, r2
	ldr	r2, [sp, #8]
	cmp	r2, #0
	beq	.L1101
	.syntax unified
@ 603 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	b	.L38
.L111:
	mov	r4, r7
	mov	r3, r7
	b	.L112
.L130:
	subs	r3, r3, r2
	ldr	r2, [sp, #20]
	ldr	r2, [r2, #40]
	add	r3, r2, r3, lsl #3
	b	.L131
.L235:
	cmp	r5, #0
	beq	.L744
	rbit	r3, r5
	clz	r3, r3
	add	r4, r3, #32
	b	.L236
.L125:
	subs	r3, r3, r2
	ldr	r2, [sp, #20]
	ldr	r2, [r2, #40]
	add	r3, r2, r3, lsl #3
	b	.L126
.L231:
	cmp	r3, #0
	beq	.L743
	clz	r3, r3
	add	r4, r3, #32
	b	.L232
.L734:
	movs	r0, #62
	b	.L25
.L58:
	movs	r0, #54
	b	.L60
.L735:
	movs	r0, #63
	b	.L25
.L1100:
	cmp	r3, #65536
	beq	.L739
	lsls	r3, r3, #16
	sub	fp, r3, #256
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1096:
	cmp	r3, #65536
	beq	.L737
	lsls	r3, r3, #16
	sub	fp, r3, #256
	b	.L47
.L745:
	movs	r5, #0
	mov	r4, r5
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1094:
	ldr	r0, [r1, #8]
	ldr	r2, [sp, #8]
	ldr	r2, [r2, #4]
	add	r2, r2, r2, lsl #2
	lsls	r2, r2, #2
	add	r2, r2, r0, lsl #3
	add	r2, r2, r1
	add	r1, r1, r3, lsl #3
	ldrh	r2, [r2, #36]
	ldrh	r3, [r1, #28]
	cmp	r2, r3
	beq	.L42
.L107:
	movs	r0, #58
	b	.L25
.L742:
	movs	r4, #0
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L349:
	mov	r3, r6
.L351:
	mov	r6, r3
	ldrsb	r2, [r3], #1
	cmp	r2, #0
	blt	.L351
	ldr	r2, [sp, #36]
	adds	r2, r2, #8
	str	r2, [sp, #36]
	adds	r6, r6, #2
	ldrb	r3, [r3]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L50:
	.syntax unified
@ 642 "/work/main/platforms/runtime/engine/interp.c" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	rsb	r1, r2, #1
	adds	r0, r2, r3
	str	r3, [sp, #8]
	rsb	r0, r0, #1
	lsls	r2, r2, #3
	add	r1, r7, r1, lsl #3
	add	r0, r7, r0, lsl #3
	bl	memmove
	ldr	r3, [sp, #8]
	sub	r7, r7, r3, lsl #3
	.syntax unified
@ 645 "/work/main/platforms/runtime/engine/interp.c" 1
	ldrd r4, r5, [r7], #-8
@ 0 "" 2
	.thumb
	.syntax unified
	b	.L51
.L82:
	mov	r3, r6
.L84:
	mov	r6, r3
	ldrsb	r2, [r3], #1
	cmp	r2, #0
	blt	.L84
	ldr	r2, [sp, #36]
	adds	r2, r2, #8
	str	r2, [sp, #36]
	adds	r6, r6, #2
	ldrb	r3, [r3]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1095:
	mov	r10, r3
	b	.L48
.L1099:
	mov	r10, r3
	b	.L161
.L91:
	mov	r3, r6
.L93:
	mov	r6, r3
	ldrsb	r2, [r3], #1
	cmp	r2, #0
	blt	.L93
	ldr	r2, [sp, #36]
	adds	r2, r2, #8
	str	r2, [sp, #36]
	adds	r6, r6, #2
	ldrb	r3, [r3]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L342:
	mov	r3, r6
.L344:
	mov	r6, r3
	ldrsb	r2, [r3], #1
	cmp	r2, #0
	blt	.L344
	ldr	r2, [sp, #36]
	adds	r2, r2, #8
	str	r2, [sp, #36]
	adds	r6, r6, #2
	ldrb	r3, [r3]	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L104:
	movs	r0, #56
	b	.L25
.L744:
	movs	r4, #64
	b	.L236
.L743:
	movs	r4, #64
	b	.L232
.L218:
	movs	r0, #59
	b	.L25
.L1079:
	and	r3, r3, #127
	movs	r2, #7
.L562:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L562
	b	.L561
.L596:
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #127
	bhi	.L597
	lsl	ip, ip, #18
	and	ip, ip, #33292288
	orr	ip, ip, r3, lsl #25
	asr	ip, ip, #18
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L399:
	.syntax unified
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #127
	bhi	.L400
	lsl	ip, ip, #18
	and	ip, ip, #33292288
	orr	ip, ip, r3, lsl #25
	asr	ip, ip, #18
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1091:
	and	r3, r3, #127
	movs	r2, #7
.L129:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L129
	b	.L128
.L1088:
	and	r3, r3, #127
	movs	r2, #7
.L118:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L118
	b	.L117
.L1089:
	and	r3, r3, #127
	movs	r2, #7
.L121:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L121
	b	.L120
.L1092:
	str	r2, [sp, #36]
	b	.L49
.L739:
	mvn	fp, #255
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1087:
	and	r1, r1, #127
	movs	r3, #7
.L115:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r2, r0, #127
	lsls	r2, r2, r3
	orrs	r1, r1, r2
	adds	r3, r3, #7
	lsls	r2, r0, #24
	bmi	.L115
	b	.L114
.L163:
	.syntax unified
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #127
	bhi	.L164
	lsl	ip, ip, #18
	and	ip, ip, #33292288
	orr	ip, ip, r3, lsl #25
	asr	ip, ip, #18
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L403:
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #127
	bhi	.L404
	lsl	ip, ip, #18
	and	ip, ip, #33292288
	orr	ip, ip, r3, lsl #25
	asr	ip, ip, #18
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L737:
	mvn	fp, #255
	b	.L47
.L1090:
	and	r3, r3, #127
	movs	r2, #7
.L124:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L124
	b	.L123
.L1083:
	and	r1, r1, #127
	movs	r3, #7
.L361:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r2, r0, #127
	lsls	r2, r2, r3
	orrs	r1, r1, r2
	adds	r3, r3, #7
	lsls	r2, r0, #24
	bmi	.L361
	b	.L360
.L1084:
	and	r3, r3, #127
	movs	r2, #7
.L365:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L365
	b	.L364
.L1085:
	and	r3, r3, #127
	movs	r2, #7
.L369:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L369
	b	.L368
.L1077:
	and	r1, r1, #127
	movs	r3, #7
.L554:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r2, r0, #127
	lsls	r2, r2, r3
	orrs	r1, r1, r2
	adds	r3, r3, #7
	lsls	r2, r0, #24
	bmi	.L554
	b	.L553
.L1078:
	and	r3, r3, #127
	movs	r2, #7
.L558:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L558
	b	.L557
.L592:
	.syntax unified
@ 68 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #127
	bhi	.L593
	lsl	ip, ip, #18
	and	ip, ip, #33292288
	orr	ip, ip, r3, lsl #25
	asr	ip, ip, #18
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L105:
	movs	r0, #57
	b	.L25
.L1080:
	and	r1, r1, #127
	movs	r3, #7
.L328:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r2, r0, #127
	lsls	r2, r2, r3
	orrs	r1, r1, r2
	adds	r3, r3, #7
	lsls	r2, r0, #24
	bmi	.L328
	b	.L327
.L1081:
	and	r3, r3, #127
	movs	r2, #7
.L335:
	ldrb	r0, [r6], #1	@ zero_extendqisi2
	and	r1, r0, #127
	lsls	r1, r1, r2
	orrs	r3, r3, r1
	adds	r2, r2, #7
	lsls	r1, r0, #24
	bmi	.L335
	b	.L334
.L167:
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	ldrb r3, [r6], #1
@ 0 "" 2
	.thumb
	.syntax unified
	cmp	r3, #127
	bhi	.L168
	lsl	ip, ip, #18
	and	ip, ip, #33292288
	orr	ip, ip, r3, lsl #25
	asr	ip, ip, #18
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1093:
	str	r2, [sp, #36]
	b	.L49
.L1082:
	str	r2, [sp, #36]
	b	.L49
.L1086:
	str	r2, [sp, #36]
	b	.L49
.L243:
	movs	r0, #60
	b	.L25
.L1097:
	str	r2, [sp, #36]
	b	.L49
.L164:
	subs	r0, r6, #2
	bl	leb.constprop.0
	mov	ip, r0
.L165:
	ldrsb	r3, [r6], #1
	cmp	r3, #0
	blt	.L165
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L404:
	subs	r0, r6, #2
	bl	leb.constprop.0
	mov	r3, r1
.L405:
	ldrsb	r2, [r6], #1
	cmp	r2, #0
	blt	.L405
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, r0
	mov	r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L736:
	movs	r0, #62
	b	.L25
.L593:
	subs	r0, r6, #2
	bl	leb.constprop.0
	mov	ip, r0
.L594:
	ldrsb	r3, [r6], #1
	cmp	r3, #0
	blt	.L594
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L1101:
	ldr	r2, [sp, #24]
	ldrb	r2, [r2, #19]	@ zero_extendqisi2
	cmp	r2, #1
	beq	.L37
.L730:
	movs	r0, #0
	b	.L40
.L168:
	subs	r0, r6, #2
	bl	leb.constprop.0
	mov	r3, r1
.L169:
	ldrsb	r2, [r6], #1
	cmp	r2, #0
	blt	.L169
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, r0
	mov	r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L597:
	subs	r0, r6, #2
	bl	leb.constprop.0
	mov	r3, r1
.L598:
	ldrsb	r2, [r6], #1
	cmp	r2, #0
	blt	.L598
	.syntax unified
@ 69 "/work/main/platforms/runtime/engine/opcodes.def" 1
	strd r4, r5, [r7, #8]!
@ 0 "" 2
	.thumb
	.syntax unified
	mov	r4, r0
	mov	r5, r3
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
.L37:
	strd	r4, r5, [r3]
	b	.L730
.L400:
	subs	r0, r6, #2
	bl	leb.constprop.0
	mov	ip, r0
.L401:
	ldrsb	r3, [r6], #1
	cmp	r3, #0
	blt	.L401
	ldrb	r3, [r6], #1	@ zero_extendqisi2
	add	r3, r3, #512
	ldr	r3, [r9, r3, lsl #2]
	orr	r3, r3, #1
	bx	r3
	.size	wr_run, .-wr_run
	.section	.rodata
	.align	2
	.set	.LANCHOR0,. + 0
	.type	entries.1, %object
	.size	entries.1, 3072
entries.1:
	.word	.L74+1
	.word	.L76+1
	.word	.L77+1
	.word	.L79+1
	.word	.L81+1
	.word	.L85+1
	.space	20
	.word	.L87+1
	.word	.L88+1
	.word	.L90+1
	.word	.L94+1
	.word	.L34+1
	.word	.L99+1
	.word	.L102+1
	.space	32
	.word	.L109+1
	.word	.L110+1
	.space	16
	.word	.L113+1
	.word	.L116+1
	.word	.L119+1
	.word	.L122+1
	.word	.L127+1
	.space	12
	.word	.L132+1
	.word	.L135+1
	.word	.L136+1
	.word	.L137+1
	.word	.L138+1
	.word	.L139+1
	.word	.L140+1
	.word	.L141+1
	.word	.L142+1
	.word	.L143+1
	.word	.L144+1
	.word	.L145+1
	.word	.L146+1
	.word	.L147+1
	.word	.L148+1
	.word	.L149+1
	.word	.L150+1
	.word	.L151+1
	.word	.L152+1
	.word	.L153+1
	.word	.L154+1
	.word	.L155+1
	.word	.L156+1
	.word	.L157+1
	.word	.L158+1
	.word	.L162+1
	.word	.L166+1
	.word	.L170+1
	.word	.L171+1
	.word	.L172+1
	.word	.L173+1
	.word	.L174+1
	.word	.L175+1
	.word	.L176+1
	.word	.L177+1
	.word	.L178+1
	.word	.L179+1
	.word	.L180+1
	.word	.L181+1
	.word	.L182+1
	.word	.L183+1
	.word	.L184+1
	.word	.L185+1
	.word	.L186+1
	.word	.L187+1
	.word	.L188+1
	.word	.L189+1
	.word	.L190+1
	.word	.L191+1
	.word	.L192+1
	.word	.L193+1
	.word	.L194+1
	.word	.L195+1
	.word	.L196+1
	.word	.L197+1
	.word	.L198+1
	.word	.L199+1
	.word	.L200+1
	.word	.L201+1
	.word	.L202+1
	.word	.L203+1
	.word	.L204+1
	.word	.L205+1
	.word	.L206+1
	.word	.L208+1
	.word	.L210+1
	.word	.L211+1
	.word	.L212+1
	.word	.L213+1
	.word	.L214+1
	.word	.L217+1
	.word	.L219+1
	.word	.L221+1
	.word	.L222+1
	.word	.L223+1
	.word	.L224+1
	.word	.L225+1
	.word	.L226+1
	.word	.L227+1
	.word	.L228+1
	.word	.L229+1
	.word	.L230+1
	.word	.L234+1
	.word	.L238+1
	.word	.L239+1
	.word	.L240+1
	.word	.L241+1
	.word	.L242+1
	.word	.L245+1
	.word	.L246+1
	.word	.L248+1
	.word	.L249+1
	.word	.L250+1
	.word	.L251+1
	.word	.L252+1
	.word	.L253+1
	.word	.L255+1
	.word	.L256+1
	.word	.L257+1
	.word	.L258+1
	.word	.L259+1
	.word	.L260+1
	.word	.L261+1
	.word	.L262+1
	.word	.L263+1
	.word	.L264+1
	.word	.L265+1
	.word	.L266+1
	.word	.L267+1
	.word	.L268+1
	.word	.L269+1
	.word	.L270+1
	.word	.L271+1
	.word	.L272+1
	.word	.L273+1
	.word	.L274+1
	.word	.L275+1
	.word	.L276+1
	.word	.L277+1
	.word	.L278+1
	.word	.L279+1
	.word	.L280+1
	.word	.L281+1
	.word	.L282+1
	.word	.L283+1
	.word	.L284+1
	.word	.L285+1
	.word	.L286+1
	.word	.L287+1
	.word	.L288+1
	.word	.L289+1
	.word	.L290+1
	.word	.L291+1
	.word	.L292+1
	.word	.L293+1
	.word	.L294+1
	.word	.L295+1
	.word	.L296+1
	.word	.L297+1
	.word	.L298+1
	.word	.L299+1
	.word	.L300+1
	.word	.L301+1
	.word	.L302+1
	.word	.L303+1
	.word	.L304+1
	.word	.L305+1
	.word	.L306+1
	.word	.L307+1
	.word	.L308+1
	.word	.L309+1
	.word	.L310+1
	.word	.L311+1
	.word	.L312+1
	.word	.L313+1
	.word	.L314+1
	.word	.L315+1
	.space	220
	.word	.L67+1
	.space	12
	.word	.L337+1
	.word	.L338+1
	.word	.L339+1
	.word	.L340+1
	.word	.L341+1
	.word	.L345+1
	.space	20
	.word	.L346+1
	.word	.L347+1
	.word	.L348+1
	.word	.L352+1
	.word	.L353+1
	.word	.L354+1
	.word	.L355+1
	.space	32
	.word	.L356+1
	.word	.L357+1
	.space	16
	.word	.L359+1
	.word	.L362+1
	.word	.L366+1
	.word	.L370+1
	.word	.L371+1
	.space	12
	.word	.L372+1
	.word	.L374+1
	.word	.L375+1
	.word	.L376+1
	.word	.L377+1
	.word	.L378+1
	.word	.L379+1
	.word	.L380+1
	.word	.L381+1
	.word	.L382+1
	.word	.L383+1
	.word	.L384+1
	.word	.L385+1
	.word	.L386+1
	.word	.L387+1
	.word	.L388+1
	.word	.L389+1
	.word	.L390+1
	.word	.L391+1
	.word	.L392+1
	.word	.L393+1
	.word	.L394+1
	.word	.L395+1
	.word	.L396+1
	.word	.L397+1
	.word	.L398+1
	.word	.L402+1
	.word	.L406+1
	.word	.L407+1
	.word	.L408+1
	.word	.L409+1
	.word	.L410+1
	.word	.L411+1
	.word	.L412+1
	.word	.L413+1
	.word	.L414+1
	.word	.L415+1
	.word	.L416+1
	.word	.L417+1
	.word	.L418+1
	.word	.L419+1
	.word	.L420+1
	.word	.L421+1
	.word	.L422+1
	.word	.L423+1
	.word	.L424+1
	.word	.L425+1
	.word	.L426+1
	.word	.L427+1
	.word	.L428+1
	.word	.L429+1
	.word	.L430+1
	.word	.L431+1
	.word	.L432+1
	.word	.L433+1
	.word	.L434+1
	.word	.L435+1
	.word	.L436+1
	.word	.L437+1
	.word	.L438+1
	.word	.L439+1
	.word	.L440+1
	.word	.L441+1
	.word	.L442+1
	.word	.L443+1
	.word	.L444+1
	.word	.L445+1
	.word	.L446+1
	.word	.L447+1
	.word	.L448+1
	.word	.L449+1
	.word	.L450+1
	.word	.L451+1
	.word	.L452+1
	.word	.L453+1
	.word	.L454+1
	.word	.L455+1
	.word	.L456+1
	.word	.L457+1
	.word	.L458+1
	.word	.L459+1
	.word	.L460+1
	.word	.L461+1
	.word	.L462+1
	.word	.L463+1
	.word	.L464+1
	.word	.L465+1
	.word	.L466+1
	.word	.L467+1
	.word	.L468+1
	.word	.L469+1
	.word	.L470+1
	.word	.L471+1
	.word	.L472+1
	.word	.L473+1
	.word	.L474+1
	.word	.L476+1
	.word	.L477+1
	.word	.L478+1
	.word	.L479+1
	.word	.L480+1
	.word	.L481+1
	.word	.L482+1
	.word	.L483+1
	.word	.L484+1
	.word	.L485+1
	.word	.L486+1
	.word	.L487+1
	.word	.L488+1
	.word	.L489+1
	.word	.L490+1
	.word	.L491+1
	.word	.L492+1
	.word	.L493+1
	.word	.L494+1
	.word	.L495+1
	.word	.L496+1
	.word	.L497+1
	.word	.L498+1
	.word	.L499+1
	.word	.L500+1
	.word	.L501+1
	.word	.L502+1
	.word	.L503+1
	.word	.L504+1
	.word	.L505+1
	.word	.L506+1
	.word	.L507+1
	.word	.L508+1
	.word	.L509+1
	.word	.L510+1
	.word	.L511+1
	.word	.L512+1
	.word	.L513+1
	.word	.L514+1
	.word	.L515+1
	.word	.L516+1
	.word	.L517+1
	.word	.L518+1
	.word	.L519+1
	.word	.L520+1
	.word	.L521+1
	.word	.L522+1
	.word	.L523+1
	.word	.L524+1
	.word	.L525+1
	.word	.L526+1
	.word	.L527+1
	.word	.L528+1
	.word	.L529+1
	.word	.L530+1
	.word	.L531+1
	.word	.L532+1
	.word	.L533+1
	.word	.L534+1
	.word	.L535+1
	.word	.L536+1
	.space	220
	.word	.L65+1
	.space	12
	.word	.L537+1
	.word	.L538+1
	.word	.L539+1
	.word	.L540+1
	.word	.L541+1
	.word	.L542+1
	.space	20
	.word	.L543+1
	.word	.L544+1
	.word	.L545+1
	.word	.L546+1
	.word	.L547+1
	.word	.L548+1
	.word	.L549+1
	.space	32
	.word	.L550+1
	.word	.L551+1
	.space	16
	.word	.L552+1
	.word	.L555+1
	.word	.L559+1
	.word	.L563+1
	.word	.L564+1
	.space	12
	.word	.L565+1
	.word	.L567+1
	.word	.L568+1
	.word	.L569+1
	.word	.L570+1
	.word	.L571+1
	.word	.L572+1
	.word	.L573+1
	.word	.L574+1
	.word	.L575+1
	.word	.L576+1
	.word	.L577+1
	.word	.L578+1
	.word	.L579+1
	.word	.L580+1
	.word	.L581+1
	.word	.L582+1
	.word	.L583+1
	.word	.L584+1
	.word	.L585+1
	.word	.L586+1
	.word	.L587+1
	.word	.L588+1
	.word	.L589+1
	.word	.L590+1
	.word	.L591+1
	.word	.L595+1
	.word	.L599+1
	.word	.L600+1
	.word	.L601+1
	.word	.L602+1
	.word	.L603+1
	.word	.L604+1
	.word	.L605+1
	.word	.L606+1
	.word	.L607+1
	.word	.L608+1
	.word	.L609+1
	.word	.L610+1
	.word	.L611+1
	.word	.L612+1
	.word	.L613+1
	.word	.L614+1
	.word	.L615+1
	.word	.L616+1
	.word	.L617+1
	.word	.L618+1
	.word	.L619+1
	.word	.L620+1
	.word	.L621+1
	.word	.L622+1
	.word	.L623+1
	.word	.L624+1
	.word	.L625+1
	.word	.L626+1
	.word	.L627+1
	.word	.L628+1
	.word	.L629+1
	.word	.L630+1
	.word	.L631+1
	.word	.L632+1
	.word	.L633+1
	.word	.L634+1
	.word	.L635+1
	.word	.L636+1
	.word	.L637+1
	.word	.L638+1
	.word	.L639+1
	.word	.L640+1
	.word	.L641+1
	.word	.L642+1
	.word	.L643+1
	.word	.L644+1
	.word	.L645+1
	.word	.L646+1
	.word	.L647+1
	.word	.L648+1
	.word	.L649+1
	.word	.L650+1
	.word	.L651+1
	.word	.L652+1
	.word	.L653+1
	.word	.L654+1
	.word	.L655+1
	.word	.L656+1
	.word	.L657+1
	.word	.L658+1
	.word	.L659+1
	.word	.L660+1
	.word	.L661+1
	.word	.L662+1
	.word	.L663+1
	.word	.L664+1
	.word	.L665+1
	.word	.L666+1
	.word	.L667+1
	.word	.L669+1
	.word	.L670+1
	.word	.L671+1
	.word	.L672+1
	.word	.L673+1
	.word	.L674+1
	.word	.L675+1
	.word	.L676+1
	.word	.L677+1
	.word	.L678+1
	.word	.L679+1
	.word	.L680+1
	.word	.L681+1
	.word	.L682+1
	.word	.L683+1
	.word	.L684+1
	.word	.L685+1
	.word	.L686+1
	.word	.L687+1
	.word	.L688+1
	.word	.L689+1
	.word	.L690+1
	.word	.L691+1
	.word	.L692+1
	.word	.L693+1
	.word	.L694+1
	.word	.L695+1
	.word	.L696+1
	.word	.L697+1
	.word	.L698+1
	.word	.L699+1
	.word	.L700+1
	.word	.L701+1
	.word	.L702+1
	.word	.L703+1
	.word	.L704+1
	.word	.L705+1
	.word	.L706+1
	.word	.L707+1
	.word	.L708+1
	.word	.L709+1
	.word	.L710+1
	.word	.L711+1
	.word	.L712+1
	.word	.L713+1
	.word	.L714+1
	.word	.L715+1
	.word	.L716+1
	.word	.L717+1
	.word	.L718+1
	.word	.L719+1
	.word	.L720+1
	.word	.L721+1
	.word	.L722+1
	.word	.L723+1
	.word	.L724+1
	.word	.L725+1
	.word	.L726+1
	.word	.L727+1
	.word	.L728+1
	.word	.L729+1
	.space	220
	.word	.L66+1
	.space	12
	.type	access_size, %object
	.size	access_size, 23
access_size:
	.ascii	"\004\010\004\010\001\001\002\002\001\001\002\002\004"
	.ascii	"\004\004\010\004\010\001\002\001\002\004"
	.space	1
	.type	table_fc.0, %object
	.size	table_fc.0, 60
table_fc.0:
	.word	.L316+1
	.word	.L317+1
	.word	.L318+1
	.word	.L319+1
	.word	.L320+1
	.word	.L321+1
	.word	.L322+1
	.word	.L323+1
	.word	.L324+1
	.word	.L325+1
	.word	.L329+1
	.word	.L330+1
	.word	.L331+1
	.word	.L332+1
	.word	.L336+1
	.ident	"GCC: (15:12.2.rel1-1) 12.2.1 20221205"
