/* Code for the emulated core: what a driver meets at the flash interface. Results in DTCM from 0x20000000; then it obeys commands in COMMAND. */
#include <stdint.h>
#define R(address) (*(volatile uint32_t *)(address))
#define OUT ((volatile uint32_t *)0x20000000)
#define COMMAND R(0x20000100)
#define DONE R(0x20000104)

void reset_handler(void);
void bus_fault(void);
void hang(void);
__attribute__((section(".vec"), used)) void *const vectors[16] = {(void *)0x20010000, reset_handler, hang, hang, hang, bus_fault, hang};

void hang(void) { OUT[15] = 0xdead; for (;;); }
void bus_fault(void) { OUT[0]++; OUT[1] = R(0xE000ED28); R(0xE000ED28) = 0xffffffff; }
static void sync(void) { __asm volatile("dsb\nisb" ::: "memory"); }

static void program(uint32_t address, uint32_t first) {
  R(0x52002104) = 0x45670123; R(0x52002104) = 0xcdef89ab;
  R(0x5200210c) = 0x32;
  for (uint32_t i = 0; i < 8; i++) R(address + 4 * i) = first + i;
  sync();
}

static void checks(void) {
  R(0x08060000) = 0x12345678; sync();
  OUT[2] = R(0x08060000); OUT[3] = R(0x52002010);
  R(0x52002014) = 0x1fef0000;
  program(0x08120000, 0x1000);
  OUT[4] = R(0x08120004); OUT[5] = R(0x52002110);
  R(0x52002114) = 0x1fef0000;
  R(0x5200210c) = 0x34 | 1 << 8; R(0x5200210c) = 0x34 | 1 << 8 | 0x80; sync();
  OUT[6] = R(0x52002110);
  OUT[7] = R(0x08120004); OUT[8] = R(0x52002110);
  R(0x52002004) = 0; sync();
  OUT[9] = OUT[0];
  OUT[10] = R(0x08140000); sync();
  OUT[11] = OUT[0]; OUT[12] = R(0x52002110);
  R(0x5200210c) = 1;
}

static void obey(uint32_t command) {
  switch (command) {
    case 1: R(0xE000ED0C) = 0x05fa0004; break;                                     /* SYSRESETREQ */
    case 2: R(0x58004800) = 0xcccc; break;                                         /* the watchdog starts */
    case 3: R(0x08060000) = 0; sync(); OUT[2] = R(0x08060000); OUT[3] = R(0x52002010); break;
    case 4: program(0x08160000, 0x2000); OUT[4] = R(0x08160004); break;
    case 5: R(0x52002004) = 0x45670123; sync(); break;                             /* bank 1 is locked until reset */
    case 6: { uint32_t n = 0; while (R(0x4000441c) & 0x20) { OUT[32 + n] = R(0x40004424); n++; } OUT[31] = n; OUT[30] = R(0x4000441c); break; }
    case 7: R(0x4000440c) = 1042; R(0x40004400) = 0x0d; break;                     /* USART2: UE, RE, TE */
    case 8: R(0xA0000000) = 0x04030201; *(volatile uint8_t *)0xA0000000 = 5; R(0xA0000004) = 0; *(volatile uint8_t *)0xA0000000 = 6; break;
    case 9: OUT[5] = OUT[0]; OUT[10] = R(0x08140000); sync(); OUT[6] = OUT[0] - OUT[5]; break;
    case 10: OUT[5] = OUT[0]; OUT[10] = R(0x08120000); sync(); OUT[6] = OUT[0] - OUT[5]; break;
    case 11: R(0x52002104) = 0x45670123; R(0x52002104) = 0xcdef89ab; R(0x5200210c) = 0x3c; R(0x5200210c) = 0xbc; sync(); break; /* all of bank 2 */
  }
}

void reset_handler(void) {
  OUT[0] = 0;
  OUT[16] = R(0x580244D0); R(0x580244D0) = 1 << 16;
  OUT[17]++;
  R(0xE000ED24) |= 1 << 17;
  DONE = 0; COMMAND = 0;
  if (OUT[17] == 1) checks();
  OUT[13] = 0x600d;
  for (;;) {
    uint32_t command = COMMAND;
    if (command) { COMMAND = 0; obey(command); DONE = command; }
  }
}
