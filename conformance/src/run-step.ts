import { type Actor, withPatience } from './actor.ts';
import type { BackgroundCall, CaseRun } from './case-run.ts';
import type { Answer, DriverEvent } from './driver-process.ts';
import { findDifference } from './match.ts';
import type { SimpleStep, Step } from './scenario.ts';
import { resolve } from './values.ts';

interface Expectation {
  readonly expect?: unknown;
  readonly error?: string | undefined;
  readonly save?: string | undefined;
}

/** Does one step; throws when something is not as expected. */
export async function runStep(run: CaseRun, step: Step): Promise<void> {
  if (!('repeat' in step)) return await runSimpleStep(run, step);
  for (let count = 0; count < step.repeat; count += 1) {
    for (const each of step.steps) await runSimpleStep(run, each);
  }
}

async function runSimpleStep(run: CaseRun, step: SimpleStep): Promise<void> {
  const { world } = run;
  if ('call' in step) return await runCall(run, step);
  if ('answered' in step) return judge(run, await awaitBackground(run, step.answered), step);
  if ('unanswered' in step) return requireUnanswered(run, step.unanswered);
  if ('tick' in step) return await world.tick(step.tick, step.times);
  if ('send' in step) return await runSend(run, step);
  if ('move' in step) return await world.move(step.move);
  if ('sql' in step) return await runSql(run, step);
  if ('until' in step) return await runUntil(run, step);
  if ('enter' in step) return await runEnter(run, step);
  if ('answer' in step) return await runAnswer(run, step);
  if ('handle' in step) return await runHandle(run, step);
  if ('event' in step) return void (await (await run.actor(step.on)).take(eventOf(run, step.event, step.of)));
  if ('no_event' in step) return await requireNoEvent(run, step.on, eventOf(run, step.no_event, step.of));
  if ('network' in step) return requireProxy(run)[step.network]();
  if ('terminate' in step) return await world.terminateSessions();
  if ('signal' in step) return (await run.actor(step.on)).driver.kill(step.signal);
  const exit = await withPatience((await run.actor(step.on)).driver.exited, `the end of ${step.on}`);
  check(exit, step.exited, `${step.on} ended with`);
}

async function runCall(run: CaseRun, step: Extract<SimpleStep, { call: string }>): Promise<void> {
  const actor = await run.actor(step.on);
  const args = resolve(step.args, run.saved) as Record<string, unknown>;
  run.ledger.noteCall(step.on, step.call, args);
  const answer = actor.call(step.call, args).then((got) => {
    run.ledger.noteAnswer(step.call, args, got);
    return got;
  });
  if (step.background === undefined) return judge(run, await answer, step);
  const background: BackgroundCall = { answer, isAnswered: false };
  const note = (): void => {
    background.isAnswered = true;
  };
  answer.then(note, note);
  run.background.set(step.background, background);
}

async function awaitBackground(run: CaseRun, name: string): Promise<Answer> {
  const background = run.background.get(name);
  if (!background) throw new Error(`no call is in the background as ${name}`);
  return await background.answer;
}

function requireUnanswered(run: CaseRun, name: string): void {
  if (run.background.get(name)?.isAnswered !== false) throw new Error(`${name} was answered`);
}

function judge(run: CaseRun, answer: Answer, { expect, error, save }: Expectation): void {
  if (error !== undefined) {
    if (answer.error === undefined) throw new Error(`it succeeded instead of the error ${error}`);
    check(answer.error.code, error, 'the error');
    return;
  }
  if (answer.error !== undefined) throw new FailedCall(answer.error.code);
  if (expect !== undefined) check(answer.ok, resolve(expect, run.saved), 'the answer');
  if (save !== undefined) run.saved.set(save, answer.ok);
}

/** The client gave an error that nobody expected. */
export class FailedCall extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`it failed with ${code}`);
    this.code = code;
  }
}

async function runSend(run: CaseRun, step: Extract<SimpleStep, { send: string }>): Promise<void> {
  const given = resolve(step.events ?? [{ type: step.type, payload: step.payload ?? null }], run.saved);
  const events = given as { type: string; payload: unknown }[];
  const rows = await run.world.look('select pgque.send_batch($1, $2::text[], $3::text[]) as ids', [
    step.send,
    events.map(({ type }) => type),
    events.map(({ payload }) => JSON.stringify(payload)),
  ]);
  const { ids } = rows[0] as { ids: string[] };
  if (step.save !== undefined) run.saved.set(step.save, step.events === undefined ? ids[0] : ids);
}

async function runSql(run: CaseRun, step: Extract<SimpleStep, { sql: string }>): Promise<void> {
  const rows = await run.world.look(step.sql, resolve(step.values, run.saved) as unknown[]);
  judge(run, { ok: rows }, step);
}

async function runUntil(run: CaseRun, { until, expect, save }: Extract<SimpleStep, { until: unknown }>): Promise<void> {
  const expected = resolve(expect, run.saved);
  const look = async (): Promise<unknown> => {
    if ('sql' in until) return await run.world.look(until.sql, resolve(until.values, run.saved) as unknown[]);
    const args = resolve(until.args, run.saved) as Record<string, unknown>;
    const answer = await (await run.actor(until.on)).call(until.call, args);
    run.ledger.noteAnswer(until.call, args, answer);
    return answer.error ? { error: answer.error.code } : answer.ok;
  };
  const found = await run.world.until(look, expected);
  if (save !== undefined) run.saved.set(save, found);
}

async function runEnter(run: CaseRun, step: Extract<SimpleStep, { enter: string }>): Promise<void> {
  const actor = await run.actor(step.on);
  const wanted = step.msg_id === undefined ? {} : { message: { msg_id: resolve(step.msg_id, run.saved) } };
  const event = await actor.take({ event: 'handler_enter', handle: step.enter, ...wanted });
  if (step.expect !== undefined) check(event['message'], resolve(step.expect, run.saved), 'the message');
  run.saved.set(step.save, event);
}

async function runAnswer(
  run: CaseRun,
  { answer: name, on, ...how }: Extract<SimpleStep, { answer: string }>,
): Promise<void> {
  const entered = run.saved.get(name) as DriverEvent | undefined;
  if (!entered) throw new Error(`no handler was entered as ${name}`);
  await answerHandler(await run.actor(on), entered, how);
}

/** What never comes to its end is not awaited. */
async function answerHandler(actor: Actor, { call }: DriverEvent, how: { readonly do: string }): Promise<void> {
  const answered = actor.call('answer', { call, ...how });
  if (how.do === 'exit') return answered.then(refuseError, () => {});
  refuseError(await answered);
  if (how.do !== 'hang' && how.do !== 'busy_loop') {
    await actor.take({ event: { $in: ['handler_exit', 'handler_abort'] }, call: call as string });
  }
}

function refuseError({ error }: Answer): void {
  if (error) throw new FailedCall(error.code);
}

async function runHandle(run: CaseRun, step: Extract<SimpleStep, { handle: string }>): Promise<void> {
  const actor = await run.actor(step.on);
  const messages: unknown[] = [];
  while (messages.length < step.count) {
    const event = await actor.take({ event: 'handler_enter', handle: step.handle });
    messages.push(event['message']);
    await answerHandler(actor, event, { do: 'ok' });
  }
  if (step.expect !== undefined) check(messages, resolve(step.expect, run.saved), 'what was handled');
  if (step.save !== undefined) run.saved.set(step.save, messages);
}

function eventOf(run: CaseRun, event: string, of: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { event, ...(resolve(of, run.saved) as object) };
}

async function requireNoEvent(run: CaseRun, on: string, pattern: Record<string, unknown>): Promise<void> {
  if ((await run.actor(on)).has(pattern)) throw new Error(`there was an event ${JSON.stringify(pattern)}`);
}

function requireProxy(run: CaseRun): NonNullable<CaseRun['world']['proxy']> {
  if (!run.world.proxy) throw new Error('the case has no proxy: setup.through');
  return run.world.proxy;
}

function check(actual: unknown, expected: unknown, what: string): void {
  const difference = findDifference(actual, expected);
  if (difference !== undefined) throw new Error(`${what}: ${difference}`);
}
