/* SPI1 with the sensor, mode 0, 0.94 MHz, chip select PA4 (RM0433 50.4). One chip select is one transfer of 1..256 bytes. */
#include "kernel.h"
#include "registers.h"

#define LIMIT 100000u                  /* polls; a byte takes 8.5 us */

static void select(bool on) { REG(GPIOA + GPIO_BSRR) = on ? BIT(4 + 16) : BIT(4); }

static bool wait_flag(uint32_t flag) {
  for (uint32_t i = 0; i < LIMIT; i++)
    if (SPI1_SR & flag) return true;
  return false;
}

int32_t spi_transfer(const uint8_t *tx, uint8_t *rx, uint32_t size) {
  int32_t status = OK;
  SPI1_CR1 = SPI_CR1_SSI;
  SPI1_CFG1 = 6u << 28 | 7u;           /* kernel clock 120 MHz / 128, 8 bits */
  SPI1_CFG2 = SPI_CFG2_MASTER | SPI_CFG2_SSM | SPI_CFG2_AFCNTR;
  SPI1_CR2 = size;
  SPI1_CR1 = SPI_CR1_SSI | SPI_CR1_SPE;
  select(true);
  SPI1_CR1 = SPI_CR1_SSI | SPI_CR1_SPE | SPI_CR1_CSTART;
  for (uint32_t i = 0; i < size && status == OK; i++) {
    uint8_t byte = tx[i];              /* rx may be the same buffer */
    if (!wait_flag(SPI_SR_TXP)) status = SPI_FAULT;
    SPI1_TXDR = byte;
    if (!wait_flag(SPI_SR_RXP)) status = SPI_FAULT;
    rx[i] = SPI1_RXDR;
  }
  select(false);
  SPI1_IFCR = 0x0ff8;
  SPI1_CR1 = SPI_CR1_SSI;
  return status;
}
