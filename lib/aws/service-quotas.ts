export {
  ServiceQuotasClient,
  GetServiceQuotaCommand,
  GetAWSDefaultServiceQuotaCommand,
} from '@aws-sdk/client-service-quotas';
