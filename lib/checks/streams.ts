import * as z from 'zod/mini';
import { about } from '../config/values.ts';
import { logGroup, streamPattern } from '../config/texts.ts';
import type { Check } from '../expectation.ts';

/** How the live streams of a log group are called; and the group where events go that have no better place. */
export const streamsSettings = z.pipe(
  z.union(
    [
      streamPattern,
      z.strictObject({
        like: about(streamPattern, 'What every live stream is called: {name} stands for any text.'),
        fallback: about(
          z.optional(logGroup),
          'The log group that events fall back to; nothing may arrive there.',
        ),
      }),
    ],
    { error: "is neither a pattern nor { like: …, fallback: … }; write '{ns}.{pod}.{container}'" },
  ),
  z.transform((settings) => (typeof settings === 'string' ? { like: settings } : settings)),
);

export type StreamsSettings = z.output<typeof streamsSettings>;

export const streams: Check = () => [];
