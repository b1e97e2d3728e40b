import type { Client } from 'pgque';
import type { Beater } from './beater.ts';
import { Beats, touch } from './beats.ts';
import type { ToThread } from './heartbeat-messages.ts';

/** Sends beats from the main thread. */
export class LocalBeater implements Beater {
  readonly #beats: Beats;

  constructor(client: Client, onLost: (batch: number) => void) {
    this.#beats = new Beats((target) => touch(client, target).catch(() => undefined), onLost);
  }

  post(message: ToThread): void {
    if (message.kind === 'begin') this.#beats.begin(message.batch, message.target);
    else if (message.kind === 'end') this.#beats.end(message.batch);
  }

  async close(): Promise<void> {
    this.#beats.close();
  }
}
