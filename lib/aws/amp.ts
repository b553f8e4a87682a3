export {
  AmpClient,
  DescribeAlertManagerDefinitionCommand,
  DescribeWorkspaceCommand,
  ListRuleGroupsNamespacesCommand,
  ListScrapersCommand,
  ListWorkspacesCommand,
} from '@aws-sdk/client-amp';
