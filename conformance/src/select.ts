import { type Case, type Level, levels } from './scenario.ts';

export interface Selection {
  /** With `*` for anything; all unless given. */
  readonly scenarios?: readonly string[] | undefined;
  /** This level and what is above it. */
  readonly level: Level;
  readonly onlySmoke?: boolean;
}

export function selectCases(cases: readonly Case[], { scenarios, level, onlySmoke = false }: Selection): Case[] {
  const wanted = levels.slice(0, levels.indexOf(level) + 1);
  return cases.filter(
    (each) =>
      (scenarios === undefined ? wanted.includes(each.level) : scenarios.some((pattern) => fits(each.name, pattern))) &&
      (!onlySmoke || each.smoke),
  );
}

export function fits(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}${pattern.includes('/') ? '' : '(/.*)?'}$`).test(name);
}
