import type { Instruction } from '../kit/perform.ts';

/** Of this process: threads tell the driver of their handlers, and hear from it how these end. */
export const channelName = 'pgque-conformance';

/** What a thread says; `fields` are those of the event. */
export interface ThreadEvent {
  readonly event: string;
  readonly fields: object;
}

/** What the driver answers to a call of a handler. */
export interface ThreadAnswer {
  readonly call: string;
  readonly instruction: Instruction;
}

export interface ThreadSetting {
  readonly handle: string;
  readonly types: readonly string[];
}
