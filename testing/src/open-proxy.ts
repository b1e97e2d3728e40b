import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { closeAtEndOfFile } from './file-resources.ts';

export interface Proxy extends AsyncDisposable {
  /** The URL of the target with the proxy in its place. */
  readonly url: string;
  /** How many connections go through it now. */
  readonly connections: number;
  /** Breaks all connections at once, as a reset of the network does. New ones are taken. */
  cut(): void;
  /** Holds back everything, also what connects from now on, until `resume()`: a network that stands still. */
  stall(): void;
  /** Loses everything, also what connects from now on, and never says so: a firewall that forgot. */
  blackhole(): void;
  /** Lets pass what is held back, and what connects from now on. What was in a black hole stays lost. */
  resume(): void;
  close(): Promise<void>;
}

type Passage = 'open' | 'stalled' | 'lost';

/** A network between a client and a server that a test can break; closed at the end of the test file. */
export async function openProxy(targetUrl: string): Promise<Proxy> {
  const target = new URL(targetUrl);
  const proxy = new TcpProxy(target.hostname, Number(target.port));
  await proxy.listen();
  return closeAtEndOfFile(proxy.at(target));
}

class TcpProxy {
  readonly #lines = new Set<Line>();
  readonly #server;
  #passage: Passage = 'open';

  constructor(host: string, port: number) {
    // With half-open allowed an end is passed on as one, and a lost connection learns nothing of the other side's.
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const line = new Line(near, () => connect({ host, port, allowHalfOpen: true }), this.#passage);
      this.#lines.add(line);
      void line.closed.then(() => this.#lines.delete(line));
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  at(target: URL): Proxy {
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    const lines = this.#lines;
    const close = (): Promise<void> => this.#close();
    return {
      url: url.href,
      get connections() {
        return [...lines].filter((line) => line.isConnected).length;
      },
      cut: () => this.#cut(),
      stall: () => this.#turn('stalled'),
      blackhole: () => this.#turn('lost'),
      resume: () => this.#turn('open'),
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  #turn(passage: Passage): void {
    this.#passage = passage;
    for (const line of this.#lines) line.turn(passage);
  }

  #cut(): void {
    for (const line of this.#lines) line.cut();
  }

  async #close(): Promise<void> {
    this.#cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** One connection with its two ends. */
class Line {
  readonly #near: Socket;
  readonly #open: () => Socket;
  readonly #closed = Promise.withResolvers<void>();
  #far: Socket | undefined;
  #passage: Passage = 'open';

  constructor(near: Socket, open: () => Socket, passage: Passage) {
    this.#near = near;
    this.#open = open;
    this.#watch(near);
    this.turn(passage);
  }

  /** Resolves when both ends are closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Whether the client has not closed its end. */
  get isConnected(): boolean {
    return !this.#near.destroyed;
  }

  turn(passage: Passage): void {
    if (this.#passage === 'lost') return;
    this.#passage = passage;
    if (passage === 'open') this.#join();
    for (const end of [this.#near, this.#far]) {
      if (passage === 'stalled') end?.pause();
      // What is read and goes nowhere is lost.
      else end?.resume();
    }
  }

  cut(): void {
    for (const end of [this.#near, this.#far]) end?.resetAndDestroy();
  }

  #join(): void {
    if (this.#far) return;
    this.#far = this.#open();
    this.#watch(this.#far);
    this.#pass(this.#near, this.#far);
    this.#pass(this.#far, this.#near);
  }

  #watch(end: Socket): void {
    end.on('error', () => {});
    end.once('close', () => {
      if (this.#near.destroyed && (this.#far?.destroyed ?? true)) this.#closed.resolve();
    });
  }

  #pass(from: Socket, to: Socket): void {
    from.on('data', (data) => this.#unlessLost(() => to.write(data)));
    from.on('end', () => this.#unlessLost(() => to.end()));
    from.on('close', () => this.#unlessLost(() => to.destroy()));
  }

  #unlessLost(act: () => void): void {
    if (this.#passage !== 'lost') act();
  }
}
