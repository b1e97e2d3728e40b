import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Chance } from '../random/chance.ts';
import { count, type World } from '../random/world.ts';
import type { MemberOptions, MemberReport } from './member.ts';

const program = fileURLToPath(new URL('member.ts', import.meta.url));

/** The processes of the members of one cooperative consumer. */
export class Herd {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #options: Omit<MemberOptions, 'member' | 'seed'>;
  readonly #processes = new Map<string, ChildProcess>();
  readonly #frozen = new Set<ChildProcess>();

  constructor(world: World, chance: Chance, options: Omit<MemberOptions, 'member' | 'seed'>) {
    this.#world = world;
    this.#chance = chance;
    this.#options = options;
    // A process that is frozen would not notice that this one has gone.
    process.once('exit', () => this.#signalAll('SIGKILL'));
  }

  start(member: string): void {
    const options: MemberOptions = { ...this.#options, member, seed: this.#chance.between(0, 0xffffffff) };
    const child = fork(program, [JSON.stringify(options)], { execArgv: [] });
    this.#processes.set(member, child);
    child.on('message', ({ kind, what }: MemberReport) => {
      if (kind === 'violation') this.#world.violations.push(what);
      else count(this.#world, what);
      if (kind === 'doing' && this.#chance.is(0.1)) {
        count(this.#world, `members frozen while ${what}`);
        void this.freeze(member, this.#chance.between(1500, 2500));
      }
    });
    child.once('exit', (code, signal) => {
      this.#processes.delete(member);
      this.#frozen.delete(child);
      if (signal !== 'SIGKILL') this.#world.violations.push(`${member} ended by itself with ${signal ?? code}`);
    });
  }

  /** Kills a member, frozen or not, and starts it again after a while. */
  async kill(member: string, awayMs: number): Promise<void> {
    const child = this.#processes.get(member);
    if (!child) return;
    count(this.#world, this.#frozen.has(child) ? 'frozen members killed' : 'members killed');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await delay(awayMs);
    this.start(member);
  }

  /** Freezes a member in the middle of whatever it does and wakes it after a while, unless it is frozen already. */
  async freeze(member: string, frozenMs: number): Promise<void> {
    const child = this.#processes.get(member);
    if (!child || this.#frozen.has(child)) return;
    count(this.#world, 'members frozen');
    this.#frozen.add(child);
    child.kill('SIGSTOP');
    await delay(frozenMs);
    this.#frozen.delete(child);
    child.kill('SIGCONT');
  }

  /** Ends them all. */
  async end(): Promise<void> {
    const ended = Promise.all([...this.#processes.values()].map((child) => once(child, 'exit')));
    this.#signalAll('SIGKILL');
    await ended;
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const child of this.#processes.values()) child.kill(signal);
  }
}
