/* Clocks: HSI 64 MHz, PLL1 to 480 MHz, AXI 240 MHz, APBs 120 MHz. RM0433 6.6.2 (VOS0), 8.5, 4.3.8 table 17 (latency). The internal oscillator on purpose: no crystal
 * from outside decides whether the device runs. Runs again in the application's runtime, which finds it done. LSE feeds the RTC, HSI48 the RNG, LSI the watchdog.
 *
 * A part that does not become ready leaves the device waiting for the watchdog. */
#include "kernel.h"
#include "registers.h"

static void wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value) {
  while ((*reg & mask) != value) {}
}

static void pll_init(void) {
  PWR_CR3 = (PWR_CR3 & ~(uint32_t)PWR_CR3_SCUEN) | PWR_CR3_LDOEN;
  PWR_D3CR |= PWR_D3CR_VOS1;
  wait_for(&PWR_D3CR, PWR_D3CR_VOSRDY, PWR_D3CR_VOSRDY);
  RCC_APB4ENR |= RCC_APB4ENR_SYSCFGEN;
  SYSCFG_PWRCR |= SYSCFG_PWRCR_ODEN;
  wait_for(&PWR_D3CR, PWR_D3CR_VOSRDY, PWR_D3CR_VOSRDY);
  FLASH_ACR = 2u << 4 | 4u;                          /* WRHIGHFREQ, LATENCY at 240 MHz, VOS0 */
  RCC_PLLCKSELR = 16u << 4;                          /* HSI / 16 = 4 MHz */
  RCC_PLLCFGR = 2u << 2 | BIT(16) | BIT(17);         /* input 4..8 MHz, wide VCO; outputs P and Q */
  RCC_PLL1DIVR = 239u | 1u << 9 | 7u << 16 | 1u << 24; /* VCO 960 MHz; P 480; Q 120 */
  RCC_CR |= RCC_CR_PLL1ON;
  wait_for(&RCC_CR, RCC_CR_PLL1RDY, RCC_CR_PLL1RDY);
  RCC_D1CFGR = 8u | 4u << 4;                         /* HPRE / 2, D1PPRE / 2 */
  RCC_D2CFGR = 4u << 4 | 4u << 8;                    /* APB1, APB2 / 2 */
  RCC_D3CFGR = 4u << 4;                              /* APB4 / 2 */
  RCC_CFGR = RCC_CFGR_SW_PLL1;
  wait_for(&RCC_CFGR, RCC_CFGR_SWS, RCC_CFGR_SW_PLL1 << 3);
}

void clock_init(void) {
  if ((RCC_CFGR & RCC_CFGR_SWS) != RCC_CFGR_SW_PLL1 << 3) pll_init();
  RCC_CR |= RCC_CR_HSI48ON;
  wait_for(&RCC_CR, RCC_CR_HSI48RDY, RCC_CR_HSI48RDY);
  RCC_AHB2ENR |= RCC_AHB2ENR_RNGEN | RCC_AHB2ENR_SRAM;
  RCC_AHB4ENR |= RCC_AHB4ENR_GPIOAEN | RCC_AHB4ENR_GPIODEN | RCC_AHB4ENR_BKPRAMEN;
  RCC_APB1LENR |= RCC_APB1LENR_TIM2EN | RCC_APB1LENR_USART2EN | RCC_APB1LENR_USART3EN;
  RCC_APB2ENR |= RCC_APB2ENR_SPI1EN;
  RCC_APB4ENR |= RCC_APB4ENR_RTCAPBEN;
  PWR_CR1 |= PWR_CR1_DBP;                            /* backup domain: RTC, backup SRAM */
  if ((RCC_BDCR & RCC_BDCR_RTCEN) == 0) {
    RCC_BDCR |= RCC_BDCR_LSEON;
    wait_for(&RCC_BDCR, RCC_BDCR_LSERDY, RCC_BDCR_LSERDY);
    RCC_BDCR = (RCC_BDCR & ~(uint32_t)RCC_BDCR_RTCSEL) | RCC_BDCR_RTCSEL_LSE | RCC_BDCR_RTCEN;
  }
  dsb();
}
