import { awsFailure } from '../aws/failure.ts';
import { type Evidence, found, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { TraceDestination } from './questions.ts';
import type { XRay } from './summaries.ts';

/** Where X-Ray keeps traces, in one request. */
export async function readDestination(
  open: () => Promise<XRay>,
  now: () => number,
): Promise<Evidence<TraceDestination>> {
  const { request, commands, as } = await open();
  try {
    const command = new commands.GetTraceSegmentDestinationCommand({});
    const { Destination, Status } = await request(
      { action: 'xray:GetTraceSegmentDestination' },
      (client, options) => client.send(command, options),
    );
    if (Destination !== 'XRay' && Destination !== 'CloudWatchLogs') {
      const said = Destination === undefined ? 'no Destination' : printable(String(Destination));
      return unavailable('invalid-response', `GetTraceSegmentDestination answered with ${said}`);
    }
    return found({ keeps: Destination, isMoving: Status === 'PENDING' }, now());
  } catch (error) {
    return awsFailure(error, `xray:GetTraceSegmentDestination, as ${as}`);
  }
}
