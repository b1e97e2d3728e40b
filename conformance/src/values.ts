import { isMatcherName } from './match.ts';

/** What earlier steps have saved. */
export type Saved = Map<string, unknown>;

type Generator = (argument: unknown, saved: Saved) => unknown;

/** Values that are too long to write down. */
const generators: Readonly<Record<string, Generator>> = {
  /** `{ $repeat: [text, times] }` */
  $repeat: (argument) => {
    const [text, times] = argument as [string, number];
    return text.repeat(times);
  },
  /** `{ $events: [type, count] }`: payloads `{ n: 1 }` and so on. */
  $events: (argument) => {
    const [type, count] = argument as [string, number];
    return Array.from({ length: count }, (_, index) => ({ type, payload: { n: index + 1 } }));
  },
  /** `{ $each: [list, pattern] }`: the pattern for each element, in which `$it` stands for the element. */
  $each: (argument, saved) => {
    const [list, pattern] = argument as [unknown[], unknown];
    return list.map((it) => resolve(pattern, new Map([...saved, ['it', it]])));
  },
  /** `{ $slice: [list, from, to] }` */
  $slice: (argument) => {
    const [list, from, to] = argument as [unknown[], number, number | undefined];
    return list.slice(from, to);
  },
  /** A time, so many milliseconds from now. */
  $from_now_ms: (argument) => new Date(Date.now() + Number(argument)).toISOString(),
  /** `{ $integer: "9007199254740993" }`: a JSON number of so many digits. */
  $integer: (argument) => BigInt(String(argument)),
  /** `{ $literal: "$text" }`: as it stands. */
  $literal: (argument) => argument,
  /** `{ $plus: [id, number] }` */
  $plus: (argument) => {
    const [id, number] = argument as [string, number];
    return String(BigInt(id) + BigInt(number));
  },
};

/** Fills in `$name` and `$name.part.0`, and makes what is to be generated. Unknown names are errors. */
export function resolve(value: unknown, saved: Saved): unknown {
  if (typeof value === 'string') return value.startsWith('$') ? lookUp(value.slice(1), saved) : value;
  if (Array.isArray(value)) return value.map((each) => resolve(each, saved));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && name.startsWith('$')) {
    const generate = generators[name];
    if (generate) return generate(name === '$literal' ? argument : resolveLazily(name, argument, saved), saved);
    if (!isMatcherName(name)) throw new Error(`there is no ${name}`);
  }
  return Object.fromEntries(entries.map(([key, each]) => [key, resolve(each, saved)]));
}

/** The pattern of `$each` is filled in for each element. */
function resolveLazily(name: string, argument: unknown, saved: Saved): unknown {
  if (name !== '$each') return resolve(argument, saved);
  const [list, pattern] = argument as [unknown, unknown];
  return [resolve(list, saved), pattern];
}

function lookUp(path: string, saved: Saved): unknown {
  const [name = '', ...parts] = path.split('.');
  if (!saved.has(name)) throw new Error(`nothing was saved as ${name}`);
  return parts.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !(part in value)) throw new Error(`$${path} has no ${part}`);
    return (value as Record<string, unknown>)[part];
  }, saved.get(name));
}
