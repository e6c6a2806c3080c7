/* The chip's flash driver behind its gate (hal.c, flash.c, fault.c as they are), obeying a list of HAL calls in RAM: no module, no MPU, no interpreter.
 * Code and data lie in RAM, so that the flash is the case's alone. All of chip/ is linked but what this file stands for: start.c and module.c. */
#include "kernel.h"
#include "registers.h"
#include "../../runtime/engine/memory.h"

enum { MOST = 8, DONE = 0x444f4e45, WAKE = 29 };

typedef struct { uint32_t number, args[3]; int32_t status; } call;
static volatile struct { uint32_t state, count; call calls[MOST]; } box __attribute__((section(".mailbox"), used));
/* Where the calls' buffers lie: the caller's linear memory. */
static uint8_t memory[WASM_PAGE] __attribute__((section(".memory"), aligned(8), used));
static module caller;

extern uint8_t __stack_top[];
typedef void (*vector)(void);
void start(void) __attribute__((noreturn));
void obey(void);
void hang(void) __attribute__((noreturn));
void BusFault_Handler(void);
void TIM2_IRQHandler(void);

__attribute__((section(".vectors"), used)) static const vector vectors[16 + WAKE + 1] = {
  [0] = (vector)(uintptr_t)__stack_top, [1] = start, [2 ... 4] = hang, [5] = BusFault_Handler, [6 ... 15 + IRQ_TIM2] = hang, [16 + IRQ_TIM2] = TIM2_IRQHandler, [16 + WAKE] = obey,
};

void hang(void) {
  for (;;) wfi();
}

void module_main(const module_setup *setup) { (void)setup; }

/* An interrupt, pended by the host: work of the lowest priority in handler mode, as the kernel's is. */
void obey(void) {
  for (uint32_t i = 0; i < box.count; i++) {
    exception_frame frame = {.r0 = box.calls[i].args[0], .r1 = box.calls[i].args[1], .r2 = box.calls[i].args[2], .r12 = box.calls[i].number};
    caller.context.psp = (uint32_t)(uintptr_t)&frame;
    hal_call(&caller, &frame);
    box.calls[i].status = (int32_t)frame.r0;
  }
  box.count = 0;
  box.state = DONE;
}

void start(void) {
  SCB_SHCSR |= SCB_SHCSR_FAULTS;
  memset(&caller, 0, sizeof caller);
  caller.memory = memory;
  caller.memory_pages = 1;
  caller.hal_calls = 0x1f;                 /* the flash calls */
  caller.grant_count = 1;
  caller.grants[0] = (flash_grant){0, UINT32_MAX, RIGHT_READ | RIGHT_PROGRAM | RIGHT_ERASE};
  caller.context.r4_r11[2] = 1;            /* pages that its interpreter says it has */
  timer_init();
  NVIC_IPR(WAKE) = 0xf0;
  NVIC_ISER(0) = BIT(WAKE);
  irq_on();
  hang();
}
