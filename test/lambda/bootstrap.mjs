/** What Lambda's managed runtime does with a handler, as far as functions can tell: fetch an event, run it, answer, again. */
const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: root, _HANDLER: named } = process.env;
const base = `http://${api}/2018-06-01/runtime`;
const post = (path, body) => fetch(`${base}${path}`, { method: 'POST', body: JSON.stringify(body) });
const errorOf = (error) => ({
  errorType: error?.name ?? 'Error',
  errorMessage: String(error?.message ?? error),
});

const [file, name] = named.split(/\.(?=[^.]+$)/);
let handler;
try {
  handler = (await import(`${root}/${file}.mjs`))[name];
} catch (error) {
  await post('/init/error', errorOf(error));
  process.exit(1);
}
for (;;) {
  const next = await fetch(`${base}/invocation/next`);
  const requestId = next.headers.get('lambda-runtime-aws-request-id');
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  process.env['_X_AMZN_TRACE_ID'] = next.headers.get('lambda-runtime-trace-id');
  const context = {
    awsRequestId: requestId,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    invokedFunctionArn: next.headers.get('lambda-runtime-invoked-function-arn'),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const result = await handler(await next.json(), context);
    await post(`/invocation/${requestId}/response`, result ?? null);
  } catch (error) {
    await post(`/invocation/${requestId}/error`, errorOf(error));
  }
}
