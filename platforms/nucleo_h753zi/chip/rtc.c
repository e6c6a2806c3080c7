/* RTC (RM0433 46.3): calendar of 2001..2099 in the backup domain, from LSE, 1/32768 s. INITS clear means that nothing has set it: NOT_SET. */
#include "kernel.h"
#include "registers.h"

#define HZ 32768u
#define LIMIT 100000u
#define EPOCH_2000 946684800u          /* seconds from 1970 to 2000 */
#define DAY 86400u
#define FIRST_MS (((uint64_t)EPOCH_2000 + 366u * DAY) * 1000u) /* 2001-01-01: a year of 00 means not set */
#define LAST_MS ((uint64_t)4102444800u * 1000u)                 /* 2100-01-01 */

static const uint16_t before_month[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

static uint32_t bcd(uint32_t v) { return v / 10 << 4 | v % 10; }
static uint32_t unbcd(uint32_t v) { return (v >> 4) * 10 + (v & 15); }

static bool wait_isr(uint32_t flag, bool set) {
  for (uint32_t i = 0; i < LIMIT; i++)
    if (((RTC_ISR & flag) != 0) == set) return true;
  return false;
}

int32_t rtc_read(uint64_t *ms) {
  if (!(RTC_ISR & RTC_ISR_INITS)) return NOT_SET;
  if (!wait_isr(RTC_ISR_RSF, true)) return NOT_SET; /* after a reset, INIT or a shift the shadow registers are stale (46.3.9) */
  uint32_t sub, time, date;
  do {                                 /* reading SSR and TR locks DR (46.3.9); twice alike rules out a carry */
    sub = RTC_SSR & 0xffff;
    time = RTC_TR;
    date = RTC_DR;
  } while (sub != (RTC_SSR & 0xffff) || time != RTC_TR || date != RTC_DR);
  uint32_t year = unbcd(date >> 16 & 0xff), month = unbcd(date >> 8 & 0x1f), day = unbcd(date & 0x3f);
  if (month < 1 || month > 12) return NOT_SET;
  uint32_t days = year * 365 + (year + 3) / 4 + before_month[month - 1] + day - 1;
  if (year % 4 == 0 && month > 2) days++;
  uint32_t seconds = EPOCH_2000 + days * DAY + unbcd(time >> 16 & 0x3f) * 3600 + unbcd(time >> 8 & 0x7f) * 60 + unbcd(time & 0x7f);
  int64_t ticks = (int64_t)seconds * HZ + (int64_t)(HZ - 1) - (int64_t)sub; /* sub may exceed HZ - 1 after a shift */
  *ms = (uint64_t)ticks * 1000u / HZ;
  return OK;
}

int32_t rtc_set(uint64_t ms) {
  if (ms < FIRST_MS || ms >= LAST_MS) return INVALID;
  uint32_t since = (uint32_t)(ms / 1000u - EPOCH_2000), fraction = (uint32_t)(ms % 1000u);
  uint32_t days = since / DAY, second = since % DAY, year = 0, month = 12;
  while (days >= (year % 4 == 0 ? 366u : 365u)) days -= year++ % 4 == 0 ? 366u : 365u;
  uint32_t weekday = (since / DAY + 5) % 7 + 1; /* 2000-01-01 was a Saturday */
  uint32_t leap = year % 4 == 0 ? 1 : 0;
  while (days < before_month[month - 1] + (month > 2 ? leap : 0)) month--;
  uint32_t day = days - before_month[month - 1] - (month > 2 ? leap : 0) + 1;
  RTC_WPR = 0xca;
  RTC_WPR = 0x53;
  RTC_ISR |= RTC_ISR_INIT;
  bool ready = wait_isr(RTC_ISR_INITF, true);
  RTC_PRER = HZ - 1;
  RTC_PRER = HZ - 1;                   /* 46.3.8: two separate writes */
  RTC_TR = bcd(second / 3600) << 16 | bcd(second / 60 % 60) << 8 | bcd(second % 60);
  RTC_DR = bcd(year) << 16 | weekday << 13 | bcd(month) << 8 | bcd(day);
  RTC_ISR &= ~(uint32_t)RTC_ISR_INIT;
  if (fraction) {                      /* one second forward, the rest of it back (46.3.12) */
    uint32_t forward = (fraction * HZ + 999) / 1000;
    RTC_SHIFTR = RTC_SHIFTR_ADD1S | (HZ - forward);
    ready = wait_isr(RTC_ISR_SHPF, false) && ready;
  }
  RTC_WPR = 0xff;
  return ready ? OK : NOT_SET;
}
