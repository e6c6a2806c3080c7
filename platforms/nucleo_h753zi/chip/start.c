/* Vector table, reset, and the two entries that need assembly. The same source makes boot's runtime and the application's: SPEC 17 says where each lies. */
#include "kernel.h"
#include "registers.h"

extern uint8_t __bss_start[], __bss_end[], __msp_top[];
extern const uint8_t __vectors[], __runtime_size[];

void Reset_Handler(void);
void SVC_Handler(void);
void NMI_Handler(void);
void HardFault_Handler(void);
void MemManage_Handler(void);
void BusFault_Handler(void);
void UsageFault_Handler(void);
void TIM2_IRQHandler(void);
void USART2_IRQHandler(void);
void USART3_IRQHandler(void);
void unexpected_interrupt(void);
void runtime_main(void) __attribute__((noreturn));

typedef void (*vector)(void);

/* ARMv7-M B1.5.2, RM0433 19.1.2. */
__attribute__((section(".vectors"), used)) static const vector vectors[16 + IRQ_COUNT] = {
  [0] = (vector)(uintptr_t)__msp_top,
  [1] = Reset_Handler,
  [2] = NMI_Handler,
  [3] = HardFault_Handler,
  [4] = MemManage_Handler,
  [5] = BusFault_Handler,
  [6] = UsageFault_Handler,
  [7 ... 10] = unexpected_interrupt,
  [11] = SVC_Handler,
  [12 ... 15] = unexpected_interrupt,
  [16 ... 15 + IRQ_TIM2] = unexpected_interrupt,
  [16 + IRQ_TIM2] = TIM2_IRQHandler,
  [17 + IRQ_TIM2 ... 15 + IRQ_USART2] = unexpected_interrupt,
  [16 + IRQ_USART2] = USART2_IRQHandler,
  [16 + IRQ_USART3] = USART3_IRQHandler,
  [17 + IRQ_USART3 ... 15 + IRQ_COUNT] = unexpected_interrupt,
};

/* Behind the vectors: "PBRT", and how long the runtime is, so that boot finds the bundle before it hands over. */
__attribute__((section(".runtime_info"), used)) static const struct { uint32_t magic; const uint8_t *size; } runtime_info = {0x54524250, __runtime_size};

__attribute__((naked)) void Reset_Handler(void) {
  __asm__ volatile(
    "cpsie i\n"
    "b runtime_main\n");
}

/* Saves the context of `current`, lets the kernel decide, goes on with the context of the `current` of then: unprivileged, on its own stack. */
__attribute__((naked)) void SVC_Handler(void) {
  __asm__ volatile(
    "push {r3, lr}\n"
    "ldr r1, =current\n"
    "ldr r1, [r1]\n"
    "cbz r1, 1f\n"
    "mrs r0, psp\n"
    "stmia r1, {r0, r4-r11}\n"
    "1: bl kernel_svc\n"
    "pop {r3, lr}\n"
    "ldr r1, =current\n"
    "ldr r1, [r1]\n"
    "ldmia r1, {r0, r4-r11}\n"
    "msr psp, r0\n"
    "movs r0, #1\n"
    "msr control, r0\n"          /* CONTROL.nPRIV */
    "isb\n"
    "mvn lr, #2\n"               /* EXC_RETURN 0xFFFFFFFD: thread mode, PSP */
    "bx lr\n"
    ".ltorg\n");
}

static void core_init(void) {
  SCB_VTOR = (uint32_t)(uintptr_t)__vectors;
  SCB_CCR |= SCB_CCR_DIV_0_TRP;
  SCB_SHPR1 = 0x00e0e0e0;         /* faults above SVC, below interrupts: their report sleeps on TIM2 */
  SCB_SHPR2 = 0xf0000000;         /* SVC lowest */
  SCB_SHCSR |= SCB_SHCSR_FAULTS;
  SCB_ICIALLU = 0;
  dsb();
  isb();
  SCB_CCR |= SCB_CCR_IC;
  dsb();
  isb();
}

void runtime_main(void) {
  for (uint8_t *p = __bss_start; p < __bss_end; p++) *p = 0;
  core_init();
  watchdog_init();                /* before LSE, whose start takes seconds: as the hardware starts it, it bites after half a second */
  clock_init();
  reset_cause_init();
  timer_init();
  io_init();
  kernel_start();
}
