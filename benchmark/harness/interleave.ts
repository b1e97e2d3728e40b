export interface Turn<Side> {
  readonly round: number;
  readonly side: Side;
}

/** A B C, C B A, A B C …: whatever drifts on the machine meets all sides alike. */
export function interleave<Side>(sides: readonly Side[], rounds: number): readonly Turn<Side>[] {
  const backwards = sides.toReversed();
  return Array.from({ length: rounds }, (_, round) =>
    (round % 2 === 0 ? sides : backwards).map((side) => ({ round, side })),
  ).flat();
}
