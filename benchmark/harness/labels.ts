import type { Point } from './scenario.ts';

/** As a reader has it: `clients 16, commit off`. */
export function labelOf(point: Point): string {
  return Object.entries(point)
    .map(([key, value]) => `${key} ${typeof value === 'number' ? formatNumber(value) : value}`)
    .join(', ');
}

/** Three significant digits, thousands apart. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(Math.min(digits, 6)));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
