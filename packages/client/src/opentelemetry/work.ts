import { type Attributes, type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { PgqueError } from '../errors/pgque-error.ts';

const errorType = 'error.type';

/** A span around some work, with the attributes that its samples have. What it fails of is said in both. */
export class Work {
  readonly #span: Span;
  readonly #startedAt = performance.now();
  #attributes: Attributes;

  constructor(span: Span, attributes: Attributes) {
    this.#span = span;
    this.#attributes = attributes;
  }

  /** Without an error nobody knows more than that it failed. */
  fail(error?: unknown): void {
    this.#attributes = { ...this.#attributes, [errorType]: errorTypeOf(error) };
    this.#span.setAttribute(errorType, errorTypeOf(error));
    const message = error instanceof Error ? error.message : String(error ?? '');
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
    if (error !== undefined) this.#span.recordException(error instanceof Error ? error : message);
  }

  /** Runs it, in this context with the span, and tells how many seconds it took. */
  async run<Result>(
    parent: Context,
    run: () => Promise<Result>,
    measure: (seconds: number, attributes: Attributes) => void,
  ): Promise<Result> {
    try {
      return await context.with(trace.setSpan(parent, this.#span), run);
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      measure((performance.now() - this.#startedAt) / 1000, this.#attributes);
      this.#span.end();
    }
  }
}

/** One of few: the code of our errors, else the name of the class. */
function errorTypeOf(error: unknown): string {
  if (error instanceof PgqueError) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}
