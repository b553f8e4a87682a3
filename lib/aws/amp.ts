export { AmpClient, DescribeWorkspaceCommand } from '@aws-sdk/client-amp';
