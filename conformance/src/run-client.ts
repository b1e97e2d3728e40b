import { isPoolerInstalled } from '@pgque/testing';
import type { ClientEntry, KnownFailure } from './clients.ts';
import { type DriverCommand, DriverProcess, type Hello } from './driver-process.ts';
import { runCase } from './run-case.ts';
import type { Case } from './scenario.ts';
import { fits } from './select.ts';
import type { ConformanceServer } from './world.ts';

export type Status =
  | 'passed'
  | 'failed'
  /** Fails as its list says. */
  | 'known'
  /** It lacks a capability that the case requires. */
  | 'not-declared'
  /** Its toolchain is missing, or a program that the case needs. */
  | 'not-run';

export interface Result {
  readonly client: string;
  readonly major: number;
  readonly name: string;
  readonly level: string;
  readonly status: Status;
  readonly reason?: string;
  readonly durationMs: number;
}

/** The processes of one client, used again from case to case. */
export class ClientDrivers implements AsyncDisposable {
  readonly #command: DriverCommand;
  readonly #idle: DriverProcess[] = [];

  constructor(command: DriverCommand) {
    this.#command = command;
  }

  async take(): Promise<DriverProcess> {
    const idle = this.#idle.pop();
    if (idle && !idle.hasExited) return idle;
    const driver = new DriverProcess(this.#command);
    await driver.hello();
    return driver;
  }

  give(driver: DriverProcess): void {
    if (!driver.hasExited) this.#idle.push(driver);
  }

  /** What the driver says of itself. */
  async hello(): Promise<Hello> {
    const driver = await this.take();
    const hello = await driver.hello();
    this.give(driver);
    return hello;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.map((driver) => driver.end()));
  }
}

/** Runs one case for a client, and judges it by the list of what the client is known to fail. */
export async function runClientCase(
  client: Pick<ClientEntry, 'name' | 'knownFailing'>,
  drivers: ClientDrivers,
  server: ConformanceServer,
  scenario: Case,
): Promise<Result> {
  const { name, level } = scenario;
  const startedAt = performance.now();
  const base = { client: client.name, major: server.major, name, level };
  const { capabilities } = await drivers.hello();
  const missing = scenario.requires.filter((capability) => !capabilities.includes(capability));
  if (missing.length > 0) return { ...base, status: 'not-declared', reason: missing.join(', '), durationMs: 0 };
  if (scenario.setup.through === 'pooler' && !isPoolerInstalled()) {
    return { ...base, status: 'not-run', reason: 'PgBouncer is missing', durationMs: 0 };
  }
  const outcome = await runCase(scenario, server, drivers);
  const durationMs = Math.round(performance.now() - startedAt);
  const known = client.knownFailing.find(({ pattern }) => fits(name, pattern));
  if (outcome.status === 'passed') {
    if (!known) return { ...base, status: 'passed', durationMs };
    return {
      ...base,
      status: 'failed',
      durationMs,
      reason: `it passes, and is listed as known to fail: ${known.reason}`,
    };
  }
  if (known && isExpected(known, outcome.code)) return { ...base, status: 'known', reason: known.reason, durationMs };
  return { ...base, status: 'failed', reason: outcome.reason, durationMs };
}

function isExpected({ code }: KnownFailure, actual: string): boolean {
  return code === '*' || code === actual;
}
