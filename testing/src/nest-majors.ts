/** The majors of NestJS that tests run on; each is a package of this workspace with that Nest and what belongs to it. */
export const nestMajors = [11, 12] as const;

export type NestMajor = (typeof nestMajors)[number];

/** The names of what each major has its own of. */
export const nestPattern = /^@nestjs\/[\w-]+/;

/** Flags of Node for a program that is to use that major. */
export function nestFlags(major: NestMajor): string[] {
  return ['--import', new URL(`use-nest.ts?major=${major}`, import.meta.url).href];
}

/** From where that major is found. */
export function nestPackage(major: NestMajor): URL {
  return new URL(`../nest-${major}/package.json`, import.meta.url);
}
