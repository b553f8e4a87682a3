export {
  XRayClient,
  GetTraceSegmentDestinationCommand,
  GetTraceSummariesCommand,
} from '@aws-sdk/client-xray';
