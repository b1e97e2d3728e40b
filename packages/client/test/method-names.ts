import { DeadLetters } from '../src/operations/dead-letters.ts';
import { Operations } from '../src/operations/operations.ts';

const inner = new Set(['constructor', 'run', 'traced', 'deliver']);

/** The methods that stand for functions of the engine, by name; `dlq.` stands for `client.dlq`. */
export function methodNames(): string[] {
  const deadLetters = namesOf(DeadLetters.prototype).map((name) => `dlq.${name}`);
  return [...namesOf(Operations.prototype), ...deadLetters].sort();
}

function namesOf(prototype: object | null): string[] {
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => !inner.has(name));
  return [...own, ...namesOf(Object.getPrototypeOf(prototype))];
}
