/** Texts that travel with an event, such as `traceparent`. In the database they are a JSON object in `extra1`. */
export type Headers = Readonly<Record<string, string>>;

/** What traces and measures; see `pgque/opentelemetry`. */
export interface Instrumentation {
  /** Runs one call that sends events, and says which headers they carry. */
  send<Result>(
    sending: { readonly queue: string; readonly count: number },
    send: (headers: Headers) => Promise<Result>,
  ): Promise<Result>;
}
