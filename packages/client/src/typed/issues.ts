import type { StandardSchemaV1 } from '@standard-schema/spec';

/** What a schema finds wrong with a payload. */
export type Issue = StandardSchemaV1.Issue;

const maxIssues = 10;
const maxCharacters = 1000;

/** The issues in one line: `items.0.sku: expected string; total: expected number`. */
export function describeIssues(issues: readonly Issue[]): string {
  const texts = issues.slice(0, maxIssues).map(describe);
  const more = issues.length > maxIssues ? [`and ${issues.length - maxIssues} more`] : [];
  const text = [...texts, ...more].join('; ');
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
}

function describe({ message, path }: Issue): string {
  if (!path || path.length === 0) return message;
  const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  return `${keys.join('.')}: ${message}`;
}
