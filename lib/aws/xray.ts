export {
  BatchGetTracesCommand,
  XRayClient,
  GetTraceSegmentDestinationCommand,
  GetTraceSummariesCommand,
} from '@aws-sdk/client-xray';
