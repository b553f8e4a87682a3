import type { AwsCredentials } from '../lib/aws/credentials.ts';

/**
 * Takes the place of the SDK's credential chain in the bundles. Lambda hands credentials over in the environment, so
 * profiles, SSO and the instance's metadata are left out of what is packed and loaded.
 */
export function defaultProvider(): () => Promise<AwsCredentials> {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
      throw Object.assign(new Error('the environment holds no AWS credentials'), {
        name: 'CredentialsProviderError',
      });
    }
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    };
  };
}
