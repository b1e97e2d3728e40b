import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** A line for each span: its name, its trace, and the traces that it links to. */
export class LineExporter implements SpanExporter {
  export(spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    for (const span of spans) {
      const links = span.links.map((link) => link.context.traceId);
      console.log(JSON.stringify({ span: span.name, trace: span.spanContext().traceId, links }));
    }
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}
