import { consumerNames } from './consumers/consumer-names.ts';
import type { Reckoning } from './reckoning.ts';

/** The line of --json. */
export function resultLine(reckoning: Reckoning, agrees: boolean): string {
  const { sent, consumers, retried, dead, broken, leftOver, engine } = reckoning;
  const { deadTuples, ticks, rotations } = engine;
  return JSON.stringify({ sent, consumers, retried, dead, deadTuples, broken, leftOver, ticks, rotations, agrees });
}

/** The same for people. */
export function resultSentences({ sent, consumers, retried, dead, broken, leftOver, engine }: Reckoning): string[] {
  const whole = (value: number): string => value.toLocaleString('en');
  const brokenPart = broken === 0 ? '' : `, ${whole(broken)} broken in the input`;
  return [
    `${whole(sent)} ${sent === 1 ? 'event' : 'events'} sent: ${consumerNames.map((name) => `${name} got ${whole(consumers[name])}`).join(', ')}.`,
    ...(leftOver === 0 ? [] : [`${whole(leftOver)} deliveries that an earlier run had left were made as well.`]),
    `${whole(retried)} failed at first and came back, ${whole(dead)} in the dead letters${brokenPart}.`,
    `${whole(engine.ticks)} ticks, ${whole(engine.rotations)} rotations, ${whole(engine.deadTuples)} dead tuples.`,
  ];
}
