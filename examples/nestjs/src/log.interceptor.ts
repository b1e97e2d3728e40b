import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor } from '@nestjs/common';
import { getPgqueContext } from '@pgque/nestjs';
import { type Observable, tap } from 'rxjs';

/** A line for each message that was handled; requests are logged by whatever is in front of the application. */
@Injectable()
export class LogInterceptor implements NestInterceptor {
  readonly #logger = new Logger('Messages');

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { consumer, message } = getPgqueContext(context) ?? {};
    if (!message) return next.handle();
    return next.handle().pipe(tap(() => this.#logger.log(`${consumer} has handled ${message.type} ${message.msgId}`)));
  }
}
