/** A number of 0 to below 1 that depends on nothing but what is given: histories are the same whenever they are made. */
export function noise(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part | 0), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}

/** As `noise`, of a whole number from 0 to below `count`. */
export function pick(count: number, ...parts: readonly number[]): number {
  return Math.floor(noise(...parts) * count);
}
