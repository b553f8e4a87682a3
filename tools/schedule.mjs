/** Schedules as EventBridge Scheduler takes them: a field's range, the names of its values, and what else may stand there. */
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31, also: /^(?:\?|L|LW|L-(?:[1-9]|[12]\d|30)|(?:[1-9]|[12]\d|3[01])W)$/ },
  { from: 1, to: 12, names: MONTHS },
  { from: 1, to: 7, names: DAYS, also: /^(?:\?|L|[1-7]L|[1-7]#[1-5])$/ },
  { from: 1970, to: 2199 },
];

/** Whether a schedule that comes again is one that AWS takes: `rate(7 days)`, `cron(0 9 ? * MON *)`. */
export function isSchedule(text) {
  const [, count, unit, plural] = /^rate\(([1-9]\d{0,4}) (minute|hour|day)(s?)\)$/.exec(text) ?? [];
  if (count !== undefined) return unit !== undefined && (count === '1') === (plural === '');
  const [, inside] = /^cron\(([^()]+)\)$/.exec(text) ?? [];
  const fields = inside?.split(' ') ?? [];
  if (fields.length !== FIELDS.length || !fields.every((field, at) => isField(field, FIELDS[at])))
    return false;
  // One of the two days must be left open, and only one.
  return (fields[2] === '?') !== (fields[4] === '?');
}

function isField(text, field) {
  if (field.also?.test(text)) return true;
  return text.split(',').every((part) => {
    const [range, step, ...more] = part.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step))) return false;
    if (range === '*') return true;
    const ends = range.split('-').map((one) => numberIn(one, field));
    return ends.length <= 2 && ends.every((one) => one >= field.from && one <= field.to);
  });
}

function numberIn(text, { names = [], from }) {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + from;
  return /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
}
