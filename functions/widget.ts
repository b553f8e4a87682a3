import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Remembered } from './config.ts';
import { ConfigurationError, container } from './container.ts';

/** The last good configuration: who looks at a dashboard must see what is watched, whatever was uploaded since. */
const remembered: Remembered = async (place, credentials) =>
  (await import('./kept-config.ts')).rememberedConfig(place, credentials);

/** Kept for what is being read when time runs out, and for drawing. */
const LAST_MS = 10_000;

/**
 * Draws the health of all clusters, or one, for a CloudWatch dashboard, by what scheduled runs remember. Answers with HTML,
 * also about what is wrong; with Markdown where the console asks what the widget is.
 */
async function widget(event: unknown, context: Context): Promise<string> {
  const load = await import('./showing.ts');
  const request = load.readWidgetEvent(event);
  if ('problems' in request)
    return load.trouble(request.view, 'The widget cannot be drawn', request.problems);
  if (request.what === 'documentation') return load.DOCUMENTATION;
  const opened = await container(remembered);
  const { config, clock, limit, log } = opened;
  log.begin(context.awsRequestId);
  const asked = request.what === 'cluster' ? [request.cluster] : request.clusters;
  const problems = load.unknownNames('cluster', asked, config.clusters);
  if (problems.length > 0) return load.trouble(request.view, 'The widget cannot be drawn', problems);
  const now = clock.now();
  const health = await load.lookAt(load.watchedClusters(config, asked), load.MOST_ROWS, {
    store: load.stateOf(opened, context),
    clock,
    limit,
    deadline: now + context.getRemainingTimeInMillis() - LAST_MS,
  });
  const drawing = { view: request.view, now, endpoint: context.invokedFunctionArn };
  const [only] = health;
  return request.what === 'cluster' && only
    ? load.drawCluster(only, drawing)
    : load.drawEstate(health, drawing);
}

export const handler = middyCore<unknown, string>({ timeoutEarlyInMillis: 500 })
  .handler(widget)
  .onError(async (request) => {
    const { error, event } = request;
    const { readWidgetEvent, trouble } = await import('./showing.ts');
    const read = readWidgetEvent(event);
    const view = 'view' in read ? read.view : { theme: 'light' as const, width: 0 };
    if (error instanceof ConfigurationError) {
      request.response = trouble(view, 'The configuration is wrong', error.problems);
      return;
    }
    const { openLog } = await import('./log.ts');
    openLog().write({ what: 'defect', error });
    request.response = trouble(view, 'Plumbline itself broke; its log says how', []);
  });
