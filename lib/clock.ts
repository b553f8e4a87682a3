/** The only source of time for everything in `lib/`: passed in, so that tests and the rehearsal own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}
