import { InvalidArgumentError } from 'pgque';

/** Milliseconds, or a number with a unit: `'250ms'`, `'1s'`, `'10m'`, `'2h'`, `'1d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export function toMs(duration: Duration, name: string): number {
  const value = typeof duration === 'number' ? duration : parse(duration);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('invalid_argument', `${name} is no duration: ${String(duration)}`, {
    hint: "Pass milliseconds, or a number with a unit, such as '1s' or '10m'.",
  });
}

function parse(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(text)) ?? [];
  return number === '' ? Number.NaN : Number(number) * unitsMs[unit as keyof typeof unitsMs];
}
