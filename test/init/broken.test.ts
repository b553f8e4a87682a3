import { writesWhatIsWell } from './broken.ts';

writesWhatIsWell([
  ['eks-adot-cloudwatch', 'add-on degraded'],
  ['app-sidecar-emf', 'the job was renamed'],
  ['ecs-fargate-sidecar', 'sidecar died in one task'],
  ['kyma-cloudwatch', 'logs fall back'],
  ['local-prometheus', 'scrapes stopped'],
]);
