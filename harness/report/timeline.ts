/** The timeline of a check as inline SVG: one lane per kind of transaction, virtual time from left to right. */
import { escapeXml } from './junit.ts';

const LANES = ['power', 'console', 'modem', 'spi', 'flash', 'debug', 'native', 'world'] as const;
const WIDTH = 960;
const LABEL_WIDTH = 70;
const LANE_HEIGHT = 22;
const AXIS_HEIGHT = 20;
/** Marks closer than this many pixels are drawn as one, with all of their texts in its tooltip. */
const MERGE_PX = 3;
const MAX_TOOLTIP_LINES = 8;

export type Mark = readonly [atMs: number, lane: string, what: string];

export function timelineSvg(marks: readonly Mark[]): string {
  const lanes = LANES.filter((lane) => marks.some((mark) => mark[1] === lane));
  if (lanes.length === 0) return '';
  const endMs = marks.reduce((end, [atMs]) => Math.max(end, atMs), 1);
  const x = (ms: number) => LABEL_WIDTH + (ms / endMs) * (WIDTH - LABEL_WIDTH - 10);
  const height = lanes.length * LANE_HEIGHT + AXIS_HEIGHT;
  const rows = lanes.map((lane, index) =>
    laneSvg(
      lane,
      index,
      marks.filter((mark) => mark[1] === lane),
      x,
    ),
  );
  return [
    `<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="timeline">`,
    ...rows,
    axisSvg(endMs, x, height),
    '</svg>',
  ].join('');
}

function laneSvg(lane: string, index: number, marks: readonly Mark[], x: (ms: number) => number): string {
  const y = index * LANE_HEIGHT;
  const groups: { left: number; right: number; texts: string[] }[] = [];
  for (const [atMs, , what] of [...marks].sort((a, b) => a[0] - b[0])) {
    const at = x(atMs);
    const last = groups.at(-1);
    const text = `${atMs.toFixed(3)} ms  ${what}`;
    if (last && at - last.right < MERGE_PX) {
      last.right = at;
      last.texts.push(text);
    } else {
      groups.push({ left: at, right: at, texts: [text] });
    }
  }
  const boxes = groups.map(({ left, right, texts }) => {
    const more = texts.length - MAX_TOOLTIP_LINES;
    const shown = more > 0 ? [...texts.slice(0, MAX_TOOLTIP_LINES), `... and ${more} more`] : texts;
    const width = Math.max(2, right - left).toFixed(1);
    const title = `<title>${escapeXml(shown.join('\n'))}</title>`;
    return `<rect class="lane-${lane}" x="${left.toFixed(1)}" y="${y + 4}" width="${width}" height="${LANE_HEIGHT - 8}">${title}</rect>`;
  });
  return `<text x="0" y="${y + 15}">${lane}</text><line x1="${LABEL_WIDTH}" x2="${WIDTH}" y1="${y + LANE_HEIGHT}" y2="${y + LANE_HEIGHT}"/>${boxes.join('')}`;
}

function axisSvg(endMs: number, x: (ms: number) => number, height: number): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const ms = part * endMs;
    const anchor = part === 1 ? 'end' : part === 0 ? 'start' : 'middle';
    return `<text class="tick" text-anchor="${anchor}" x="${x(ms).toFixed(1)}" y="${height - 5}">${formatMs(ms)}</text>`;
  });
  return ticks.join('');
}

function formatMs(ms: number): string {
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(ms >= 100 ? 0 : 1)} ms`;
}
