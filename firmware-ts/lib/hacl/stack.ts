/** HACL's stack: word 0 of memory is its pointer, which is back at the stack's start whenever no HACL function runs. */

/** Clears what HACL's functions left behind in memory, intermediate secrets among it; what they had in locals is the runtime's to clear (SPEC 17). */
export function wipeHaclStack(): void {
  const from = <usize>load<u32>(0);
  // @ts-ignore: HACL_STACK_END, the first byte after the stack, is a constant of the build (build/assemblyscript.ts)
  memory.fill(from, 0, <usize>HACL_STACK_END - from);
}
