import { parse } from 'libpg-query';
import type { Client } from 'pg';

/**
 * Runs the statements of a block one by one, each a transaction of its own unless it says otherwise. A comment `-- → 1` behind
 * a statement says what the first column of its first row is, `-- → no rows` that there is none.
 */
export async function runSql(session: Client, code: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const { statement, expected } of await split(code)) {
    const result = await session.query<Record<string, unknown>>(statement);
    if (expected === undefined) continue;
    const [row] = result.rows;
    const found = row === undefined ? 'no rows' : toText(Object.values(row)[0]);
    if (found !== expected) wrong.push(`${statement.trim()}\n  gives ${found}, not ${expected}`);
  }
  return wrong;
}

async function split(code: string): Promise<{ statement: string; expected: string | undefined }[]> {
  const bytes = Buffer.from(code);
  const { stmts = [] } = await parse(code);
  return stmts.map(({ stmt_location: start = 0, stmt_len: length }) => {
    const end = length === undefined ? bytes.length : start + length;
    // What stands behind the semicolon, on its line, is said of this statement.
    const [, expected] = /^;?[^\S\n]*-- → (.*)$/m.exec(bytes.subarray(end).toString().split('\n')[0] ?? '') ?? [];
    return { statement: bytes.subarray(start, end).toString(), expected };
  });
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
