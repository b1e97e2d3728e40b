import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Chance } from '../random/chance.ts';
import { count, type World } from '../random/world.ts';
import type { MemberOptions, MemberReport } from './member.ts';

const program = fileURLToPath(new URL('member.ts', import.meta.url));

/** When a member was frozen, by the pid of the backend that served it. */
export interface Freeze {
  readonly backend: number;
  readonly from: number;
  readonly to: number;
}

/** The processes of the members of one cooperative consumer. */
export class Herd {
  readonly freezes: Freeze[] = [];
  readonly #world: World;
  readonly #chance: Chance;
  readonly #options: Omit<MemberOptions, 'member' | 'seed'>;
  readonly #processes = new Map<string, ChildProcess>();
  readonly #backends = new Map<ChildProcess, number>();
  readonly #frozen = new Set<ChildProcess>();

  constructor(world: World, chance: Chance, options: Omit<MemberOptions, 'member' | 'seed'>) {
    this.#world = world;
    this.#chance = chance;
    this.#options = options;
    // A process that is frozen would not notice that this one has gone.
    process.once('exit', () => this.#killAll());
  }

  start(member: string): void {
    const options: MemberOptions = { ...this.#options, member, seed: this.#chance.between(0, 0xffffffff) };
    const child = fork(program, [JSON.stringify(options)], { execArgv: [] });
    this.#processes.set(member, child);
    child.on('message', (report: MemberReport) => this.#hear(report, member, child));
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') this.#world.violations.push(`${member} ended by itself with ${signal ?? code}`);
    });
  }

  /** Kills a member, frozen or not, and starts it again after a while. */
  async kill(member: string, awayMs: number): Promise<void> {
    const child = this.#processes.get(member);
    if (!child) return;
    this.#processes.delete(member);
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
    const from = Date.now();
    child.kill('SIGSTOP');
    await delay(frozenMs);
    this.#frozen.delete(child);
    this.freezes.push({ backend: this.#backends.get(child) ?? 0, from, to: Date.now() });
    child.kill('SIGCONT');
  }

  /** Ends them all. */
  async end(): Promise<void> {
    const ended = Promise.all([...this.#processes.values()].map((child) => once(child, 'exit')));
    this.#killAll();
    await ended;
  }

  #hear(report: MemberReport, member: string, child: ChildProcess): void {
    switch (report.kind) {
      case 'backend':
        this.#backends.set(child, report.pid);
        return;
      case 'violation':
        this.#world.violations.push(report.what);
        return;
      case 'count':
        count(this.#world, report.what);
        return;
      case 'holds the group':
        if (!this.#chance.is(0.05)) return;
        count(this.#world, 'members frozen while they held the group');
        void this.freeze(member, this.#chance.between(4000, 5000));
    }
  }

  #killAll(): void {
    for (const child of this.#processes.values()) child.kill('SIGKILL');
  }
}
