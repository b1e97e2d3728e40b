import { z } from 'zod';

/** What a client must do, what it should, and what is good to have. */
export const levels = ['required', 'recommended', 'optional'] as const;
export type Level = (typeof levels)[number];

const pattern = z.unknown();
const driver = z.string().default('main');
const answered = { expect: pattern.optional(), error: z.string().optional(), save: z.string().optional() };

const call = z.strictObject({
  /** An op of the protocol, for a driver. With `background` the answer is awaited by a later step, `answered`. */
  call: z.string(),
  args: z.record(z.string(), z.unknown()).default({}),
  on: driver,
  background: z.string().optional(),
  ...answered,
});

const steps = [
  call,
  z.strictObject({ answered: z.string(), ...answered }),
  /** The call in the background has no answer yet. */
  z.strictObject({ unanswered: z.string() }),
  /** Ticks a queue, whether it is due or not, so many times. */
  z.strictObject({ tick: z.string(), times: z.number().default(1) }),
  /** The runner sends, in one statement or in one for each. */
  z.strictObject({
    send: z.string(),
    events: pattern.optional(),
    type: z.string().default('default'),
    payload: pattern.optional(),
    save: z.string().optional(),
  }),
  /** Moves retries and delayed messages that are due; with `all` whatever is waiting. */
  z.strictObject({ move: z.enum(['due', 'all']) }),
  z.strictObject({ sql: z.string(), values: z.array(pattern).default([]), ...answered }),
  /** Looks until what is expected has come: at the database, or at the answer to a call. */
  z.strictObject({
    until: z.union([
      z.strictObject({ sql: z.string(), values: z.array(pattern).default([]) }),
      z.strictObject({ call: z.string(), args: z.record(z.string(), z.unknown()).default({}), on: driver }),
    ]),
    expect: pattern,
    save: z.string().optional(),
  }),
  /** Waits for the next call of a handler of this consumer, or for that with a message. */
  z.strictObject({
    enter: z.string(),
    msg_id: z.string().optional(),
    on: driver,
    expect: pattern.optional(),
    save: z.string(),
  }),
  /** Says how a handler ends that an earlier `enter` has saved, and waits until it does. */
  z.strictObject({
    answer: z.string(),
    do: z.enum(['ok', 'throw', 'retry_after', 'dead', 'hang', 'busy_loop', 'exit']),
    on: driver,
    ms: z.number().optional(),
    reason: z.string().optional(),
    query: z.string().optional(),
  }),
  /** Answers so many calls of handlers with `ok`, in the order in which they come; `save` has their messages. */
  z.strictObject({
    handle: z.string(),
    count: z.number(),
    on: driver,
    expect: pattern.optional(),
    save: z.string().optional(),
  }),
  /** Waits for an event of a driver; those before it are kept. */
  z.strictObject({ event: z.string(), of: z.record(z.string(), z.unknown()).default({}), on: driver }),
  /** No such event has come so far. */
  z.strictObject({ no_event: z.string(), of: z.record(z.string(), z.unknown()).default({}), on: driver }),
  z.strictObject({ network: z.enum(['cut', 'stall', 'blackhole', 'resume']) }),
  /** Ends the sessions of all drivers, as an administrator or a failover does. */
  z.strictObject({ terminate: z.literal('sessions') }),
  z.strictObject({ signal: z.enum(['SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT']), on: driver }),
  /** Waits until a driver has ended: its exit code, or the signal. */
  z.strictObject({ exited: z.union([z.number(), z.string()]), on: driver }),
] as const;

const simpleStep = z.union(steps);
export type SimpleStep = z.infer<typeof simpleStep>;

const stepSchema = z.union([simpleStep, z.strictObject({ repeat: z.number(), steps: z.array(simpleStep).min(1) })]);
/** A step; or steps that are done several times. */
export type Step = z.infer<typeof stepSchema>;

/** What a case breaks on purpose; see README. */
export const announcements = ['loss', 'repeats', 'disorder', 'open_batch', 'sessions', 'rotation'] as const;
export type Announcement = (typeof announcements)[number];

const queueConfig = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const setup = z.strictObject({
  /** Names, or names with settings as in SQL. */
  queues: z.union([z.array(z.string()), z.record(z.string(), queueConfig)]).default([]),
  /** `queue/consumer` */
  subscriptions: z.array(z.string()).default([]),
  /** What stands between the drivers and the server. */
  through: z.enum(['proxy', 'pooler']).optional(),
  /** Whether drivers are told where the server itself is, when a pooler stands in between. */
  direct: z.boolean().default(true),
  /** The roles of the engine that the login of a driver has; a superuser unless named. */
  roles: z.record(z.string(), z.array(z.enum(['pgque_reader', 'pgque_writer', 'pgque_admin']))).default({}),
  /** SQL that is run at last. */
  sql: z.string().optional(),
  query_timeout_ms: z.number().optional(),
});

const caseSchema = z.strictObject({
  level: z.enum(levels).optional(),
  requires: z.array(z.string()).default([]),
  /** Run for every client on every major, also where only the smoke is asked for. */
  smoke: z.boolean().default(false),
  /** What it breaks on purpose. */
  announces: z.array(z.enum(announcements)).default([]),
  setup: setup.prefault({}),
  steps: z.array(stepSchema).min(1),
});

const name = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const scenarioSchema = z.strictObject({
  level: z.enum(levels),
  requires: z.array(z.string()),
  cases: z.record(z.string().regex(name), caseSchema),
});

type Parsed = z.infer<typeof caseSchema>;

/** A case with what it has from its file. */
export interface Case extends Omit<Parsed, 'level'> {
  /** `file/case` */
  readonly name: string;
  /** The sentence of its file. */
  readonly promise: string;
  readonly level: Level;
}

/** A case that is a program: what its world is made of. */
export function caseOf(name: string, given: z.input<typeof setup>): Case {
  const { setup: made, ...others } = caseSchema.parse({ setup: given, steps: [{ move: 'due' }] });
  return { ...others, setup: made, name, promise: name, level: 'required' };
}
