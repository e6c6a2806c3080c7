/* Registers that the drivers touch, named after RM0433 Rev 8 (peripherals) and the ARMv7-M Architecture Reference Manual (core).
 * What no driver uses is left out on purpose. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define REG8(address) (*(volatile uint8_t *)(uintptr_t)(address))
#define BIT(n) (1u << (n))

/* RCC, 8.7 */
#define RCC 0x58024400u
#define RCC_CR REG(RCC + 0x00)
#define RCC_CR_HSI48ON BIT(12)
#define RCC_CR_HSI48RDY BIT(13)
#define RCC_CR_PLL1ON BIT(24)
#define RCC_CR_PLL1RDY BIT(25)
#define RCC_CFGR REG(RCC + 0x10)
#define RCC_CFGR_SW_PLL1 3u
#define RCC_CFGR_SWS (7u << 3)
#define RCC_D1CFGR REG(RCC + 0x18)
#define RCC_D2CFGR REG(RCC + 0x1c)
#define RCC_D3CFGR REG(RCC + 0x20)
#define RCC_PLLCKSELR REG(RCC + 0x28)
#define RCC_PLLCFGR REG(RCC + 0x2c)
#define RCC_PLL1DIVR REG(RCC + 0x30)
#define RCC_BDCR REG(RCC + 0x70)
#define RCC_BDCR_LSEON BIT(0)
#define RCC_BDCR_LSERDY BIT(1)
#define RCC_BDCR_RTCSEL (3u << 8)
#define RCC_BDCR_RTCSEL_LSE (1u << 8)
#define RCC_BDCR_RTCEN BIT(15)
#define RCC_RSR REG(RCC + 0xd0)
#define RCC_RSR_RMVF BIT(16)
#define RCC_RSR_BORRSTF BIT(21)
#define RCC_RSR_PORRSTF BIT(23)
#define RCC_RSR_SFTRSTF BIT(24)
#define RCC_RSR_IWDG1RSTF BIT(26)
#define RCC_AHB2ENR REG(RCC + 0xdc)
#define RCC_AHB2ENR_RNGEN BIT(6)
#define RCC_AHB2ENR_SRAM (7u << 29)
#define RCC_AHB4ENR REG(RCC + 0xe0)
#define RCC_AHB4ENR_GPIOAEN BIT(0)
#define RCC_AHB4ENR_GPIODEN BIT(3)
#define RCC_AHB4ENR_BKPRAMEN BIT(28)
#define RCC_APB1LENR REG(RCC + 0xe8)
#define RCC_APB1LENR_TIM2EN BIT(0)
#define RCC_APB1LENR_USART2EN BIT(17)
#define RCC_APB1LENR_USART3EN BIT(18)
#define RCC_APB2ENR REG(RCC + 0xf0)
#define RCC_APB2ENR_SPI1EN BIT(12)
#define RCC_APB4ENR REG(RCC + 0xf4)
#define RCC_APB4ENR_SYSCFGEN BIT(1)
#define RCC_APB4ENR_RTCAPBEN BIT(16)

/* PWR, 6.8; SYSCFG, 12.3 */
#define PWR 0x58024800u
#define PWR_CR1 REG(PWR + 0x00)
#define PWR_CR1_DBP BIT(8)
#define PWR_CR3 REG(PWR + 0x0c)
#define PWR_CR3_LDOEN BIT(1)
#define PWR_CR3_SCUEN BIT(2)
#define PWR_D3CR REG(PWR + 0x18)
#define PWR_D3CR_VOSRDY BIT(13)
#define PWR_D3CR_VOS1 (3u << 14)
#define SYSCFG_PWRCR REG(0x58000400u + 0x2c)
#define SYSCFG_PWRCR_ODEN BIT(0)

/* FLASH, 4.9; bank 2's registers are 0x100 higher */
#define FLASH 0x52002000u
#define FLASH_BANK2 0x100u
#define FLASH_ACR REG(FLASH + 0x00)
#define FLASH_KEYR 0x04u
#define FLASH_OPTKEYR 0x08u
#define FLASH_CR 0x0cu
#define FLASH_CR_LOCK BIT(0)
#define FLASH_CR_PG BIT(1)
#define FLASH_CR_SER BIT(2)
#define FLASH_CR_PSIZE (3u << 4)
#define FLASH_CR_START BIT(7)
#define FLASH_CR_SNB_SHIFT 8
#define FLASH_SR 0x10u
#define FLASH_SR_QW BIT(2)
#define FLASH_SR_WRPERR BIT(17)
#define FLASH_SR_PGSERR BIT(18)
#define FLASH_SR_STRBERR BIT(19)
#define FLASH_SR_INCERR BIT(21)
#define FLASH_SR_RDPERR BIT(23)
#define FLASH_SR_DBECCERR BIT(26)
#define FLASH_CCR 0x14u
#define FLASH_CCR_ALL 0x1fef0000u
#define FLASH_OPTCR 0x18u
#define FLASH_OPTCR_OPTLOCK BIT(0)
#define FLASH_OPTSR_CUR 0x1cu
#define FLASH_WPSN_CUR 0x38u
#define FLASH_BOOT_CUR 0x40u

/* GPIO, 11.4 */
#define GPIOA 0x58020000u
#define GPIOD 0x58020c00u
#define GPIO_MODER 0x00u
#define GPIO_PUPDR 0x0cu
#define GPIO_BSRR 0x18u
#define GPIO_AFRL 0x20u
#define GPIO_AFRH 0x24u

/* TIM2, 40.4 */
#define TIM2 0x40000000u
#define TIM2_CR1 REG(TIM2 + 0x00)
#define TIM_CR1_CEN BIT(0)
#define TIM_CR1_URS BIT(2)
#define TIM2_DIER REG(TIM2 + 0x0c)
#define TIM2_SR REG(TIM2 + 0x10)
#define TIM_UIF BIT(0)
#define TIM_CC1IF BIT(1)
#define TIM_CC2IF BIT(2)
#define TIM2_EGR REG(TIM2 + 0x14)
#define TIM2_CNT REG(TIM2 + 0x24)
#define TIM2_PSC REG(TIM2 + 0x28)
#define TIM2_ARR REG(TIM2 + 0x2c)
#define TIM2_CCR1 REG(TIM2 + 0x34)
#define TIM2_CCR2 REG(TIM2 + 0x38)

/* USART, 48.8 */
#define USART2 0x40004400u
#define USART3 0x40004800u
#define USART_CR1 0x00u
#define USART_CR1_UE BIT(0)
#define USART_CR1_RE BIT(2)
#define USART_CR1_TE BIT(3)
#define USART_CR1_IDLEIE BIT(4)
#define USART_CR1_RXNEIE BIT(5)
#define USART_CR1_TCIE BIT(6)
#define USART_CR1_TXEIE BIT(7)
#define USART_BRR 0x0cu
#define USART_ISR 0x1cu
#define USART_ISR_ORE BIT(3)
#define USART_ISR_IDLE BIT(4)
#define USART_ISR_RXNE BIT(5)
#define USART_ISR_TC BIT(6)
#define USART_ISR_TXE BIT(7)
#define USART_ICR 0x20u
#define USART_RDR 0x24u
#define USART_TDR 0x28u

/* SPI1, 50.11 */
#define SPI1 0x40013000u
#define SPI1_CR1 REG(SPI1 + 0x00)
#define SPI_CR1_SPE BIT(0)
#define SPI_CR1_CSTART BIT(9)
#define SPI_CR1_SSI BIT(12)
#define SPI1_CR2 REG(SPI1 + 0x04)
#define SPI1_CFG1 REG(SPI1 + 0x08)
#define SPI1_CFG2 REG(SPI1 + 0x0c)
#define SPI_CFG2_MASTER BIT(22)
#define SPI_CFG2_SSM BIT(26)
#define SPI_CFG2_AFCNTR BIT(31)
#define SPI1_SR REG(SPI1 + 0x14)
#define SPI_SR_RXP BIT(0)
#define SPI_SR_TXP BIT(1)
#define SPI1_IFCR REG(SPI1 + 0x18)
#define SPI1_TXDR REG8(SPI1 + 0x20)
#define SPI1_RXDR REG8(SPI1 + 0x30)

/* RNG, 34.7 */
#define RNG 0x48021800u
#define RNG_CR REG(RNG + 0x00)
#define RNG_CR_RNGEN BIT(2)
#define RNG_SR REG(RNG + 0x04)
#define RNG_SR_DRDY BIT(0)
#define RNG_SR_CECS BIT(1)
#define RNG_SR_SECS BIT(2)
#define RNG_SR_CEIS BIT(5)
#define RNG_SR_SEIS BIT(6)
#define RNG_DR REG(RNG + 0x08)

/* RTC, 46.6 */
#define RTC 0x58004000u
#define RTC_TR REG(RTC + 0x00)
#define RTC_DR REG(RTC + 0x04)
#define RTC_ISR REG(RTC + 0x0c)
#define RTC_ISR_SHPF BIT(3)
#define RTC_ISR_INITS BIT(4)
#define RTC_ISR_RSF BIT(5)
#define RTC_ISR_INITF BIT(6)
#define RTC_ISR_INIT BIT(7)
#define RTC_PRER REG(RTC + 0x10)
#define RTC_WPR REG(RTC + 0x24)
#define RTC_SSR REG(RTC + 0x28)
#define RTC_SHIFTR REG(RTC + 0x2c)
#define RTC_SHIFTR_ADD1S BIT(31)

/* IWDG1, 45.4 */
#define IWDG1 0x58004800u
#define IWDG_KR REG(IWDG1 + 0x00)
#define IWDG_PR REG(IWDG1 + 0x04)
#define IWDG_RLR REG(IWDG1 + 0x08)
#define IWDG_SR REG(IWDG1 + 0x0c)

/* Core: ARMv7-M B3.2 (system control), B3.4 (NVIC), B3.5 (MPU) */
#define SCB_ICSR REG(0xe000ed04u)
#define SCB_VTOR REG(0xe000ed08u)
#define SCB_AIRCR REG(0xe000ed0cu)
#define SCB_AIRCR_SYSRESETREQ 0x05fa0004u
#define SCB_CCR REG(0xe000ed14u)
#define SCB_CCR_DIV_0_TRP BIT(4)
#define SCB_CCR_IC BIT(17)
#define SCB_SHPR1 REG(0xe000ed18u)
#define SCB_SHPR2 REG(0xe000ed1cu)
#define SCB_SHCSR REG(0xe000ed24u)
#define SCB_SHCSR_FAULTS (7u << 16)
#define SCB_CFSR REG(0xe000ed28u)
#define SCB_CFSR_BFSR 0x0000ff00u
#define SCB_CFSR_PRECISERR BIT(9)
#define SCB_CFSR_IMPRECISERR BIT(10)
#define SCB_HFSR REG(0xe000ed2cu)
#define SCB_MMFAR REG(0xe000ed34u)
#define SCB_BFAR REG(0xe000ed38u)
#define SCB_ICIALLU REG(0xe000ef50u)
#define NVIC_ISER(n) REG(0xe000e100u + 4u * (n))
#define NVIC_ICER(n) REG(0xe000e180u + 4u * (n))
#define NVIC_ICPR(n) REG(0xe000e280u + 4u * (n))
#define NVIC_IPR(irq) REG8(0xe000e400u + (irq))
#define MPU_CTRL REG(0xe000ed94u)
#define MPU_CTRL_ENABLE BIT(0)
#define MPU_CTRL_PRIVDEFENA BIT(2)
#define MPU_RNR REG(0xe000ed98u)
#define MPU_RBAR REG(0xe000ed9cu)
#define MPU_RASR REG(0xe000eda0u)

/* Interrupts, RM0433 19.1.2 */
#define IRQ_TIM2 28u
#define IRQ_USART2 38u
#define IRQ_USART3 39u
#define IRQ_COUNT 150u

static inline void dsb(void) { __asm__ volatile("dsb" ::: "memory"); }
static inline void isb(void) { __asm__ volatile("isb" ::: "memory"); }
static inline void irq_off(void) { __asm__ volatile("cpsid i" ::: "memory"); }
static inline void irq_on(void) { __asm__ volatile("cpsie i" ::: "memory"); }
static inline void wfi(void) { __asm__ volatile("dsb\n wfi" ::: "memory"); }

#endif
