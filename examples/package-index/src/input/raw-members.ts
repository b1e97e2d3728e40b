export interface RawMember {
  readonly key: string;
  /** The value as it is written. */
  readonly text: string;
}

const openers = '{[';
const closers = '}]';

/**
 * The members of a JSON object with their values as they are written, repeated keys and all: what JSON.parse gives
 * would have lost the digits of large numbers. The text must be an object that JSON.parse took.
 */
export function rawMembers(objectText: string): RawMember[] {
  const members: RawMember[] = [];
  let depth = 0;
  let start = 0;
  let key: string | undefined;
  const endMember = (end: number): void => {
    if (key !== undefined) members.push({ key, text: objectText.slice(start, end).trim() });
    key = undefined;
    start = end + 1;
  };

  for (let at = 0; at < objectText.length; at += 1) {
    const character = objectText.charAt(at);
    if (character === '"') at = endOfString(objectText, at);
    else if (openers.includes(character)) {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if (closers.includes(character)) {
      if (depth === 1) endMember(at);
      depth -= 1;
    } else if (depth === 1 && character === ':') {
      key = JSON.parse(objectText.slice(start, at)) as string;
      start = at + 1;
    } else if (depth === 1 && character === ',') endMember(at);
  }
  return members;
}

/** Where the string that opens here closes. */
function endOfString(text: string, open: number): number {
  let at = open + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
}
