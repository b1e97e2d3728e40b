/** JSON, or, where the text is no JSON, the text itself. */
export function parseData(data: string | null): unknown {
  if (data === null) return null;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
