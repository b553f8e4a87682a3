/** A moment for people: `2026-11-20 12:30:00Z`, from an ISO time or milliseconds since the epoch. */
export function instant(time: string | number): string {
  const iso = typeof time === 'string' ? time : new Date(time).toISOString();
  return `${iso.slice(0, 19).replace('T', ' ')}Z`;
}

const LATEST_MS = 8.64e15;

/** Whether milliseconds since the epoch are a moment that a Date can hold: what an API sends may be any number. */
export function isTime(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= LATEST_MS;
}
