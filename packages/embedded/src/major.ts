/** The PostgreSQL majors this package can start, oldest first. */
export const majors = [14, 15, 16, 17, 18] as const;

export type Major = (typeof majors)[number];

/** The major that is started when none is named. */
export const defaultMajor: Major = 17;

export function isMajor(value: unknown): value is Major {
  return majors.some((major) => major === value);
}
