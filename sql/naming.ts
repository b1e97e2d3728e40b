import { createHash } from 'node:crypto';
import { keyWords } from './key-words.ts';

/** The schema that an install lives in, and what the names of its roles begin with. */
export interface Naming {
  readonly schema: string;
  readonly rolePrefix: string;
}

/** What the sources say. */
export const defaultNaming: Naming = { schema: 'pgque', rolePrefix: 'pgque' };

/** So that queues of the schema can have names of 32 bytes: a channel has 63. */
const mostSchemaBytes = 30;
/** So that <prefix>_capture has 63 bytes. */
const mostPrefixBytes = 55;

/** Schemas that are of PostgreSQL or of an extension. */
const foreignSchemas = ['public', 'information_schema', 'cron'];

/**
 * Names are written without quotes, into identifiers, texts and patterns alike: so they are plain lower-case words. The
 * channel of a queue is <schema>.<queue>, except that in pgque it is pgque_<queue>, so that no two queues share one as
 * long as no schema begins with pgque_.
 */
export function checkNaming({ schema, rolePrefix }: Naming): void {
  const names = [
    ['schema', schema, mostSchemaBytes],
    ['role prefix', rolePrefix, mostPrefixBytes],
  ] as const;
  for (const [what, name, mostBytes] of names) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) {
      throw new Error(`The ${what} must be made of a-z, 0-9 and _, and not begin with a digit: "${name}".`);
    }
    if (name.length > mostBytes) throw new Error(`The ${what} must have at most ${mostBytes} bytes: "${name}".`);
    if (name.startsWith('pg_')) throw new Error(`Names that begin with pg_ belong to PostgreSQL: "${name}".`);
  }
  if (keyWords.has(schema)) throw new Error(`The schema must not be a key word of SQL: "${schema}".`);
  if (foreignSchemas.includes(schema)) throw new Error(`The schema must be PgQue's own: "${schema}".`);
  if (schema.startsWith('pgque_')) throw new Error(`The schema must not begin with pgque_: "${schema}".`);
}

/**
 * The install script under other names. With the schema change the class of the advisory locks, the mark of the jobs of
 * pg_cron, and the limit of queue names, which follows from that of channels.
 */
export function rename(script: string, { schema, rolePrefix }: Naming): string {
  const roles: Replacement = [/\bpgque_(?=(reader|writer|admin|capture)\b)/g, `${rolePrefix}_`];
  const others: Replacement[] = [
    [/(?<=pg_notify\(')pgque_(?=')|\bpgque_(?=<)/g, `${schema}.`],
    [/(?<=')pgque_(?=')/g, `${schema}_`],
    [/\bpgque\b/g, schema],
    [/\b7170\b/g, String(lockClass(schema))],
    [/(?<=octet_length\(queue_name\) (<=|>) |\(max |1 to )57\b/g, String(62 - schema.length)],
  ];
  const isNamed = (part: keyof Naming): boolean => ({ schema, rolePrefix })[part] !== defaultNaming[part];
  const replacements = [...(isNamed('rolePrefix') ? [roles] : []), ...(isNamed('schema') ? others : [])];
  return replacements.reduce((text, [pattern, replacement]) => {
    if (!pattern.test(text)) throw new Error(`The sources have nothing left for ${pattern}.`);
    return text.replaceAll(pattern, replacement);
  }, script);
}

type Replacement = readonly [RegExp, string];

/** Of the two numbers of an advisory lock, the one that tells installs in one database apart. */
function lockClass(schema: string): number {
  return createHash('sha256').update(schema).digest().readUInt32BE() >>> 1;
}
