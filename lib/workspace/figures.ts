const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,234,567` */
export function figure(amount: number): string {
  return WHOLE.format(amount);
}

/** A share for people, three digits of it: `0.042%`, `82.4%`, `100%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}
