export { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
