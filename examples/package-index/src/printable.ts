/** Text from outside without anything a terminal would act on. */
export function printable(text: string, maxLength = 200): string {
  const clean = text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}
