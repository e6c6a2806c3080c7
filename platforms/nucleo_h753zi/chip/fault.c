/* Faults: what happened in one console line, a second to be read, then a software reset (SPEC 13). The one fault that is expected is the bus error of a
 * flash access under guard (SPEC 17). */
#include "kernel.h"
#include "registers.h"
#include "tap.h"

#define REPORT_MS 1000u

static volatile bool guarded, failed;

void NMI_Handler(void);
void HardFault_Handler(void);
void MemManage_Handler(void);
void BusFault_Handler(void);
void UsageFault_Handler(void);
void unexpected_interrupt(void);
void bus_fault(exception_frame *f);
void core_fault(exception_frame *f);

void fault_report(const char *what, const module *m, uint32_t a, uint32_t b) {
  console_text("fault: ");
  console_text(what);
  if (m) {
    console_text(" module=");
    console_text(m->name);
  }
  console_text(" a=0x");
  console_hex(a);
  console_text(" b=0x");
  console_hex(b);
  console_text("\r\n");
  timer_sleep(REPORT_MS);
  system_reset();
}

void bus_guard_on(void) {
  failed = false;
  guarded = true;
  dsb();
}

bool bus_guard_off(void) {
  dsb();
  isb();                              /* an imprecise error has been taken by now */
  guarded = false;
  return failed;
}

/* The faulting instruction is skipped when the error is precise; an imprecise one belongs to an instruction that is long done. */
void bus_fault(exception_frame *f) {
  uint32_t status = SCB_CFSR;
  if (!guarded || (status & ~SCB_CFSR_BFSR) || !(status & (SCB_CFSR_PRECISERR | SCB_CFSR_IMPRECISERR))) core_fault(f);
  SCB_CFSR = SCB_CFSR_BFSR;
  failed = true;
  if (status & SCB_CFSR_PRECISERR) {
    uint16_t opcode = *(const uint16_t *)(uintptr_t)f->pc;
    f->pc += opcode >> 11 >= 0x1d ? 4 : 2;
  }
}

void core_fault(exception_frame *f) {
  uint32_t status = SCB_CFSR, address = status & BIT(7) ? SCB_MMFAR : status & BIT(15) ? SCB_BFAR : f->pc;
  SCB_CFSR = status;
  fault_report(SCB_HFSR & BIT(30) ? "hard" : status & 0xff ? "memory" : status & 0xff00 ? "bus" : "usage", current, status, address);
}

void unexpected_interrupt(void) { fault_report("interrupt", NULL, SCB_ICSR & 0x1ff, 0); }

/* r0 = the frame, on whichever stack it lies */
#define ENTRY(name, target)                   \
  __attribute__((naked)) void name(void) {    \
    __asm__ volatile(                         \
      "tst lr, #4\n"                          \
      "ite eq\n"                              \
      "mrseq r0, msp\n"                       \
      "mrsne r0, psp\n"                       \
      "b " #target "\n");                     \
  }
ENTRY(NMI_Handler, core_fault)
ENTRY(HardFault_Handler, core_fault)
ENTRY(MemManage_Handler, core_fault)
ENTRY(UsageFault_Handler, core_fault)
ENTRY(BusFault_Handler, bus_fault)
