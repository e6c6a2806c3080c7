/* See player.c. */
#ifndef PLAYER_H
#define PLAYER_H

#include "kernel.h"

#ifdef HAL_PLAYER
int32_t play_answer(hal_request *r);
void play_event(uint32_t *kind, uint32_t *a, uint32_t *b);
#endif

#endif
