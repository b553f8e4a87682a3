import { expect, test } from 'vitest';
import type { Question } from '../../lib/question.ts';
import { prometheus } from '../../lib/sources/prometheus.ts';
import { answerLabels } from '../../rehearsal/prometheus-labels.ts';
import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import { inOrder, serve, vector } from '../support/http.ts';
import { testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { sourceContract } from './contract.ts';

sourceContract(async (storage, ports, trouble) => {
  const server = await serve(({ form, path }, response) => {
    if (trouble === 'hangs') return;
    if (trouble === 'resets') {
      response.socket?.destroy();
      return;
    }
    const status = trouble === 'throttles' ? 429 : 403;
    const answer = path.endsWith('/labels') ? answerLabels : answerQuery;
    const reply = trouble ? { status, body: '' } : answer(form, storage, ports.clock.now());
    response.writeHead(reply.status).end(reply.body);
  });
  return {
    source: prometheus(signal({ address: server.url }), ports),
    requests: () => server.requests.length,
  };
});

const QUESTION: Question = { ask: 'count', of: { metric: 'm', match: [] }, freshMs: 60_000, by: [] };

test('a route prefix is part of the base URL, and nothing is signed', async () => {
  const server = await serve(inOrder({ status: 200, body: vector([]) }));
  await prometheus(signal({ address: `${server.url}/prometheus/` }), testPorts()).ask([QUESTION]);
  expect(server.requests[0]?.path).toBe('/prometheus/api/v1/query');
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});
