/** The parameters of serverless.yml: the form of each, and what to write. */
const FORMS = {
  every: [/^[1-9]\d{0,3}[mhd]$/, 'a duration of whole minutes, hours or days, such as 5m'],
  concurrency: [/^(?:[2-9]|[1-9]\d{1,2}|1000)$/, 'a number from 2 to 1000'],
  config: [
    /^(?:plumbline\.json|\/[\w./-]+\.json|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[\w!.*'()/-]+|ssm:\/[\w./-]+)$/,
    's3://bucket/key, ssm:/name, the absolute path of a file in a layer, or nothing for the packed one',
  ],
  compare: [/^(?:cron|rate)\(.+\)$/, 'a schedule, such as cron(0 9 ? * MON *)'],
  encryptTopic: [/^(?:yes|no)$/, 'yes or no'],
  alarmTopic: [/^(?:own|arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+)$/, 'the ARN of an SNS topic, or own'],
  logDays: [
    /^(?:1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653)$/,
    'a retention that CloudWatch Logs knows, such as 7, 14, 30 or 90',
  ],
  table: [/^[\w.-]{3,255}$/, 'the name of a DynamoDB table'],
  readerRoles: [
    /^[\w+=,.@*-]{1,64}$/,
    'a name of roles, in which * stands for anything, such as plumbline-*',
  ],
  secrets: [/^[\w.-]{1,100}$/, 'a name, such as plumbline'],
  probes: [/^(?:yes|no)$/, 'yes or no'],
};

/** What is wrong with the parameters of a deployment, each with what to write instead. */
export function parameterProblems(parameters) {
  return Object.entries(FORMS).flatMap(([name, [form, remedy]]) => {
    const written = String(parameters[name] ?? '');
    return form.test(written) ? [] : [`--param='${name}=${written}' cannot be used: write ${remedy}`];
  });
}
