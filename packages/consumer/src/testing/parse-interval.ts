/** Milliseconds of an interval as the client sends it, in hours, minutes and seconds; `undefined` for what is none. */
export function parseInterval(text: string): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):([\d.]+)$/.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
