/** From a call, a result or a fault to bytes. Characters that XML 1.0 2.2 has no way to carry become U+FFFD. */
import type { XmlRpcCall, XmlRpcValue } from './value.ts';

const HEAD = '<?xml version="1.0"?>\n';

export function encodeCall({ method, params }: XmlRpcCall): string {
  return `${HEAD}<methodCall><methodName>${escapeText(method)}</methodName>${paramsXml(params)}</methodCall>\n`;
}

export function encodeResponse(value: XmlRpcValue): string {
  return `${HEAD}<methodResponse>${paramsXml([value])}</methodResponse>\n`;
}

export function encodeFault(code: number, message: string): string {
  return `${HEAD}<methodResponse><fault>${valueXml({ faultCode: code, faultString: message })}</fault></methodResponse>\n`;
}

function paramsXml(params: readonly XmlRpcValue[]): string {
  return `<params>${params.map((one) => `<param>${valueXml(one)}</param>`).join('')}</params>`;
}

function valueXml(value: XmlRpcValue): string {
  return `<value>${typedXml(value)}</value>`;
}

function typedXml(value: XmlRpcValue): string {
  if (value === null) return '<nil/>';
  if (typeof value === 'string') return `<string>${escapeText(value)}</string>`;
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === 'number') return numberXml(value);
  if (value instanceof Uint8Array) return `<base64>${Buffer.from(value).toString('base64')}</base64>`;
  if (isArray(value)) return `<array><data>${value.map(valueXml).join('')}</data></array>`;
  const members = Object.entries(value).map(
    ([key, one]) => `<member><name>${escapeText(key)}</name>${valueXml(one)}</member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

/** `int` has 32 bits; what is larger, or has a fraction, is a double. */
function numberXml(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`XML-RPC has no number ${value}`);
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31
    ? `<int>${value}</int>`
    : `<double>${plain(value)}</double>`;
}

/** The spec has no exponents. */
function plain(value: number): string {
  const text = String(value);
  return /e/i.test(text) ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

function isArray(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}

function escapeText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\r/g, '&#13;');
}
