/**
 * What travels with every event as extra1: the run that sent it and its position there, counted from 1. It tells
 * events of an earlier run, which --data kept, from those of this one, and says which of them were seen.
 */
export interface EventTag {
  readonly runId: number;
  readonly position: number;
}

export function formatTag({ runId, position }: EventTag): string {
  return `${runId}:${position}`;
}

export function parseTag(text: string | null): EventTag {
  const [runId = Number.NaN, position = Number.NaN] = (text ?? '').split(':').map(Number);
  return { runId, position };
}
