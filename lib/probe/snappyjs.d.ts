declare module 'snappyjs' {
  /** The snappy block of the content. */
  export function compress(content: Uint8Array): Uint8Array;
  /** The content of a snappy block; throws where it is none. */
  export function uncompress(block: Uint8Array): Uint8Array;
}
