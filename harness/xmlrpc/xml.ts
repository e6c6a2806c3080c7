/**
 * The XML that XML-RPC needs (XML 1.0, fifth edition), from bytes that anybody may have sent: elements without attributes, text, character references, the five
 * predefined entities, comments, CDATA, one XML declaration. A document type is refused, so that there is no entity to expand. No recursion.
 */
import { LIMITS, XmlRpcSyntaxError } from './value.ts';

export interface XmlElement {
  readonly name: string;
  readonly children: XmlElement[];
  /** All character data directly in the element, joined. */
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NAME = /^[A-Za-z_][A-Za-z0-9._-]*$/;

/** @throws XmlRpcSyntaxError */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > LIMITS.bytes) {
    throw new XmlRpcSyntaxError(`expected at most ${LIMITS.bytes} bytes, got ${bytes.length}`);
  }
  return new Reader(decodeUtf8(bytes)).document();
}

class Reader {
  private at = 0;
  private elements = 0;

  constructor(private readonly source: string) {}

  document(): XmlElement {
    if (this.source.startsWith('<?xml')) this.skipPast('?>');
    const holder: XmlElement = { name: '', children: [], text: '' };
    const open: XmlElement[] = [holder];
    while (this.at < this.source.length) this.step(open);
    if (open.length !== 1) this.fail(`</${open.at(-1)!.name}>`, 'the end');
    if (holder.text.trim() !== '')
      this.fail('no text beside the root element', JSON.stringify(holder.text.trim().slice(0, 40)));
    const [root, ...others] = holder.children;
    if (!root || others.length > 0) this.fail('one root element', String(holder.children.length));
    return root!;
  }

  /** Takes one piece of markup or one run of text. */
  private step(open: XmlElement[]): void {
    const { source } = this;
    const parent = open.at(-1)!;
    if (source[this.at] !== '<') {
      const end = source.indexOf('<', this.at);
      const raw = source.slice(this.at, end < 0 ? source.length : end);
      parent.text += this.unescape(raw);
      this.at += raw.length;
    } else if (source.startsWith('<!--', this.at)) this.skipPast('-->');
    else if (source.startsWith('<![CDATA[', this.at)) {
      const start = this.at + '<![CDATA['.length;
      this.skipPast(']]>');
      parent.text += source.slice(start, this.at - ']]>'.length);
    } else if (source.startsWith('<!', this.at) || source.startsWith('<?', this.at)) {
      this.fail(
        'an element',
        `${source.slice(this.at, this.at + 12)}... (document types and instructions are refused)`,
      );
    } else this.tag(open);
  }

  private tag(open: XmlElement[]): void {
    const end = this.source.indexOf('>', this.at);
    if (end < 0) this.fail('">"', 'the end');
    const inside = this.source.slice(this.at + 1, end);
    if (inside.startsWith('/')) {
      const name = inside.slice(1).trimEnd();
      const closed = open.pop()!;
      if (open.length === 0 || closed.name !== name) this.fail(`</${closed.name}>`, `</${name.slice(0, 40)}>`);
      this.at = end + 1;
      return;
    }
    const empty = inside.endsWith('/');
    const name = (empty ? inside.slice(0, -1) : inside).trimEnd();
    if (!NAME.test(name)) this.fail('an element name without attributes', JSON.stringify(name.slice(0, 40)));
    this.elements += 1;
    if (this.elements > LIMITS.elements) this.fail(`at most ${LIMITS.elements} elements`, 'more');
    const element: XmlElement = { name, children: [], text: '' };
    open.at(-1)!.children.push(element);
    if (!empty) open.push(element);
    if (open.length > LIMITS.depth) this.fail(`at most ${LIMITS.depth} elements within each other`, 'more');
    this.at = end + 1;
  }

  private skipPast(terminator: string): void {
    const end = this.source.indexOf(terminator, this.at);
    if (end < 0) this.fail(JSON.stringify(terminator), 'the end');
    this.at = end + terminator.length;
  }

  private unescape(raw: string): string {
    return raw.replace(/&([^;&]{0,10});?/g, (whole, body: string) => {
      const known = whole.endsWith(';') ? (ENTITIES[body] ?? characterOf(body)) : undefined;
      return known ?? this.fail('a predefined entity or a character reference', whole.slice(0, 12));
    });
  }

  private fail(expected: string, got: string): never {
    throw new XmlRpcSyntaxError(`XML at character ${this.at}: expected ${expected}, got ${got}`);
  }
}

/** `#65` or `#x41`, where it names a character that XML 1.0 2.2 allows. */
function characterOf(body: string): string | undefined {
  const found = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(body);
  if (!found) return undefined;
  const code = found[1] !== undefined ? Number.parseInt(found[1], 16) : Number(found[2]);
  const allowed = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0x10_ffff);
  return allowed && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new XmlRpcSyntaxError('expected UTF-8, got other bytes');
  }
}
