/* USART3, the console (PD8 TX), and USART2, the modem (PD5 TX, PD6 RX), 115200 8N1. RM0433 48.5.
 *
 * Received bytes go to a ring of 4 KiB by interrupt; MODEM_RX is posted when the line goes idle or every 1024 bytes. A byte that is lost, in the USART (ORE) or to a full ring, makes one
 * OVERRUN. Left out on purpose: flow control, DMA, line errors (TLS finds them). */
#include "kernel.h"
#include "registers.h"

#define BAUD_DIVISOR 1042u             /* 120 MHz / 115200 */
#define RING_BYTES 4096u
#define REPORT_BYTES 1024u

static uint8_t ring[RING_BYTES];
static volatile uint32_t head, tail;   /* written, read: free-running */
static volatile bool lost;
static uint32_t unreported;

void USART2_IRQHandler(void);
void USART3_IRQHandler(void);

static void uart_init(uint32_t base, uint32_t control) {
  REG(base + USART_CR1) = 0;
  REG(base + USART_BRR) = BAUD_DIVISOR;
  REG(base + USART_CR1) = USART_CR1_UE | USART_CR1_TE | control;
}

static void interrupt_enable(uint32_t irq) {
  NVIC_IPR(irq) = 0x40;
  NVIC_ICPR(irq / 32) = BIT(irq % 32);
  NVIC_ISER(irq / 32) = BIT(irq % 32);
}

void io_init(void) {
  REG(GPIOA + GPIO_BSRR) = BIT(4);     /* chip select high before it is an output */
  REG(GPIOA + GPIO_MODER) = (REG(GPIOA + GPIO_MODER) & ~0x0000ff00u) | 0x0000a900u; /* PA4 output, PA5..7 alternate */
  REG(GPIOA + GPIO_PUPDR) = (REG(GPIOA + GPIO_PUPDR) & ~0x00003000u) | 0x00001000u; /* PA6 pulled up */
  REG(GPIOA + GPIO_AFRL) = (REG(GPIOA + GPIO_AFRL) & ~0xfff00000u) | 0x55500000u;   /* AF5: SPI1 */
  REG(GPIOD + GPIO_MODER) = (REG(GPIOD + GPIO_MODER) & ~0x000f3c00u) | 0x000a2800u; /* PD5, PD6, PD8, PD9 alternate */
  REG(GPIOD + GPIO_AFRL) = (REG(GPIOD + GPIO_AFRL) & ~0x0ff00000u) | 0x07700000u;   /* AF7: USART */
  REG(GPIOD + GPIO_AFRH) = (REG(GPIOD + GPIO_AFRH) & ~0x000000ffu) | 0x00000077u;
  uart_init(USART3, 0);
  uart_init(USART2, USART_CR1_RE | USART_CR1_RXNEIE | USART_CR1_IDLEIE);
  interrupt_enable(IRQ_USART2);
  interrupt_enable(IRQ_USART3);
}

/* Everything is sent, interrupts are off: before a hand-over. */
void uart_stop(void) {
  REG(USART2 + USART_CR1) = 0;
  REG(USART3 + USART_CR1) = 0;
}

/* ---- transmit ---- */

/* Sleeps until a flag is set; its interrupt only wakes. */
static void wait_flag(uint32_t base, uint32_t flag, uint32_t enable) {
  bool wakes = interrupts_wake();
  while (!(REG(base + USART_ISR) & flag)) {
    irq_off();
    REG(base + USART_CR1) |= enable;
    if (wakes && !(REG(base + USART_ISR) & flag)) wfi();
    irq_on();
    isb();
  }
}

static void transmit(uint32_t base, const uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    wait_flag(base, USART_ISR_TXE, USART_CR1_TXEIE);
    REG(base + USART_TDR) = bytes[i];
  }
  if (size) wait_flag(base, USART_ISR_TC, USART_CR1_TCIE);
}

void console_write(const uint8_t *bytes, uint32_t size) { transmit(USART3, bytes, size); }

void console_text(const char *text) {
  uint32_t size = 0;
  while (text[size]) size++;
  console_write((const uint8_t *)text, size);
}

void console_hex(uint32_t value) {
  char text[9];
  for (uint32_t i = 0; i < 8; i++) text[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
  text[8] = 0;
  console_text(text);
}

void modem_write(const uint8_t *bytes, uint32_t size) { transmit(USART2, bytes, size); }

void USART3_IRQHandler(void) { REG(USART3 + USART_CR1) &= ~(uint32_t)(USART_CR1_TXEIE | USART_CR1_TCIE); }

/* ---- receive ---- */

void USART2_IRQHandler(void) {
  REG(USART2 + USART_CR1) &= ~(uint32_t)(USART_CR1_TXEIE | USART_CR1_TCIE);
  uint32_t flags = REG(USART2 + USART_ISR);
  while (flags & USART_ISR_RXNE) {
    uint8_t byte = (uint8_t)REG(USART2 + USART_RDR);
    if (head - tail == RING_BYTES) lost = true;
    else {
      ring[head % RING_BYTES] = byte;
      head = head + 1;
      unreported++;
    }
    flags = (flags & ~(uint32_t)USART_ISR_RXNE) | REG(USART2 + USART_ISR);
    if (!(REG(USART2 + USART_ISR) & USART_ISR_RXNE)) break;
  }
  if (flags & USART_ISR_ORE) lost = true; /* whichever look saw it */
  REG(USART2 + USART_ICR) = flags & (USART_ISR_ORE | USART_ISR_IDLE);
  if (unreported >= REPORT_BYTES || (flags & USART_ISR_IDLE && unreported)) {
    unreported = 0;
    event_post(EVENT_MODEM_RX);
  }
}

uint32_t modem_pending(void) { return head - tail; }

int32_t modem_read(uint8_t *out, uint32_t capacity) {
  irq_off();
  bool was_lost = lost;
  lost = false;
  irq_on();
  if (was_lost) return OVERRUN;
  uint32_t count = head - tail;
  if (count > capacity) count = capacity;
  for (uint32_t i = 0; i < count; i++) out[i] = ring[(tail + i) % RING_BYTES];
  tail = tail + count;
  return (int32_t)count;
}
