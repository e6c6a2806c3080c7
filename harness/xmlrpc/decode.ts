/** From bytes to a call or to the result of one; strict, as whatever is accepted here runs. */
import { type XmlRpcCall, XmlRpcFault, XmlRpcSyntaxError, type XmlRpcValue } from './value.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** @throws XmlRpcSyntaxError */
export function decodeCall(bytes: Uint8Array): XmlRpcCall {
  const root = named(parseXml(bytes), 'methodCall');
  const [name, params, ...rest] = root.children;
  if (!name || rest.length > 0) throw syntax('methodName and params in methodCall', root.children.length);
  const method = named(name, 'methodName').text.trim();
  // The spec's alphabet of method names.
  if (!/^[A-Za-z0-9_.:/]{1,128}$/.test(method)) throw syntax('a method name', JSON.stringify(method.slice(0, 40)));
  return { method, params: params ? paramsOf(params) : [] };
}

/**
 * @throws XmlRpcFault what the server answered in the result's place
 * @throws XmlRpcSyntaxError
 */
export function decodeResponse(bytes: Uint8Array): XmlRpcValue {
  const root = named(parseXml(bytes), 'methodResponse');
  const content = only(root);
  if (content.name === 'fault') {
    const fault = toValue(only(content)) as { faultCode?: XmlRpcValue; faultString?: XmlRpcValue } | null;
    throw new XmlRpcFault(Number(fault?.faultCode ?? 0), String(fault?.faultString ?? 'a fault without a text'));
  }
  const values = paramsOf(content);
  if (values.length !== 1) throw syntax('one result', values.length);
  return values[0]!;
}

function paramsOf(element: XmlElement): XmlRpcValue[] {
  return named(element, 'params').children.map((param) => toValue(only(named(param, 'param'))));
}

/** Recursion is bounded by the reader's limit on depth. */
function toValue(element: XmlElement): XmlRpcValue {
  const { children, text } = named(element, 'value');
  if (children.length === 0) return text; // a value without a type is a string
  const typed = only(element);
  if (typed.name === 'array') {
    return named(only(typed), 'data').children.map((item) => toValue(item));
  }
  if (typed.name === 'struct') return structOf(typed);
  if (typed.children.length > 0) throw syntax(`no element in ${typed.name}`, typed.children[0]!.name);
  return scalarOf(typed);
}

function structOf({ children }: XmlElement): XmlRpcValue {
  const members = new Map<string, XmlRpcValue>();
  for (const member of children) {
    const [name, value, ...rest] = named(member, 'member').children;
    if (!name || !value || rest.length > 0) throw syntax('name and value in member', member.children.length);
    const key = named(name, 'name').text;
    if (members.has(key)) throw syntax('each member once', JSON.stringify(key.slice(0, 40)));
    members.set(key, toValue(value));
  }
  // fromEntries defines own properties, so that "__proto__" is a name like any other.
  return Object.fromEntries(members);
}

function scalarOf({ name, text }: XmlElement): XmlRpcValue {
  const trimmed = text.trim();
  switch (name) {
    case 'string':
      return text;
    case 'int':
    case 'i4':
    case 'i8':
      if (/^[+-]?\d{1,19}$/.test(trimmed) && Number.isSafeInteger(Number(trimmed))) return Number(trimmed);
      throw syntax(`a whole number in ${name}`, JSON.stringify(trimmed.slice(0, 40)));
    case 'double':
      if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(trimmed)) return Number(trimmed);
      throw syntax('a number in double', JSON.stringify(trimmed.slice(0, 40)));
    case 'boolean':
      if (trimmed === '0' || trimmed === '1') return trimmed === '1';
      throw syntax('0 or 1 in boolean', JSON.stringify(trimmed.slice(0, 40)));
    case 'base64': {
      const packed = text.replace(/\s+/g, '');
      if (packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed))
        return new Uint8Array(Buffer.from(packed, 'base64'));
      throw syntax('base64', JSON.stringify(packed.slice(0, 40)));
    }
    case 'nil':
      return null;
    default:
      throw syntax('a type of value', name.slice(0, 40));
  }
}

function named(element: XmlElement, name: string): XmlElement {
  if (element.name !== name) throw syntax(`<${name}>`, `<${element.name.slice(0, 40)}>`);
  return element;
}

function only(element: XmlElement): XmlElement {
  const [first, ...rest] = element.children;
  if (!first || rest.length > 0) throw syntax(`one element in <${element.name}>`, element.children.length);
  return first;
}

function syntax(expected: string, got: string | number): XmlRpcSyntaxError {
  return new XmlRpcSyntaxError(`XML-RPC: expected ${expected}, got ${got}`);
}
