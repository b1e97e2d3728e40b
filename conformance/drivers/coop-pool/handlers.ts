// What each thread of the driver's pools loads: handlers that wait until the runner says how they end.
import { BroadcastChannel, threadId, workerData } from 'node:worker_threads';
import { DeadLetterError, RetryLaterError } from '@pgque/coop-pool';
import { defineHandlers, type ThreadHandler } from '@pgque/coop-pool/handlers';
import { type Instruction, perform, type Verdicts } from '../kit/perform.ts';
import { channelName, type ThreadAnswer, type ThreadSetting } from './channel.ts';

const { handle, types } = workerData as ThreadSetting;
const channel = new BroadcastChannel(channelName);
// It shall not keep a thread that has nothing else to do.
channel.unref();
const waiting = new Map<string, (instruction: Instruction) => void>();
channel.onmessage = ({ data }) => {
  const { call, instruction } = data as ThreadAnswer;
  waiting.get(call)?.(instruction);
};

const verdicts: Verdicts = {
  retryAfter: (ms, reason) => new RetryLaterError(ms, reason),
  dead: (reason) => new DeadLetterError(reason),
};
let count = 0;

const handler: ThreadHandler = async (message, { signal }) => {
  count += 1;
  const call = `${process.pid}-${threadId}-${count}`;
  const tell = (event: string, more: object = {}): void =>
    channel.postMessage({ event, fields: { handle, call, ...more } });
  const { promise: told, resolve } = Promise.withResolvers<Instruction>();
  waiting.set(call, resolve);
  tell('handler_enter', { message });
  await perform({ told, signal, tell, verdicts }).finally(() => waiting.delete(call));
};

export const handlers = defineHandlers(Object.fromEntries(types.map((type) => [type, handler])), {
  close: () => channel.close(),
});
