import { isSchedule } from './schedule.mjs';

const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const DAYS_IN = { m: 1 / 1440, h: 1 / 24, d: 1 };
/** As long as a duration of the configuration may be. */
const MOST_DAYS = 30;

/**
 * The parameters of serverless.yml: what each may be, and what to write. What stands in the resource of a policy has no wildcard
 * of IAM in it (`*`, `?`) and nothing that is filled in (`${`), but for the one at the end of readerRoles.
 */
const FORMS = {
  every: [isInterval, `a duration of whole minutes, hours or days up to ${MOST_DAYS}d, such as 5m`],
  concurrency: [/^(?:[2-9]|[1-9]\d{1,2}|1000)$/, 'a number from 2 to 1000'],
  config: [
    /^(?:plumbline\.json|(?:\/[\w.-]+)+\.json|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w!.'()-]+)+|ssm:(?:\/[\w.-]+)+)$/,
    's3://bucket/key, ssm:/name, the absolute path of a file in a layer, each without wildcards, or nothing for the packed one',
  ],
  compare: [
    isSchedule,
    'a schedule that comes again, such as rate(7 days) or cron(0 9 ? * MON *): minutes, hours, day of the month, month, day of the week, year, of whose days one is ?',
  ],
  encryptTopic: [/^(?:yes|no)$/, 'yes or no'],
  alarmTopic: [
    (written, region) =>
      written === 'own' ||
      /^arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[\w-]{1,256}$/.exec(written)?.[1] === region,
    'own, or the ARN of an SNS topic in the region of the stack: alarms publish to no other',
  ],
  logDays: [
    (written) => LOG_DAYS.some((days) => String(days) === written),
    `a retention that CloudWatch Logs knows: ${LOG_DAYS.join(', ')}`,
  ],
  table: [/^[\w.-]{3,255}$/, 'the name of a DynamoDB table, 3 to 255 of a-z, A-Z, 0-9, _, . and -'],
  readerRoles: [
    /^(?=.{1,64}$)[\w+=,.@-]{3,}\*?$/,
    'the name of a role, or how the names begin, three characters at least, and *, such as plumbline-*',
  ],
  secrets: [
    /^[\w.-]{3,100}$/,
    'how names of secrets begin, three characters at least, without *, such as plumbline',
  ],
  probes: [/^(?:yes|no)$/, 'yes or no'],
};

/** What `--param` names that serverless.yml does not know: it would be deployed without it. */
export function unknownParameters(given) {
  const names = Object.keys(FORMS);
  return given.flatMap((one) => {
    const [name] = one.split('=');
    return names.includes(name) ? [] : [`--param='${one}' is not known: there are ${names.join(', ')}`];
  });
}

/** What is wrong with the parameters of a deployment into a region, each with what to write instead. */
export function parameterProblems(parameters, region) {
  return Object.entries(FORMS).flatMap(([name, [form, remedy]]) => {
    const written = String(parameters[name] ?? '');
    const isRight = typeof form === 'function' ? form(written, region) : form.test(written);
    return isRight ? [] : [`--param='${name}=${written}' cannot be used: write ${String(remedy)}`];
  });
}

function isInterval(written) {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(written) ?? [];
  return unit !== undefined && Number(count) * DAYS_IN[unit] <= MOST_DAYS;
}
