import { deliveryProperties } from './delivery-properties.ts';

deliveryProperties(100);
