/** Where the configuration is kept that functions run with. */
export type ConfigPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'ssm'; readonly name: string };

/** What is packed with the functions. */
export const PACKED = 'plumbline.json';

/** The place that `PLUMBLINE_CONFIG` names: `s3://bucket/key`, `ssm:/name`, or a path; what is packed without it. */
export function parsePlace(written: string | undefined): ConfigPlace {
  const text = written?.trim() || PACKED;
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text) ?? [];
  if (bucket !== undefined && key !== undefined) return { kind: 's3', bucket, key };
  const [, name] = /^ssm:(.+)$/.exec(text) ?? [];
  return name === undefined ? { kind: 'file', path: text } : { kind: 'ssm', name };
}
