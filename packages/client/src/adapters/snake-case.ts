import type { Row } from '../executor/executor.ts';

/** Gives columns back the names that the statement gave them, where the application has its library rename them. */
export function withSnakeCase(rows: readonly Row[]): readonly Row[] {
  const names = Object.keys(rows[0] ?? {});
  if (names.every((name) => /^[a-z0-9_]+$/.test(name))) return rows;
  return rows.map((row) => Object.fromEntries(names.map((name) => [toSnakeCase(name), row[name]])));
}

/** Of camelCase, PascalCase and kebab-case. */
function toSnakeCase(name: string): string {
  return name
    .replaceAll('-', '_')
    .replace(/(?<=.)[A-Z]/g, '_$&')
    .toLowerCase();
}
