/* Answers of HAL calls and events from a recording (SPEC 19), with -DHAL_PLAYER: the device's modules run on the chip's engine, what surrounds them is played. For replay in the
 * emulator only; without it this file is empty. The port at 0xA0005000 gives one word after the other:
 *
 *   0 status size bytes...   a call returns      1   it does not return: it reset the device, or power went
 *   2 kind a b               an event            3   nothing more */
#include "player.h"
#include "registers.h"
#include "../../runtime/engine/memory.h"

#ifdef HAL_PLAYER
#define PLAY REG(0xa0005000u)
enum { ANSWER, NO_RETURN, EVENT };

static void stop(void) __attribute__((noreturn));
static void stop(void) {
  irq_off();
  for (;;) wfi();
}

int32_t play_answer(hal_request *r) {
  if (PLAY != ANSWER) stop();
  int32_t status = (int32_t)PLAY;
  uint32_t size = PLAY;
  if (size > r->out_size) stop();
  for (uint32_t done = 0; done < size; done += 4) {
    uint32_t word = PLAY;
    memcpy(r->out + done, &word, size - done < 4 ? size - done : 4);
  }
  r->written = size;
  return status;
}

void play_event(uint32_t *kind, uint32_t *a, uint32_t *b) {
  if (PLAY != EVENT) stop();
  *kind = PLAY;
  *a = PLAY;
  *b = PLAY;
}
#else
typedef int player_is_empty;
#endif
