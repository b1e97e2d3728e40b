import { QueryTimeoutError } from '../errors/connection-errors.ts';

/** Settles as the work does, or rejects when that takes too long. Without a time it takes as long as it takes. */
export async function withinTime<Result>(work: Promise<Result>, timeoutMs: number | undefined): Promise<Result> {
  if (timeoutMs === undefined) return await work;
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new QueryTimeoutError(timeoutMs)), timeoutMs);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
