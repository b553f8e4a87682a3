/** What is wrong with the parameters of a deployment into a region, each with what to write instead. */
export function parameterProblems(
  parameters: Readonly<Record<string, unknown>>,
  region: string,
): readonly string[];
