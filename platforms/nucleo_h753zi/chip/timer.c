/* TIM2 (RM0433 40.3) at 10 kHz: time since reset in 64 bits, the device's one-shot timer on compare channel 1, and the kernel's own short waits on channel 2. It runs on through a hand-over. */
#include "kernel.h"
#include "registers.h"

/* Renode's compare can come a tick before the counter reads so; it does not come again. What is further off is a match of the lower 32 bits alone. */
#define EARLY_TICKS 2u
#define PRESCALER (240000000u / (1000u * TICKS_PER_MS) - 1u)

static volatile uint32_t wraps;
static volatile bool armed;
static volatile uint64_t due;
static volatile bool sleeping;
static volatile bool waiting;

void TIM2_IRQHandler(void);

void timer_init(void) {
  TIM2_DIER = 0;
  if (!(TIM2_CR1 & TIM_CR1_CEN)) {
    TIM2_PSC = PRESCALER;
    TIM2_ARR = UINT32_MAX;
    TIM2_CR1 = TIM_CR1_URS;
    TIM2_EGR = 1;
    TIM2_CR1 = TIM_CR1_URS | TIM_CR1_CEN;
  }
  TIM2_SR = 0;
  TIM2_DIER = TIM_UIF;
  NVIC_IPR(IRQ_TIM2) = 0x40;
  NVIC_ICPR(0) = BIT(IRQ_TIM2);
  NVIC_ISER(0) = BIT(IRQ_TIM2);
}

static uint64_t now(void) {
  uint32_t low = TIM2_CNT, high = wraps;
  if (TIM2_SR & TIM_UIF) {             /* wrapped, the interrupt has not run yet */
    low = TIM2_CNT;
    high++;
  }
  return (uint64_t)high << 32 | low;
}

uint64_t timer_ticks(void) {
  irq_off();
  uint64_t t = now();
  irq_on();
  return t;
}

static void arm(uint64_t at) {
  due = at;
  armed = true;
  TIM2_CCR1 = (uint32_t)at;
  TIM2_SR = ~(uint32_t)TIM_CC1IF;
  TIM2_DIER |= TIM_CC1IF;
}

static void disarm(void) {
  armed = false;
  TIM2_DIER &= ~(uint32_t)TIM_CC1IF;
  TIM2_SR = ~(uint32_t)TIM_CC1IF;
}

void timer_set(uint32_t delay_ms) {
  irq_off();
  if (delay_ms == 0) disarm();
  else {
    arm(now() + (uint64_t)delay_ms * TICKS_PER_MS);
    if (now() >= due) TIM2_EGR = BIT(1);             /* never late: the compare may have passed already */
  }
  irq_on();
}

/* Nothing preempts NMI and HardFault, so nothing would end a WFI there. */
bool interrupts_wake(void) {
  uint32_t exception;
  __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
  return exception != 2 && exception != 3;
}

/* For the fault report: takes the timer from the device, which will not run again. */
void timer_sleep(uint32_t ms) {
  uint64_t end = timer_ticks() + (uint64_t)ms * TICKS_PER_MS;
  sleeping = true;
  timer_set(ms);
  bool wakes = interrupts_wake();
  while (timer_ticks() < end) {
    irq_off();
    if (armed && wakes) wfi();
    irq_on();
    isb();
  }
}

/* Sleeps for so long, while interrupts are served; not for handlers that nothing preempts. */
void timer_wait(uint32_t ms) {
  waiting = true;
  irq_off();
  TIM2_CCR2 = (uint32_t)(now() + (uint64_t)ms * TICKS_PER_MS);
  TIM2_SR = ~(uint32_t)TIM_CC2IF;
  TIM2_DIER |= TIM_CC2IF;
  irq_on();
  while (waiting) {
    irq_off();
    if (waiting) wfi();
    irq_on();
    isb();
  }
}

void TIM2_IRQHandler(void) {
  uint32_t flags = TIM2_SR;
  if (flags & TIM_UIF) {
    TIM2_SR = ~(uint32_t)TIM_UIF;
    wraps = wraps + 1;
  }
  if (flags & TIM_CC1IF) {
    TIM2_SR = ~(uint32_t)TIM_CC1IF;
    if (armed && now() + EARLY_TICKS >= due) {
      while (now() < due) {}
      disarm();
      if (!sleeping) event_post(EVENT_TIMER);
    }
  }
  if (flags & TIM_CC2IF) {
    TIM2_SR = ~(uint32_t)TIM_CC2IF;
    TIM2_DIER &= ~(uint32_t)TIM_CC2IF;
    waiting = false;
  }
}
