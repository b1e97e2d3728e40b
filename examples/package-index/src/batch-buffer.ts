import type { InputEvent } from './input/input-item.ts';

const maxEvents = 500;
const maxBytes = 1024 * 1024;

export interface Batch {
  readonly events: readonly InputEvent[];
  readonly bytes: number;
}

/**
 * Between the reader and the sender: what is read while a batch is on its way makes the next batch. So a slow input is
 * sent without delay, and a fast one in large batches. put() waits while a full batch lies here.
 */
export class BatchBuffer {
  #events: InputEvent[] = [];
  #bytes = 0;
  #isClosed = false;
  #wakeReader = Promise.withResolvers<void>();
  #wakeSender = Promise.withResolvers<void>();

  async put(event: InputEvent): Promise<void> {
    while (!this.#isClosed && (this.#events.length >= maxEvents || this.#bytes >= maxBytes)) {
      await this.#wakeReader.promise;
    }
    this.#events.push(event);
    this.#bytes += Buffer.byteLength(event.payload);
    this.#wakeSender.resolve();
  }

  /** Everything that lies here, once there is something; `undefined` after the last batch. */
  async take(): Promise<Batch | undefined> {
    while (this.#events.length === 0) {
      if (this.#isClosed) return undefined;
      await this.#wakeSender.promise;
      this.#wakeSender = Promise.withResolvers();
    }
    const batch = { events: this.#events, bytes: this.#bytes };
    this.#events = [];
    this.#bytes = 0;
    this.#wakeReader.resolve();
    this.#wakeReader = Promise.withResolvers();
    return batch;
  }

  /** No more comes after this. */
  close(): void {
    this.#isClosed = true;
    this.#wakeReader.resolve();
    this.#wakeSender.resolve();
  }
}
