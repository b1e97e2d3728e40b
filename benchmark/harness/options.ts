import { parseArgs } from 'node:util';
import { isMajor, type Major } from '@pgque/embedded';
import type { Peer } from '../peers/peer.ts';
import type { Scale, Scenario } from './scenario.ts';

export interface BenchOptions {
  readonly scale: Scale;
  readonly majors: readonly Major[];
  readonly chosen: readonly Scenario[];
  readonly isChosen: (peer: Peer) => boolean;
  readonly isJson: boolean;
  /** Whether nothing was left out. */
  readonly isWhole: boolean;
  /** A folder of results to write the report of again; nothing is measured. */
  readonly report?: string;
}

export const usage = `Usage: npm run bench -- [options]

  --quick          two minutes: shows that everything is there, measures nothing well
  --full           what takes the place of evidence: hours, with half an hour of a pinned horizon for each side
  --only a,b       the scenarios whose name contains one of these
  --peers a,b      the sides whose name contains one of these; PgQue and the limits always take part
  --pg 15,17       the majors; what is not about the engine is measured on the first
  --json           samples as lines of JSON on standard output
  --report folder  writes the report and the charts of a folder below benchmark/results again
`;

/** Throws with a message for people when the arguments make no sense. */
export function parseOptions(args: readonly string[], scenarios: readonly Scenario[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      peers: { type: 'string', default: '' },
      pg: { type: 'string' },
      json: { type: 'boolean', default: false },
      report: { type: 'string' },
    },
  });
  if (values.quick && values.full) throw new Error('--quick and --full exclude each other');
  const scale = values.quick ? 'quick' : values.full ? 'full' : 'normal';
  const named = (values.pg ?? (values.quick ? '15' : '15,17')).split(',').map(Number);
  const majors = named.filter(isMajor);
  if (majors.length < named.length) throw new Error(`there is no PostgreSQL ${values.pg}`);
  const parts = split(values.only);
  const chosen = scenarios.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (chosen.length === 0) throw new Error(`no scenario has a name with ${values.only}`);
  const peers = split(values.peers.toLowerCase());
  return {
    scale,
    majors,
    chosen,
    isChosen: ({ kind, name }) =>
      kind !== 'queue' || peers.length === 0 || peers.some((part) => name.toLowerCase().includes(part)),
    isJson: values.json,
    isWhole: parts.length === 0 && peers.length === 0 && values.pg === undefined,
    ...(values.report === undefined ? {} : { report: values.report }),
  };
}

function split(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}
