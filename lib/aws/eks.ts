export { EKSClient, DescribeAddonCommand } from '@aws-sdk/client-eks';
