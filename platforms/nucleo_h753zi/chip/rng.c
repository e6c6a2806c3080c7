/* RNG (RM0433 34.3): one word at a time; a seed or clock error is reported, and the part is given a fresh start for the next request (34.3.7). */
#include "kernel.h"
#include "registers.h"

#define LIMIT 10000u

static void restart(void) {
  RNG_CR = 0;
  RNG_SR = 0;                          /* SEIS and CEIS are cleared by writing 0 */
  RNG_CR = RNG_CR_RNGEN;
}

int32_t rng_word(uint32_t *word) {
  if (!(RNG_CR & RNG_CR_RNGEN)) restart();
  for (uint32_t i = 0; i < LIMIT; i++) {
    uint32_t status = RNG_SR;
    if (status & (RNG_SR_CECS | RNG_SR_CEIS)) {
      restart();
      return ENTROPY_CLOCK;
    }
    if (status & (RNG_SR_SECS | RNG_SR_SEIS)) {
      restart();
      return ENTROPY_SEED;
    }
    if (status & RNG_SR_DRDY) {
      *word = RNG_DR;
      return OK;
    }
  }
  return ENTROPY_CLOCK;                /* no word in 1000 times its time: its clock stands still */
}
