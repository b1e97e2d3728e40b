import { toJson } from './json.ts';

/**
 * Compares what came with what is expected, and says where they differ; `undefined` when they do not. Of an object the keys
 * that are expected count, of a list every element. An object with one key that begins with `$` is a matcher.
 */
export function findDifference(actual: unknown, expected: unknown, path = ''): string | undefined {
  const matcher = matcherOf(expected);
  if (matcher) return matcher(actual, path);
  if (Array.isArray(expected)) return compareLists(actual, expected, path);
  if (isObject(expected)) return compareObjects(actual, expected, path);
  return Object.is(actual, expected) ? undefined : `${path || 'it'} is ${show(actual)}, not ${show(expected)}`;
}

type Matcher = (actual: unknown, path: string) => string | undefined;

const matchers: Readonly<Record<string, (argument: unknown) => Matcher>> = {
  /** Anything that is not null. */
  $any: () => (actual, path) => (actual === null || actual === undefined ? `${path} is ${show(actual)}` : undefined),
  /** An id as it is sent: a decimal string. */
  $id: () => (actual, path) =>
    typeof actual === 'string' && /^\d+$/.test(actual) ? undefined : `${path} is no id: ${show(actual)}`,
  $not: (argument) => (actual, path) =>
    findDifference(actual, argument, path) === undefined ? `${path} is ${show(actual)} and should not be` : undefined,
  $length: (argument) => (actual, path) =>
    lengthOf(actual) === argument
      ? undefined
      : `${path} has length ${lengthOf(actual)}, not ${show(argument)}: ${show(actual)}`,
  $gte: (argument) => (actual, path) =>
    Number(actual) >= Number(argument) ? undefined : `${path} is ${show(actual)}, not >= ${show(argument)}`,
  $lte: (argument) => (actual, path) =>
    Number(actual) <= Number(argument) ? undefined : `${path} is ${show(actual)}, not <= ${show(argument)}`,
  $in: (argument) => (actual, path) =>
    (argument as unknown[]).some((each) => findDifference(actual, each) === undefined)
      ? undefined
      : `${path} is ${show(actual)}, none of ${show(argument)}`,
  /** Elements in any order. */
  $unordered: (argument) => (actual, path) => compareUnordered(actual, argument as unknown[], path),
  /** A list that has such an element. */
  $some: (argument) => (actual, path) =>
    Array.isArray(actual) && actual.some((each) => findDifference(each, argument) === undefined)
      ? undefined
      : `${path} has no ${show(argument)}: ${show(actual)}`,
  /** A list whose every element is such. */
  $every: (argument) => (actual, path) =>
    Array.isArray(actual)
      ? actual
          .map((each, index) => findDifference(each, argument, `${path}[${index}]`))
          .find((each) => each !== undefined)
      : `${path} is no list: ${show(actual)}`,
};

export function isMatcherName(name: string): boolean {
  return name in matchers;
}

function matcherOf(expected: unknown): Matcher | undefined {
  if (!isObject(expected)) return undefined;
  const [[name, argument] = [], ...others] = Object.entries(expected);
  if (name === undefined || others.length > 0) return undefined;
  return matchers[name]?.(argument);
}

function compareLists(actual: unknown, expected: readonly unknown[], path: string): string | undefined {
  if (!Array.isArray(actual)) return `${path || 'it'} is ${show(actual)}, not a list`;
  if (actual.length !== expected.length) {
    return `${path || 'it'} has ${actual.length} elements, not ${expected.length}: ${show(actual)}`;
  }
  return expected
    .map((each, index) => findDifference(actual[index], each, `${path}[${index}]`))
    .find((each) => each !== undefined);
}

function compareObjects(actual: unknown, expected: object, path: string): string | undefined {
  if (!isObject(actual)) return `${path || 'it'} is ${show(actual)}, not ${show(expected)}`;
  return Object.entries(expected)
    .map(([key, value]) =>
      findDifference((actual as Record<string, unknown>)[key], value, path ? `${path}.${key}` : key),
    )
    .find((each) => each !== undefined);
}

function compareUnordered(actual: unknown, expected: readonly unknown[], path: string): string | undefined {
  if (!Array.isArray(actual) || actual.length !== expected.length) {
    return `${path || 'it'} is ${show(actual)}, not ${expected.length} elements`;
  }
  const left = [...actual];
  for (const each of expected) {
    const at = left.findIndex((candidate) => findDifference(candidate, each) === undefined);
    if (at < 0) return `${path || 'it'} has no ${show(each)}: ${show(actual)}`;
    left.splice(at, 1);
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) || typeof value === 'string' ? value.length : Number.NaN;
}

export function show(value: unknown): string {
  const text = toJson(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
