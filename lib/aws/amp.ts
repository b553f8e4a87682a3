export {
  AmpClient,
  DescribeAlertManagerDefinitionCommand,
  DescribeWorkspaceCommand,
  ListRuleGroupsNamespacesCommand,
  ListScrapersCommand,
} from '@aws-sdk/client-amp';
