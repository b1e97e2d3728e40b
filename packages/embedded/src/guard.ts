/**
 * The guard: a process of its own that starts the postmaster and holds a channel to the process that asked for it. When
 * the channel closes, in whatever way the other side ended, the guard ends the server and removes what is temporary.
 * If the guard itself is killed, the kernel (setpriv) or the other side ends the server.
 */

import { readPassword } from './data-directory.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { GuardCommand, GuardFailure, GuardMessage, GuardRequest, GuardResult } from './guard-messages.ts';
import { Postmaster } from './postmaster.ts';

let postmaster: Postmaster | undefined;
let dataDirectory = '';
let closing: Promise<void> | undefined;

process.on('message', (request: GuardRequest) => void answer(request));
process.on('disconnect', () => void closeAndExit(0));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void closeAndExit(0));
process.on('uncaughtException', () => void closeAndExit(1));

async function answer({ id, command }: GuardRequest): Promise<void> {
  try {
    const result = await obey(command);
    send({ kind: 'done', id, result });
  } catch (error) {
    send({ kind: 'failed', id, failure: failureOf(error) });
  }
}

async function obey(command: GuardCommand): Promise<GuardResult> {
  switch (command.name) {
    case 'open':
      dataDirectory = command.configuration.dataDirectory;
      postmaster = new Postmaster(command.configuration, () => send({ kind: 'exited' }));
      break;
    case 'start':
      await postmaster?.start(command.port);
      break;
    case 'kill':
      await postmaster?.kill(command.signal);
  }
  return { pid: postmaster?.pid, password: readPassword(dataDirectory) };
}

function close(): Promise<void> {
  closing ??= postmaster?.close() ?? Promise.resolve();
  return closing;
}

async function closeAndExit(code: number): Promise<void> {
  try {
    await close();
  } finally {
    process.exit(code);
  }
}

function send(message: GuardMessage): void {
  if (process.connected) process.send?.(message, () => {});
}

function failureOf(error: unknown): GuardFailure {
  if (error instanceof EmbeddedError) return { code: error.code, message: error.message, log: error.log };
  return { code: 'start-failed', message: error instanceof Error ? error.message : String(error), log: [] };
}
