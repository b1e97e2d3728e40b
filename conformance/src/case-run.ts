import { Actor, withPatience } from './actor.ts';
import type { Answer, DriverEvent, DriverProcess } from './driver-process.ts';
import { Ledger } from './ledger.ts';
import type { Case } from './scenario.ts';
import type { Saved } from './values.ts';
import type { World } from './world.ts';

/** Where the processes of drivers come from: those of earlier cases are used again. */
export interface DriverPool {
  take(): Promise<DriverProcess>;
  give(driver: DriverProcess): void;
}

/** A case while it runs: its drivers by name, what was saved, and the ledger. */
export class CaseRun {
  readonly saved: Saved = new Map();
  readonly ledger = new Ledger();
  readonly background = new Map<string, BackgroundCall>();
  readonly world: World;
  readonly #scenario: Case;
  readonly #pool: DriverPool;
  readonly #actors = new Map<string, Actor>();

  constructor(world: World, scenario: Case, pool: DriverPool) {
    this.world = world;
    this.#scenario = scenario;
    this.#pool = pool;
  }

  /** The driver of this name, which is connected at its first use. */
  async actor(name: string): Promise<Actor> {
    const known = this.#actors.get(name);
    if (known) return known;
    const driver = await this.#pool.take();
    const actor = new Actor(driver, (event) => this.#note(name, event));
    this.#actors.set(name, actor);
    const answer = await actor.call('connect', this.world.connectArgs(name, this.#scenario.setup));
    if (answer.error) throw new Error(`${name} could not connect: ${answer.error.code}`);
    return actor;
  }

  /** Closes the clients of all drivers, and gives their processes back. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#actors].map(async ([name, { driver }]) => {
        if (driver.hasExited) return;
        const answer = await withPatience(driver.call('close', {}), `the close of ${name}`);
        if (answer.error) throw new Error(`${name} could not close: ${answer.error.code}`);
      }),
    );
    for (const { driver } of this.#actors.values()) this.#pool.give(driver);
    this.#actors.clear();
  }

  /** After a failure: whatever state they are in. */
  async abandon(): Promise<void> {
    const actors = [...this.#actors.values()];
    this.#actors.clear();
    for (const { driver } of actors) driver.kill('SIGKILL');
    await Promise.all(actors.map(({ driver }) => driver.exited));
  }

  #note(name: string, event: DriverEvent): void {
    this.ledger.noteEvent(name, event);
  }
}

/** A call whose answer a later step awaits. */
export interface BackgroundCall {
  readonly answer: Promise<Answer>;
  isAnswered: boolean;
}
