import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { closeAtEndOfFile, nestFlags } from '@pgque/testing';
import { inject } from 'vitest';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const nestMajor = inject('nestMajor');
/** One for each major, because both are tested at once. */
const output = path(`../dist/nest-${nestMajor}`);

/** Compiles the application, as `npm run build` does. */
export async function buildShop(): Promise<void> {
  await promisify(execFile)(path('../../../node_modules/.bin/tsc'), [
    '-p',
    path('../tsconfig.build.json'),
    '--outDir',
    output,
  ]);
}

export interface ShopOptions {
  readonly role?: 'producer' | 'worker' | 'both';
}

/** A process of the application, as `npm start` starts it, with the Nest of this project. */
export class Shop implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | NodeJS.Signals | null>;
  readonly #listening = Promise.withResolvers<string>();
  #url = '';
  #said = '';

  private constructor(databaseUrl: string, { role = 'both' }: ShopOptions) {
    const flags = ['--conditions=@pgque/source', ...nestFlags(nestMajor)];
    this.#child = spawn(process.execPath, [...flags, `${output}/main.js`], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: databaseUrl,
        PORT: '0',
        PGQUE_ROLE: role,
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text) => {
        this.#said += text;
        const [, url] = /listening on (\S+)\n/.exec(this.#said) ?? [];
        if (url) this.#listening.resolve(url.replace('[::1]', 'localhost'));
      });
    }
    this.#exited = once(this.#child, 'exit').then(([code, signal]) => code ?? signal);
  }

  static async start(databaseUrl: string, options: ShopOptions = {}): Promise<Shop> {
    const shop = closeAtEndOfFile(new Shop(databaseUrl, options));
    shop.#url = await Promise.race([
      shop.#listening.promise,
      shop.#exited.then((code) => Promise.reject(new Error(`it has ended with ${code}: ${shop.said}`))),
    ]);
    return shop;
  }

  /** All it wrote so far. */
  get said(): string {
    return this.#said;
  }

  /** The spans that it has exported. */
  get spans(): readonly { readonly span: string; readonly trace: string; readonly links: readonly string[] }[] {
    return this.#said
      .split('\n')
      .filter((line) => line.startsWith('{"span"'))
      .map((line) => JSON.parse(line));
  }

  async request(method: string, resource: string, body?: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(new URL(resource, this.#url), {
      method,
      headers: { 'content-type': 'application/json', connection: 'close' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text && JSON.parse(text) };
  }

  async get(resource: string): Promise<unknown> {
    return (await this.request('GET', resource)).body;
  }

  /** Sends a signal, and answers with which code or signal it has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    return await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
