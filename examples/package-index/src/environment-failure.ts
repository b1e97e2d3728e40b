import type { EmbeddedError } from '@pgque/embedded';
import { printable } from './printable.ts';

/** What this program cannot mend: the message is the sentence for the person in front of it. */
export class EnvironmentFailure extends Error {
  override readonly name = 'EnvironmentFailure';
}

/** Says in terms of our options why the server did not start. */
export function startFailure(error: EmbeddedError, options: { port?: number; data?: string }): EnvironmentFailure {
  return new EnvironmentFailure(sentenceFor(error, options), { cause: error });
}

function sentenceFor({ code, message }: EmbeddedError, { port, data }: { port?: number; data?: string }): string {
  const folder = data === undefined ? 'the temporary folder' : printable(data);
  switch (code) {
    case 'port-in-use':
      return `Port ${port} is taken by another program: name another with --port, or none to get a free one.`;
    case 'data-directory-in-use':
      return `Another server, perhaps another npm start, works on ${folder}: stop that one, or name another folder with --data.`;
    case 'disk-full':
      return `There is no room left for the database in ${folder}: free some, or name a folder elsewhere with --data.`;
    case 'permission-denied':
      return `PostgreSQL may not use ${folder}: name one with --data that its user may enter and write to.`;
    case 'binary-missing':
      return (
        `There is no PostgreSQL for ${process.platform}-${process.arch} below node_modules: ` +
        'remove the folder node_modules and run npm start again, which installs it.'
      );
    case 'version-mismatch':
      return `The data in ${folder} belong to another PostgreSQL major: name another folder with --data.`;
    default:
      return message;
  }
}
