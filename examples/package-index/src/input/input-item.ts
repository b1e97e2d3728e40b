/** An event as it came in: the payload is the JSON text as it was written, every digit and escape of it. */
export interface InputEvent {
  readonly type: string;
  readonly payload: string;
}

/** A piece of the input that holds no event: where it stands and what is wrong with it, as the end of a sentence. */
export interface BrokenInput {
  readonly place: string;
  readonly problem: string;
}

export type InputItem = InputEvent | BrokenInput;

export function isBroken(item: InputItem): item is BrokenInput {
  return 'problem' in item;
}
