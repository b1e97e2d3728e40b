import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.ts';

export class UnknownMailbox extends Error {
  override readonly name = 'UnknownMailbox';
}

export interface Mail {
  readonly recipient: string;
  readonly attempt: number;
  /** The server delivers a mail once, however often it is handed over with this id. */
  readonly idempotencyKey: bigint;
}

/** In place of a mail server: what it has delivered is in a table. It has its moods. */
@Injectable()
export class MailServer {
  constructor(private readonly database: Database) {}

  async deliver({ recipient, attempt, idempotencyKey }: Mail, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (recipient.endsWith('@nowhere.example')) throw new UnknownMailbox(`no mailbox ${recipient}`);
    if (recipient.endsWith('@busy.example') && attempt === 1) throw new Error('the mail server is busy');
    await this.database.query(
      'insert into mails (msg_id, recipient, attempt) values ($1, $2, $3) on conflict do nothing',
      [idempotencyKey, recipient, attempt],
    );
  }
}
