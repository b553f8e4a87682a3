import type { Signal } from '../signal.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

export function ampWorkspace(_signal: Signal, _ports: SourcePorts): Source {
  return {
    text: (question) => question.ask,
    ask: async (questions) => new Map(notKnownHere(questions)),
  };
}
