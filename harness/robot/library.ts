/**
 * The methods that Robot Framework calls on a remote library (its User Guide 4.2, "Remote library interface"): the keywords' names, arguments and texts, and
 * `run_keyword`, which always answers with a status.
 *
 * A failed expectation is a FAIL with its text. Whatever else a keyword throws is a FAIL as well, marked as no verdict, so that the report does not blame the
 * device for it.
 */
import { FirmwareError, ProofboardError, UsageError } from '../errors.ts';
import { CheckFailure } from '../requirements/check.ts';
import { XmlRpcFault, type XmlRpcValue } from '../xmlrpc/value.ts';
import { argumentSpec, type Keyword, parseArguments } from './keyword.ts';
import { KEYWORDS } from './keywords.ts';
import type { Session } from './session.ts';

/** Begins the message of a failure that says nothing about the device. */
export const NO_VERDICT = 'no verdict: ';

/** Codes of the XML-RPC fault code interoperability convention. */
const FAULT = { noMethod: -32601, wrongParameters: -32602 } as const;

type Struct = { readonly [key: string]: XmlRpcValue };

export class Library {
  constructor(private readonly session: Session) {}

  /** @throws XmlRpcFault for a method or parameters that the interface does not know */
  async call(method: string, params: readonly XmlRpcValue[]): Promise<XmlRpcValue> {
    switch (method) {
      case 'get_keyword_names':
        return [...KEYWORDS.keys()];
      case 'get_library_information':
        return Object.fromEntries([...KEYWORDS.values()].map((one) => [one.name, informationOf(one)]));
      case 'get_keyword_arguments':
        return argumentSpec(this.find(params[0]));
      case 'get_keyword_documentation':
        return params[0] === '__intro__' ? INTRODUCTION : params[0] === '__init__' ? '' : this.find(params[0]).doc;
      case 'get_keyword_tags':
      case 'get_keyword_types':
        this.find(params[0]);
        return [];
      case 'run_keyword':
        return this.run(params);
      default:
        throw new XmlRpcFault(FAULT.noMethod, `no method "${method}"`);
    }
  }

  private async run([name, args = [], named = {}]: readonly XmlRpcValue[]): Promise<Struct> {
    if (!Array.isArray(args) || !isStruct(named)) {
      throw new XmlRpcFault(FAULT.wrongParameters, 'run_keyword: expected a name, a list and a struct');
    }
    const keyword = this.find(name);
    try {
      const { value = '', text } = await keyword.run(this.session, parseArguments(keyword, args, named));
      return { status: 'PASS', return: value, output: text === undefined ? '' : `*INFO* ${text}` };
    } catch (error) {
      return failure(error);
    }
  }

  private find(name: XmlRpcValue | undefined): Keyword {
    const found = typeof name === 'string' ? KEYWORDS.get(name) : undefined;
    if (!found) throw new XmlRpcFault(FAULT.wrongParameters, `no keyword ${JSON.stringify(name)?.slice(0, 80)}`);
    return found;
  }
}

const INTRODUCTION =
  'Drives the device under test and the world around it: sensor, flash attacker, debug port, network, service and supply. ' +
  'Begin a test with "Create Device" and end it with "Close Device".';

function informationOf(keyword: Keyword): Struct {
  return { args: argumentSpec(keyword), doc: keyword.doc, tags: [], types: [] };
}

function failure(error: unknown): Struct {
  const verdict = error instanceof CheckFailure || error instanceof FirmwareError;
  const known = verdict || error instanceof ProofboardError;
  const message = error instanceof Error ? error.message : String(error);
  const text = error instanceof UsageError || verdict ? message : `${(error as Error)?.name ?? 'error'}: ${message}`;
  return {
    status: 'FAIL',
    return: '',
    output: '',
    error: verdict ? text : `${NO_VERDICT}${text}`,
    traceback: known || !(error instanceof Error) ? '' : (error.stack ?? ''),
  };
}

function isStruct(value: XmlRpcValue): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
