import { Catch, type ExceptionFilter } from '@nestjs/common';
import { DeadLetterError } from '@pgque/consumer';
import { UnknownMailbox } from './mail-server.ts';

/** What no retry will mend goes to the dead letters at once. */
@Catch(UnknownMailbox)
export class UnknownMailboxFilter implements ExceptionFilter<UnknownMailbox> {
  catch(error: UnknownMailbox): never {
    throw new DeadLetterError(error.message, { cause: error });
  }
}
