/**
 * The rewriter: what the board adds to a module when it loads it. The bytes in flash stay as they are.
 *
 *  - a fuel counter: every function entry and loop header subtracts the number of instructions that follow it on the
 *    straight path, and traps below zero. An event that never ends is thus found after a fixed amount of work, the same
 *    on every host, and the watchdog resets the device in virtual time. (DESIGN had a worker that is terminated after
 *    host time: not reproducible, and a thread per board.)
 *  - a depth counter around calls that can recurse: V8's own stack limit depends on which of its compilers made the frame;
 *  - an export of every mutable global (`pb:g<index>`), so that a snapshot is complete whatever the module exports;
 *  - the start function becomes the export `pb:start`, so that it runs under the board's eyes, once per reset;
 *  - the memory's maximum is lowered to the bundle's limit.
 *
 * Weights are upper bounds of a path (a branch not taken counts), never measured: determinism matters, accuracy does not.
 */
import { SECTION } from '../../wasm-sections.ts';
import { WasmWriter } from '../../wasm-writer.ts';
import { findRecursion, type Recursion } from './call-graph.ts';
import { type CodeScan, scanBody, THROUGH_TABLE } from './code-scan.ts';
import type { Span, WasmModel } from './wasm-binary.ts';
import { OP } from './wasm-opcodes.ts';
import { ModuleError, WasmReader } from './wasm-reader.ts';

/** Work of one event in Wasm instructions: 20 s (the watchdog) at 480 MIPS and 10 machine instructions each. */
export const FUEL_PER_EVENT = 960_000_000;
/** What one HAL call costs beside its virtual time: an SVC, the grant's check and the driver. */
export const FUEL_PER_HAL_CALL = 4096;
/** A loop costs at least this much per turn, so that an empty one is found in a fraction of a host second. */
const LOOP_MINIMUM = 8;
/** Calls that can recurse, nested. */
export const MAX_CALL_DEPTH = 512;

export const EXPORT_PREFIX = 'pb:';
export const FUEL_EXPORT = 'pb:fuel';
export const DEPTH_EXPORT = 'pb:depth';
export const START_EXPORT = 'pb:start';

export interface Rewritten {
  readonly bytes: Uint8Array;
  /** Names of the exports of the module's own mutable globals. */
  readonly globals: readonly string[];
  readonly hasStart: boolean;
}

interface Plan {
  readonly model: WasmModel;
  readonly scans: readonly CodeScan[];
  readonly recursion: Recursion;
  readonly fuelGlobal: number;
  readonly depthGlobal: number;
}

/** @param limitPages the bundle's memory limit, 64 KiB pages */
export function rewrite(model: WasmModel, limitPages: number): Rewritten {
  const clash = model.exports.find((entry) => entry.name.startsWith(EXPORT_PREFIX));
  if (clash) throw new ModuleError('malformed', `export "${clash.name}": names from ${EXPORT_PREFIX} are the board's`);
  const scans = model.bodies.map((body) => scanBody(model.bytes, body));
  const plan: Plan = {
    model,
    scans,
    recursion: findRecursion(model, scans),
    fuelGlobal: model.globals.length,
    depthGlobal: model.globals.length + 1,
  };
  const out = new WasmWriter(model.bytes.length * 1.4);
  out.bytes(model.bytes, 0, 8);
  const copied = [SECTION.type, SECTION.import, SECTION.function, SECTION.table];
  for (const id of copied) copySection(out, model, id);
  writeMemory(out, model, limitPages);
  writeGlobals(out, model);
  const globals = writeExports(out, plan);
  copySection(out, model, SECTION.element);
  copySection(out, model, SECTION.dataCount);
  writeCode(out, plan);
  copySection(out, model, SECTION.data);
  // Custom sections carry nothing that runs; the names of functions are what a trap's message shows.
  for (const span of model.sections) if (span.id === SECTION.custom) writeSection(out, span.id, model.bytes, span);
  return { bytes: out.finish(), globals, hasStart: model.start !== undefined };
}

function writeSection(out: WasmWriter, id: number, content: Uint8Array, span?: Span): void {
  out.byte(id);
  out.u32(span ? span.end - span.start : content.length);
  out.bytes(content, span?.start, span?.end);
}

function copySection(out: WasmWriter, model: WasmModel, id: number): void {
  const span = model.sections.find((section) => section.id === id);
  if (span) writeSection(out, id, model.bytes, span);
}

function writeMemory(out: WasmWriter, model: WasmModel, limitPages: number): void {
  if (!model.memory) return;
  const { minimum, maximum } = model.memory;
  if (minimum > limitPages) throw new ModuleError('memory-limit', `needs ${minimum} pages, granted ${limitPages}`);
  const section = new WasmWriter(16);
  section.u32(1);
  section.byte(1);
  section.u32(minimum);
  section.u32(Math.min(maximum ?? limitPages, limitPages));
  writeSection(out, SECTION.memory, section.finish());
}

/** Copies a section's entries behind a new count. */
function extend(model: WasmModel, id: number, more: number): WasmWriter {
  const span = model.sections.find((section) => section.id === id);
  const section = new WasmWriter((span ? span.end - span.start : 0) + 32 * more);
  if (!span) {
    section.u32(more);
    return section;
  }
  const reader = new WasmReader(model.bytes, span.start, span.end);
  section.u32(reader.count() + more);
  section.bytes(model.bytes, reader.at, span.end);
  return section;
}

function writeGlobals(out: WasmWriter, model: WasmModel): void {
  const section = extend(model, SECTION.global, 2);
  for (const initial of [FUEL_PER_EVENT, MAX_CALL_DEPTH]) {
    section.byte(0x7f); // i32
    section.byte(1); // mutable
    section.byte(OP.i32Const);
    section.s32(initial);
    section.byte(OP.end);
  }
  writeSection(out, SECTION.global, section.finish());
}

function writeExports(out: WasmWriter, plan: Plan): string[] {
  const { model } = plan;
  const names = model.globals.flatMap((mutable, index) => (mutable ? [`${EXPORT_PREFIX}g${index}`] : []));
  const section = extend(model, SECTION.export, names.length + 2 + (model.start === undefined ? 0 : 1));
  const add = (name: string, kind: number, index: number) => {
    section.name(name);
    section.byte(kind);
    section.u32(index);
  };
  model.globals.forEach((mutable, index) => {
    if (mutable) add(`${EXPORT_PREFIX}g${index}`, 3, index);
  });
  add(FUEL_EXPORT, 3, plan.fuelGlobal);
  add(DEPTH_EXPORT, 3, plan.depthGlobal);
  if (model.start !== undefined) add(START_EXPORT, 0, model.start);
  writeSection(out, SECTION.export, section.finish());
  return names;
}

function writeCode(out: WasmWriter, plan: Plan): void {
  const { bodies } = plan.model;
  if (bodies.length === 0) return;
  const section = new WasmWriter(plan.model.bytes.length * 1.3);
  const body = new WasmWriter(4096);
  section.u32(bodies.length);
  bodies.forEach((span, index) => {
    body.clear();
    rewriteBody(body, plan, span, plan.scans[index]!);
    section.u32(body.length);
    section.append(body);
  });
  writeSection(out, SECTION.code, section.finish());
}

function rewriteBody(out: WasmWriter, plan: Plan, body: Span, scan: CodeScan): void {
  const { bytes } = plan.model;
  let copiedTo = body.start;
  const copyTo = (end: number) => {
    out.bytes(bytes, copiedTo, end);
    copiedTo = end;
  };
  let nextLoop = 0;
  const loopsUpTo = (end: number) => {
    for (let loop = scan.loops[nextLoop]; loop && loop.after <= end; loop = scan.loops[++nextLoop]) {
      copyTo(loop.after);
      emitCharge(out, plan.fuelGlobal, Math.max(loop.weight, LOOP_MINIMUM));
    }
  };
  copyTo(scan.codeAt);
  emitCharge(out, plan.fuelGlobal, scan.weight);
  for (const { at, after, target } of scan.calls) {
    if (target === THROUGH_TABLE ? !plan.recursion.indirect : !plan.recursion.direct[target]) continue;
    loopsUpTo(at);
    copyTo(at);
    emitStep(out, plan.depthGlobal, OP.i32Sub);
    emitTrapBelowZero(out, plan.depthGlobal);
    copyTo(after);
    emitStep(out, plan.depthGlobal, OP.i32Add);
  }
  loopsUpTo(body.end);
  copyTo(body.end);
}

function emitCharge(out: WasmWriter, global: number, weight: number): void {
  out.byte(OP.globalGet);
  out.u32(global);
  out.byte(OP.i32Const);
  out.s32(weight);
  out.byte(OP.i32Sub);
  out.byte(OP.globalSet);
  out.u32(global);
  emitTrapBelowZero(out, global);
}

function emitStep(out: WasmWriter, global: number, operation: number): void {
  out.byte(OP.globalGet);
  out.u32(global);
  out.byte(OP.i32Const);
  out.s32(1);
  out.byte(operation);
  out.byte(OP.globalSet);
  out.u32(global);
}

function emitTrapBelowZero(out: WasmWriter, global: number): void {
  out.byte(OP.globalGet);
  out.u32(global);
  out.byte(OP.i32Const);
  out.s32(0);
  out.byte(OP.i32LtS);
  out.byte(OP.if);
  out.byte(OP.emptyBlock);
  out.byte(OP.unreachable);
  out.byte(OP.end);
}
