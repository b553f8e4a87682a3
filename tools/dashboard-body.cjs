/** The body of the dashboard as CloudFormation takes it, a text with what it fills in: osls reads files of JSON as objects. */
const body = require('../dashboards/cloudwatch.json');

module.exports = async ({ resolveVariable }) => ({
  'Fn::Sub': [JSON.stringify(body), { Stage: await resolveVariable('sls:stage') }],
});
