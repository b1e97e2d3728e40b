import { readFileSync } from 'node:fs';

/** A parameter of a function, or a column of its result, as api.md names it. */
export interface Named {
  readonly name: string;
  readonly type: string;
}

/** A function as api.md has it. */
export interface PageFunction {
  readonly name: string;
  readonly parameters: readonly (Named & { readonly default?: string })[];
  /** The type of the result, `record` when it has columns; of a procedure nothing. */
  readonly result: string | undefined;
  readonly isSet: boolean;
  readonly columns: readonly Named[];
  /** Who may call it. */
  readonly roles: readonly string[];
}

export const pageText = readFileSync(new URL('../../api.md', import.meta.url), 'utf8');

/** Every function of the page: each is a line of a block of SQL, in a section that names its roles. */
export const pageFunctions: readonly PageFunction[] = pageText
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const roles = [...(/^Role: (.*)$/m.exec(section)?.[1] ?? '').matchAll(/`(\w+)`/g)].map(([, role]) => role ?? '');
    const blocks = [...section.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
    return blocks.flatMap((block) => block.trim().split('\n')).map((line) => parseFunction(line, roles));
  });

/** As regprocedure writes it with pgque in the search_path. */
export function signatureOf({ name, parameters }: PageFunction): string {
  return `${name}(${parameters.map(({ type }) => type).join(',')})`;
}

function parseFunction(line: string, roles: readonly string[]): PageFunction {
  const [, name, given, , setof, columns, type] =
    /^(?:procedure )?(\w+)\((.*?)\)( returns (setof )?(?:\((.*)\)|([^()]+)))?$/.exec(line) ?? [];
  if (name === undefined || given === undefined) throw new Error(`no function: ${line}`);
  return {
    name,
    parameters: split(given).map((parameter) => {
      const [declared = '', initial] = parameter.split(' default ');
      return { ...parseNamed(declared), ...(initial === undefined ? {} : { default: initial }) };
    }),
    result: columns === undefined ? type && canonicalType(type) : 'record',
    isSet: setof !== undefined,
    columns: split(columns ?? '').map(parseNamed),
    roles,
  };
}

function split(list: string): string[] {
  return list === '' ? [] : list.split(', ');
}

function parseNamed(declared: string): Named {
  const [name = '', ...type] = declared.split(' ');
  return { name: name.replaceAll('"', ''), type: canonicalType(type.join(' ')) };
}

function canonicalType(type: string): string {
  return type.replace('timestamptz', 'timestamp with time zone');
}
