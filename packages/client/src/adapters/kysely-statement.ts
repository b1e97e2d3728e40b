import type { Row } from '../executor/executor.ts';

/** Whatever runs a compiled query of Kysely. */
export interface KyselyQueryable {
  executeQuery(query: never): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Runs a text on a `Kysely`, as `CompiledQuery.raw` would. */
export async function runOnKysely(db: KyselyQueryable, text: string, values: unknown[]): Promise<readonly Row[]> {
  const query = { kind: 'RawNode', sqlFragments: [text], parameters: [] };
  const compiled = { sql: text, parameters: values, query, queryId: { queryId: 'pgque' } };
  const { rows } = await db.executeQuery(compiled as never);
  return rows as readonly Row[];
}
