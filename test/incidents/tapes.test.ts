import { describe, expect, test } from 'vitest';
import { play, type TapeRules } from './tape.ts';

/*
 * Each case is a sentence and a tape: what every run saw, and under it what people were told. Two failing runs open an
 * incident and two ok runs end it, three runs without sight are blindness, unless a case says otherwise.
 */
function tape(sentence: string, rows: string, rules: TapeRules = {}): void {
  // oxlint-disable-next-line vitest/valid-title -- the sentence is the title
  test(sentence, () => {
    const { told, expected } = play(rows, rules);
    expect(told).toEqual(expected);
  });
}

describe('an incident', () => {
  tape(
    'opens with the second failing run, and is told once however long it lasts',
    `run   ok  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL
     told  .   .     open  .     .     .     .`,
  );
  tape(
    'is not opened by one failing run: a hiccup wakes nobody',
    `run   ok  FAIL  ok  FAIL  ok  FAIL  ok
     told  .   .     .   .     .   .     .`,
  );
  tape(
    'opens at once where failAfter is 1',
    `run   ok  FAIL  FAIL
     told  .   open  .`,
    { failAfter: 1 },
  );
  tape(
    'is over with the second ok run, which is told',
    `run   FAIL  FAIL  ok  ok    ok  ok
     told  .     open  .   over  .   .`,
  );
  tape(
    'is not over while it flaps, and flapping is not told again',
    `run   FAIL  FAIL  ok  FAIL  ok  FAIL  ok  ok
     told  .     open  .   .     .   .     .   over`,
  );
  tape(
    'that comes back later is a new one',
    `run   FAIL  FAIL  ok  ok    FAIL  FAIL  ok  ok
     told  .     open  .   over  .     open  .   over`,
  );
  tape(
    'is told again when something new is found, once, and not when that goes and comes back',
    `run   FAIL  FAIL  WORSE  WORSE  FAIL  WORSE  OTHER
     told  .     open  worse  .      .     .      .`,
  );
  tape(
    'is not told again when not all of what was silent is back',
    `run   FAIL  FAIL  PART  FAIL  PART  ok  ok
     told  .     open  .     .     .     .   over`,
  );
  tape(
    'is told again when what was silent in part is silent altogether',
    `run   PART  PART  FAIL  PART
     told  .     open  worse .`,
  );
  tape(
    'is reminded of every remindEvery',
    `run   FAIL  FAIL  FAIL  FAIL  FAIL   FAIL  FAIL  FAIL
     told  .     open  .     .     again  .     .     again`,
    { remindEvery: 3 },
  );
  tape(
    'is not opened twice by the same run delivered twice',
    `run   ok  FAIL  "  "  FAIL  "  ok
     told  .   .     .  .  open  .  .`,
  );
});

describe('a second look before the next run', () => {
  tape(
    'confirms what newly fails',
    `run   ok  FAIL  FAIL+  FAIL
     told  .   .     open   .`,
  );
  tape(
    'ends a hiccup',
    `run   ok  FAIL  ok+  FAIL  ok
     told  .   .     .    .     .`,
  );
  tape(
    'moves nothing else: it neither ends an incident nor counts as sight lost',
    `run   FAIL  FAIL  ok  ok+  ?+  ok
     told  .     open  .   .    .   over`,
  );
});

describe('a second look', () => {
  tape(
    'is too soon for a slow plane, and counts nothing there',
    `run   ok  FAIL  FAIL+  ok
     told  .   .     .      .`,
    { plane: 'cloudwatch' },
  );
  tape(
    'looks only at what failed once: a higher failAfter still takes its runs',
    `run   FAIL  FAIL+  FAIL+  FAIL+  FAIL  FAIL
     told  .     .      .      .      .     open`,
    { failAfter: 4 },
  );
});

describe('a rollout', () => {
  tape(
    'that explains what was wrong neither ends the incident nor lets it open again',
    `run   FAIL  FAIL  held  held  held  FAIL  ok  ok
     told  .     open  .     .     .     .     .   over`,
  );
});

describe('could not look is neither ok nor failing', () => {
  tape(
    'it leaves the count of failing runs as it is',
    `run   ok  FAIL  ?  ?  FAIL
     told  .   .     .  .  open`,
  );
  tape(
    'it leaves the count of ok runs as it is',
    `run   FAIL  FAIL  ok  ?  ok
     told  .     open  .   .  over`,
  );
  tape(
    'three runs of it are told once, and once when sight is back for good',
    `run   ok  ?  ?  ?      ?  ?  ok  ok     ok
     told  .   .  .  blind  .  .  .   sight  .`,
  );
  tape(
    'one run of sight is not enough: throttling comes in bursts',
    `run   ?  ?  ?      ok  ?  ?  ?  ok  ok
     told  .  .  blind  .   .  .  .  .   sight`,
  );
  tape(
    'sight that is back may show a break',
    `run   ?  ?  ?      FAIL  FAIL        ok  ok
     told  .  .  blind  .     open&sight  .   over`,
  );
  tape(
    'an open incident goes blind, and is still open after it',
    `run   FAIL  FAIL  ?  ?  ?      FAIL  FAIL   ok  ok
     told  .     open  .  .  blind  .     sight  .   over`,
  );
  tape(
    'a successor that is not listed yet is a healthy rollout, however many runs see it',
    `run   ok  new  new  new  new  new  ok
     told  .   .    .    .    .    .    .`,
  );
});

describe('a mute', () => {
  tape(
    'holds messages back; when it ends, what is still broken is told',
    `run   ok  FAIL  FAIL  FAIL  FAIL     FAIL
     mute  .   #     #     #     .        .
     told  .   .     .     .     unmuted  .`,
  );
  tape(
    'leaves no trace of what broke and healed under it',
    `run   ok  FAIL  FAIL  ok  ok  ok  ok
     mute  .   #     #     #   #   #   .
     told  .   .     .     .   .   .   .`,
  );
  tape(
    'over an incident that was told is followed by word of it, once',
    `run   FAIL  FAIL  FAIL  FAIL  FAIL     FAIL
     mute  .     .     #     #     .        .
     told  .     open  .     .     unmuted  .`,
  );
  tape(
    'holds a recovery back until it ends',
    `run   FAIL  FAIL  ok  ok  ok    ok
     mute  .     .     #   #   .     .
     told  .     open  .   .   over  .`,
  );
  tape(
    'holds reminders and new findings back',
    `run   FAIL  FAIL  WORSE  WORSE  WORSE  WORSE
     mute  .     .     #      #      #      .
     told  .     open  .      .      .      unmuted`,
    { remindEvery: 2 },
  );
});

describe('a mute and a channel that is down', () => {
  tape(
    'do not lose word of the end of what may have been told',
    `run   FAIL  FAIL  ok  ok  ok    ok
     chat  .     x     .   .   .     .
     mute  .     .     #   #   .     .
     told  .     .     .   .   over  .`,
  );
  tape(
    'do not lose the end of an incident that dips twice under the mute',
    `run   FAIL  FAIL  ok  ok  FAIL  FAIL  ok  ok  ok    ok
     mute  .     .     #   #   #     #     #   #   .     .
     told  .     open  .   .   .     .     .   .   over  .`,
  );
});

describe('a channel that is down', () => {
  tape(
    'is told of what is open when it is back, once',
    `run   FAIL  FAIL  FAIL  FAIL  FAIL
     chat  .     x     x     .     .
     told  .     .     .     open  .`,
  );
  tape(
    'is told of what broke and healed meanwhile: nothing is lost',
    `run   FAIL  FAIL  ok  ok  ok    ok
     chat  .     x     x   x   .     .
     told  .     .     .   .   over  .`,
  );
  tape(
    'is told that it is open, not that it was over, when it broke again meanwhile',
    `run   FAIL  FAIL  ok  ok  FAIL  FAIL  FAIL  ok  ok
     chat  .     .     x   x   x     x     .     .   .
     told  .     open  .   .   .     .     open  .   over`,
  );
  tape(
    'is told of a recovery while the next break is not yet an incident',
    `run   FAIL  FAIL  ok  ok  FAIL  FAIL  ok
     chat  .     .     x   x   .     .     .
     told  .     open  .   .   over  open  .`,
  );
});

describe('a signal that leaves the configuration', () => {
  tape(
    'closes its incident as no longer watched',
    `run   FAIL  FAIL  off   off
     told  .     open  gone  .`,
  );
  tape(
    'is forgotten where nobody was told',
    `run   FAIL  off  FAIL  FAIL
     told  .     .    .     open`,
  );
  tape(
    'is not the same as one that a run did not judge',
    `run   FAIL  -  FAIL  -  ok  -  ok
     told  .     .  open  .  .   .  over`,
  );
});

describe('a gain', () => {
  tape(
    'is told once, with the second run that sees it, and never reminded of',
    `run   ok  gain  gain  gain  gain  gain  gain  gain  gain
     told  .   .     more  .     .     .     .     .     .`,
    { remindEvery: 2 },
  );
  tape(
    'that one run sees wakes nobody',
    `run   ok  gain  ok  gain  ok
     told  .   .     .   .     .`,
  );
  tape(
    'is told again where something new is gained besides',
    `run   gain  gain  gains  gains  gain  gains
     told  .     more  newer  .      .     .`,
  );
  tape(
    'that comes and goes is told once a day',
    `run   gain  gain  ok  ok  ok  gain  gain  ok  gain  gain
     told  .     more  .   .   .   .     .     .   .     .`,
  );
  tape(
    'ends without a word after a day, and what comes then is another one',
    `run   gain  gain  ${'gain  '.repeat(288)} ok  ok  ok  gain  gain
     told  .     more  ${'.     '.repeat(288)} .   .   .   .     more`,
  );
  tape(
    'that is over is told to what counts incidents itself',
    `run   gain  gain  ${'gain  '.repeat(288)} ok  ok     ok
     told  .     more  ${'.     '.repeat(288)} .   usual  .`,
    { countsIncidents: true },
  );
  tape(
    'is confirmed by no second look',
    `run   gain  gain+  gain
     told  .     .      more`,
  );
  tape(
    'does not keep an incident open, nor is it reminded of with one',
    `run   BOTH  BOTH       gain  gain  gain
     told  .     open&more  .     over  .`,
    { remindEvery: 2 },
  );
  tape(
    'is told although the signal fails for something else, which is told for itself',
    `run   gain  gain  BOTH  BOTH  BOTH  BOTH
     told  .     more  .     open  .     again`,
    { remindEvery: 2 },
  );
  tape(
    'is held back by a mute, and told when that ends',
    `run   gain  gain  gain  gain
     mute  #     #     #     .
     told  .     .     .     unmuted`,
  );
  tape(
    'of a signal that leaves the configuration is forgotten',
    `run   gain  gain  off  off  gain  gain
     told  .     more  .    .    .     more`,
  );
});
