import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, in this order: begun last, each would be waited for while the other workers have nothing to do. */
const LONGEST = [
  'simulation/month.',
  'faults/telling.',
  'faults/mixed.proof',
  'faults/planes.proof',
  'prometheus/check.',
  'profiles/week.',
  'incidents/deliveries.',
  'baseline/histories.proof',
  'dispatch/histories.',
  'profiles/simulated.',
  'rehearsal/story.',
  'serverless.test',
  'stores/dynamodb.',
];

/**
 * The order of test files where nothing is known of earlier runs, as in CI: vitest then takes the size of a file for its
 * duration. A class, because vitest wants one.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
      return index === -1 ? LONGEST.length : index;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
