/** The peer has no such thing: that is not zero. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}
