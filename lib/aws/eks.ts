export { EKSClient, DescribeAddonCommand, ListAddonsCommand, ListClustersCommand } from '@aws-sdk/client-eks';
