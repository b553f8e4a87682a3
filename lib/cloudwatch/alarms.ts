import { awsFailure } from '../aws/failure.ts';
import { type Evidence, unavailable } from '../evidence.ts';
import { type Alarm, alarmReferrers, compositeAlarm, metricAlarm } from '../referrers/alarms.ts';
import type { Identity } from '../aws/credentials.ts';
import type { AnyEvidence } from '../question.ts';
import { askReferrers } from '../sources/referrers.ts';
import type { Referrer, ReferrersQuestion } from '../referrers/questions.ts';
import type { SourcePorts } from '../sources/source.ts';
import { type CloudWatch, openCloudWatch } from './client.ts';

const ACTION = 'cloudwatch:DescribeAlarms';
/** A hundred alarms each: ten times what accounts have before they ask for more. */
const MOST_PAGES = 100;

/** Which alarms of the signal's region and account refer to what is asked about. */
export function askAlarms(
  questions: readonly ReferrersQuestion[],
  identity: Identity,
  ports: SourcePorts,
): Promise<readonly (readonly [string, AnyEvidence])[]> {
  const { region, role, externalId } = identity;
  const key = JSON.stringify(['alarms', region, role, externalId]);
  return askReferrers(
    questions,
    key,
    async () => listAlarms(await openCloudWatch(identity, ports), ports),
    ports,
  );
}

/**
 * What the alarms of the region and account look at, all pages one after the other. Where a page fails after others came,
 * or there are too many, the answer is partial.
 */
async function listAlarms(
  { request, commands, as }: CloudWatch,
  { clock }: SourcePorts,
): Promise<Evidence<readonly Referrer[]>> {
  const alarms: Alarm[] = [];
  const found = (partial: boolean): Evidence<readonly Referrer[]> => ({
    kind: 'found',
    value: alarmReferrers(alarms),
    at: clock.now(),
    partial,
  });
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const command = new commands.DescribeAlarmsCommand({
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    try {
      const answer = await request({ action: ACTION }, (client, options) => client.send(command, options));
      alarms.push(...(answer.MetricAlarms ?? []).map(metricAlarm));
      alarms.push(...(answer.CompositeAlarms ?? []).map(compositeAlarm));
      if (answer.NextToken === undefined) return found(false);
      if (answer.NextToken === token) return unavailable('invalid-response', `${ACTION} gave a page twice`);
      token = answer.NextToken;
    } catch (error) {
      return alarms.length > 0 ? found(true) : awsFailure(error, `${ACTION}, as ${as}`);
    }
  }
  return found(true);
}
